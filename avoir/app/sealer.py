"""The sealer: seals what was posted, block by block, away from the clerk."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from avoir.app.clerk import Weather
from avoir.app.reads.query import Query
from avoir.app.reads.seals import leaves_of, unsealed
from avoir.app.seals import NotTheNextSeal, SealEntries
from avoir.core.access import DIRECTORY
from avoir.core.command import Command
from avoir.core.seal import MOST_ENTRIES

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)
AT_ONCE = 100
"""Organizations that one round takes on."""


class Office(Protocol):
    """How the sealer reaches the books, in its own name."""

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


class Sealer:
    """Seals in rounds. Several may be at it: the second finds that its block is no longer the next."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def run(self, every: int) -> None:
        """Make a round every so many seconds, until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.round()
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("sealing broke off")

    async def round(self) -> int:
        """Seal everything that was posted until now; how many blocks that made."""
        made = 0
        for each in await self.office.read(unsealed, DIRECTORY, AT_ONCE):
            seal_id, first = each.seal_id, each.first_entry_id
            while first <= each.last_entry_id:
                last = min(first + MOST_ENTRIES - 1, each.last_entry_id)
                leaves = await self.office.read(leaves_of, each.organization_id, first, last)
                if len(leaves) != last - first + 1:
                    log.error("organization %s: an entry is missing, nothing is sealed", each.organization_id)
                    break
                joined = b"".join(leaves).hex()
                try:
                    await self.office.ask(
                        each.organization_id,
                        SealEntries(seal_id=seal_id, first_entry_id=first, leaves=joined),
                    )
                except NotTheNextSeal:  # Another sealer was faster.
                    break
                made, seal_id, first = made + 1, seal_id + 1, last + 1
        return made
