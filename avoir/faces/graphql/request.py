"""One request: who asks, with which document, and what its resolvers share."""

import asyncio
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import msgspec

from avoir.app.reads.graph import Listing, TooMuchAsked
from avoir.app.reads.graph_filter import Condition, condition_of
from avoir.app.reads.graph_made import offered_currencies, rates_on, roles_by_id
from avoir.app.requests import KeepRequest
from avoir.core.access import DIRECTORY, Role
from avoir.core.command import Command, Preview, Previewed
from avoir.core.currency import Currency
from avoir.core.organization import ExchangeRate
from avoir.faces.access import REFUND
from avoir.faces.caller import Caller
from avoir.faces.graphql.loader import Loader

MOST_OBJECTS = 10_000
"""Objects of one answer: each is rendered on the event loop, where others wait."""


class Asked(NamedTuple):
    """What a body asks for."""

    query: str
    variables: dict[str, Any]
    operation: str | None


class Request:
    """The context of every resolver. `steps` counts the mutations that the document asks for."""

    def __init__(self, caller: Caller, asked: Asked, steps: int) -> None:
        self.caller, self.steps = caller, steps
        self.loader = Loader(caller)
        self.today = caller.today()
        self.objects = 0
        self._asked, self._kept = asked, False
        self._read: dict[str, asyncio.Task[Any]] = {}
        self.unwritten: set[int] = set()  # Credit notes of previews: they have no id and no number yet.

    @property
    def scopes(self) -> frozenset[str]:
        """What the token is good for."""
        return self.caller.identity.scopes or frozenset()

    @property
    def may_refund(self) -> bool:
        """Whether the person in whose name the client acts may pay back; a client of its own may."""
        return self.caller.identity.may(REFUND)

    @property
    def base_url(self) -> str:
        """How the world reaches this server."""
        return self.caller.access.audience

    @cached_property
    def print(self) -> str | None:
        """Of the whole document with its variables: what an idempotency key covers."""
        if self.caller.key is None:
            return None
        told = msgspec.json.encode(("graphql", *self._asked), order="deterministic")
        return blake2b(told, digest_size=16).hexdigest()

    @property
    def directory(self) -> dict[str, int]:
        """What lists of the directory speak of."""
        return {"tenancy": self.caller.identity.organization_id}

    def condition(self, filter: str, listing: Listing) -> Condition:
        """What a filter on a list means today, in the organization's time zone. Refuses `MalformedFilter`."""
        return condition_of(filter, listing.columns, self.today, self.caller.zone)

    async def read_of(self, listing: Listing, read: Any, *args: Any) -> Any:
        """Run a read where a list is kept: in the organization's books, or in the directory."""
        caller = self.caller
        where = DIRECTORY if listing.directory else caller.identity.organization_id
        return await caller.door.read(read, where, *args)

    # What many resolvers want and is read once.

    def currencies(self) -> "asyncio.Task[dict[str, Currency]]":
        """The currencies that the organization offers, by code."""
        return self._once("currencies", offered_currencies, self.caller.setup.base_currency)

    def rates(self) -> "asyncio.Task[dict[str, ExchangeRate]]":
        """Today's rates to the base currency, by code."""
        return self._once("rates", rates_on, self.caller.setup.base_currency, self.today)

    def roles(self) -> "asyncio.Task[dict[int, Role]]":
        """The organization's roles, by id."""
        return self._once("roles", roles_by_id, directory=True)

    def _once(self, name: str, read: Any, *args: Any, directory: bool = False) -> "asyncio.Task[Any]":
        if name not in self._read:
            caller = self.caller
            organization = caller.identity.organization_id
            where = (DIRECTORY, organization) if directory else (organization,)
            self._read[name] = asyncio.create_task(caller.door.read(read, *where, *args))
        return self._read[name]

    async def ask(self, command: Command, step: str, part: str = "") -> Any:
        """What the command gave back. `step` is its place in the document; refusals are raised.

        `part` tells it from others that the same step asks.
        """
        if self.caller.key is None or self.steps == 1:
            step = part
        elif not self._kept:
            # The first step may be refused, and leave no trace of the key, while the second is granted.
            await self.caller.ask(KeepRequest(), print_of=self.print)
            self._kept = True
            step = f"{step}/{part}" if part else step
        elif part:
            step = f"{step}/{part}"
        try:
            return await self.caller.ask(command, step, self.print)
        finally:
            self.loader.forget()
            self._read.clear()

    async def try_out(self, command: Command) -> Previewed:
        """What the command would give back and post; nothing is written, and no key is bound to it."""
        caller = self.caller
        free = Caller(caller.door, caller.access, caller.identity, caller.setup, None)
        seen: Previewed = await free.ask(Preview(command=command))
        return seen

    def spend(self, objects: int) -> None:
        """Count the objects of the answer. Refuses `TooMuchAsked`."""
        self.objects += objects
        if self.objects > MOST_OBJECTS:
            raise TooMuchAsked(f"an answer has {MOST_OBJECTS} objects at most; ask for fewer at once")


class Placed(Protocol):
    """A place in the answer."""

    @property
    def key(self) -> str | int:
        """What it is called there."""


class Info(Protocol):
    """What a resolver is told, by a plan and by the library alike."""

    @property
    def context(self) -> Request:
        """The request."""

    @property
    def path(self) -> Placed:
        """Where it stands; a plan says so at the root only, where mutations are."""
