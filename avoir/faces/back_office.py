"""The back office: how the worker reaches the books, and its hours."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

from avoir.app.postman import Carrier, Postman
from avoir.app.reads.query import Query
from avoir.app.sealer import Sealer
from avoir.app.worker import Gateway, Worker
from avoir.core.command import Command
from avoir.faces.access import UTC_ZONE, Access
from avoir.faces.door import Door, envelope

P = ParamSpec("P")
T = TypeVar("T")

WORKER = "worker"
"""The actor in whose name the worker asks."""
SEALED_EVERY = 6
"""Rounds of the worker between two of the sealer."""


class BackOffice:
    """Asks and reads through the door, in the worker's own name and on the organization's own day."""

    def __init__(self, door: Door, access: Access) -> None:
        self.door, self.access = door, access

    async def ask(self, organization_id: int, command: Command) -> Any:
        """What the command gave back; refusals are raised."""
        setup = await self.access.setup(organization_id)
        zone = ZoneInfo(setup.organization.timezone) if setup else UTC_ZONE
        return await self.door.ask(envelope(organization_id, command, actor=WORKER, zone=zone))

    async def read(
        self,
        read: Callable[Concatenate[Query, P], T],
        organization_id: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a read on a thread of its own."""
        return await self.door.read(read, organization_id, *args, **kwargs)

    def token(self, nonce: str) -> str:
        """The one-time token that is made from a nonce."""
        return self.access.letter_token(nonce)


@asynccontextmanager
async def delivering(office: BackOffice, carrier: Carrier, every: int) -> AsyncIterator[Postman]:
    """A postman who makes his rounds while the server runs; if `every` is 0 seconds, he stays where he is.

    Cut off with a mail in hand he leaves it to the next, who may carry it again.
    """
    postman = Postman(office, carrier)
    if not every:
        yield postman
        return
    rounds = asyncio.create_task(postman.run(lambda: datetime.now(UTC), every))
    try:
        yield postman
    finally:
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds


class Rounds(Protocol):
    """Somebody who makes rounds until cancelled."""

    async def run(self, every: int) -> None: ...


@asynccontextmanager
async def making_rounds(somebody: Rounds, every: int) -> AsyncIterator[None]:
    """Have rounds made every so many seconds while the server runs; none at all, if `every` is 0."""
    rounds = asyncio.create_task(somebody.run(every)) if every else None
    try:
        yield
    finally:
        if rounds is not None:
            rounds.cancel()
            with suppress(asyncio.CancelledError):
                await rounds


@asynccontextmanager
async def at_work(
    office: BackOffice, gateways: Mapping[str, Gateway], every: int
) -> AsyncIterator[Worker | None]:
    """A worker that makes its rounds while the server runs; none at all, if `every` is 0 seconds.

    Cut off in the middle of a call it leaves a refund `unknown`, which the next worker asks after.
    """
    if not every:
        yield None
        return
    worker = Worker(office, gateways)
    rounds = asyncio.create_task(worker.run(lambda: datetime.now(UTC), every))
    seals = asyncio.create_task(Sealer(office).run(every * SEALED_EVERY))
    try:
        yield worker
    finally:
        for task in (rounds, seals):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
