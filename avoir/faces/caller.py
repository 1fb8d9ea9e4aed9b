"""A caller: somebody known, in one organization, with one request."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from avoir.app.reads.organization import Setup
from avoir.app.reads.query import Query
from avoir.core.command import Command, checked_key
from avoir.core.day import day_of
from avoir.faces.access import Access, Identity
from avoir.faces.door import Door, envelope

P = ParamSpec("P")
T = TypeVar("T")


class Caller:
    """Asks commands and reads in the name of an identity. One for each request."""

    def __init__(self, door: Door, access: Access, identity: Identity, setup: Setup, key: str | None) -> None:
        self.door, self.access, self.identity, self.setup, self.key = door, access, identity, setup, key
        self.zone = ZoneInfo(setup.organization.timezone)

    async def ask(self, command: Command, step: str = "", print_of: str | None = None) -> Any:
        """What the command gave back; refusals are raised.

        The request's idempotency key covers it; `step` names the command where a request asks several,
        `print_of` stands for it where the key covers more than the command.
        """
        key = self.key
        if key is not None and step:
            # A step's name may be long, and the key is as long as it may be already.
            key = blake2b(f"{checked_key(key)}\0{step}".encode(), digest_size=16).hexdigest()
        identity = self.identity
        return await self.door.ask(
            envelope(
                identity.organization_id,
                command,
                actor=identity.actor,
                zone=self.zone,
                key=key,
                print_of=print_of,
            )
        )

    async def read(self, read: Callable[Concatenate[Query, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read in the caller's organization."""
        return await self.door.read(read, self.identity.organization_id, *args, **kwargs)

    def today(self) -> str:
        """The organization's day."""
        return datetime.now(self.zone).date().isoformat()

    def day(self, text: str, what: str = "date") -> str:
        """The organization's day that a text names. Refuses `InvalidDate`."""
        return day_of(text, self.zone, what)
