"""The sweeper: what mail said, and the tokens that were in it, is forgotten after some days."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from avoir.app.clerk import Weather
from avoir.app.mails import ClearMails, ClearTokens
from avoir.app.reads.mails import expired, spoken
from avoir.app.reads.query import Query
from avoir.core.access import DIRECTORY
from avoir.core.command import Command

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)
AT_ONCE = 100
"""Mails, or tokens, that are cleared away together."""
SWEPT_EVERY = 120
"""Rounds of the worker between two of the sweeper."""


class Office(Protocol):
    """How the sweeper reaches the books, in its own name."""

    async def ask(self, organization_id: int, command: Command) -> Any:
        """What the command gave back; refusals are raised."""

    async def read(
        self,
        read: Callable[Concatenate[Query, P], T],
        organization_id: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a read."""


class Sweeper:
    """Sweeps in rounds what is older than some `days`; never, if they are 0. Several may be at it."""

    def __init__(self, office: Office, days: int) -> None:
        self.office, self.days = office, days

    async def run(self, every: int) -> None:
        """Make a round every so many seconds, until cancelled."""
        while self.days:
            await asyncio.sleep(every)
            try:
                await self.round(datetime.now(UTC))
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("sweeping broke off")

    async def round(self, now: datetime) -> int:
        """Clear away everything that is old enough; how many mails and tokens that was."""
        then = now - timedelta(days=self.days)
        before = then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        mails = await self._swept(spoken, before, lambda ids: ClearMails(uuids=ids))
        return mails + await self._swept(expired, before, lambda ids: ClearTokens(digests=ids))

    async def _swept(
        self,
        find: Callable[[Query, str, int], list[tuple[int, str]]],
        before: str,
        clear: Callable[[tuple[str, ...]], Command],
    ) -> int:
        swept = 0
        while found := await self.office.read(find, DIRECTORY, before, AT_ONCE):
            for organization_id, rows in groupby(found, itemgetter(0)):
                await self.office.ask(organization_id, clear(tuple(id for _, id in rows)))
            swept += len(found)
        return swept
