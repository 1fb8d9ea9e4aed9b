"""The worker: hands refunds to their gateways and asks after them, and ends what waited too long.

Every call to a gateway is made with no transaction open, after the intent was committed, and under the
refund's own uuid. What the gateway answers is told to the books by a command like any other. So the worker
may die anywhere: another one finds the refund `pending` and sends it, or `unknown` and asks after it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from avoir.app.approvals import ExpireRefund
from avoir.app.clerk import Weather
from avoir.app.reads.query import Query
from avoir.app.reads.unsettled import Errand, unsettled
from avoir.app.refunds import FailRefund, SendRefund, SettleRefund
from avoir.core.access import DIRECTORY
from avoir.core.command import Command
from avoir.core.errors import Refusal
from avoir.core.money import major_of
from avoir.core.rail import Answer, Failed, Paid, PayBack
from avoir.core.refund import AWAITING_APPROVAL, PENDING, UNKNOWN

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)
PAGE = 100
LONGEST_GAP = 64
"""Rounds between two questions after one refund: they double up to here."""


class Gateway(Protocol):
    """What the worker needs of whoever moves money.

    Either call may raise, or never come back: that says nothing about the money.
    """

    async def pay_back(self, asked: PayBack, key: str) -> Answer:
        """Pay, once per key: asked again with the same key, the same yes or no, and no second payment."""

    async def look_up(self, key: str) -> Answer | None:
        """What became of the key, as it is now; None if the gateway has never heard of it."""


class Office(Protocol):
    """How the worker reaches the books, in its own name."""

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


class Worker:
    """Does its rounds. Several may work on the same books: what one is asking after, another may ask too.

    `patience` is how many seconds a gateway that was called is left alone before it is asked what became of
    it, `seconds` how long one call may take.
    """

    def __init__(
        self,
        office: Office,
        gateways: Mapping[str, Gateway],
        *,
        patience: int = 60,
        seconds: int = 20,
        at_once: int = 16,
    ) -> None:
        self.office, self.gateways = office, gateways
        self.patience, self.seconds = patience, seconds
        self._few = asyncio.Semaphore(at_once)
        self._heard: set[str] = set()
        self._bell = asyncio.Event()
        self._rounds = 0
        self._again: dict[str, tuple[int, int]] = {}

    async def run(self, clock: Callable[[], datetime], every: int) -> None:
        """Make a round every so many seconds, or sooner when there is news, until cancelled."""
        while True:
            self._bell.clear()
            try:
                await self.round(clock())
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("a round broke off")
            try:
                async with asyncio.timeout(every):
                    await self._bell.wait()
            except TimeoutError:
                continue

    def news(self, key: str) -> None:
        """A gateway has something to say about a refund: look again, now.

        What it says is not taken from the message: that may come twice, late, out of order, or from
        somebody else. The gateway is asked.
        """
        self._heard.add(key)
        self._bell.set()

    async def round(self, now: datetime) -> int:
        """See to everything that is to be seen to, once; how many refunds that was."""
        self._rounds += 1
        heard, self._heard = self._heard, set()
        at, silent_since = _instant(now), _instant(now - timedelta(seconds=self.patience))
        seen, served = set[str](), 0
        # What is unknown comes first: what this round sends is not asked after in the same breath.
        for state in (UNKNOWN, PENDING, AWAITING_APPROVAL):
            async for page in self._pages(state, at):
                due = [x for x in page if x.key in heard or self._is_due(x, silent_since)]
                await asyncio.gather(*(self._see_to(errand) for errand in due))
                seen |= {errand.key for errand in page}
                served += len(due)
        self._again = {key: wait for key, wait in self._again.items() if key in seen}
        return served

    async def _pages(self, state: str, now: str) -> AsyncIterator[list[Errand]]:
        after = (0, 0)
        while page := await self.office.read(unsettled, DIRECTORY, state, now, after, PAGE):
            yield page
            after = (page[-1].organization_id, page[-1].refund_id)

    def _is_due(self, errand: Errand, silent_since: str) -> bool:
        waits = errand.state == UNKNOWN and errand.updated_at > silent_since
        return not waits and self._again.get(errand.key, (0, 0))[0] <= self._rounds

    async def _see_to(self, errand: Errand) -> None:
        async with self._few:
            try:
                if errand.state == AWAITING_APPROVAL:
                    await self._ask(errand, ExpireRefund(refund_id=errand.refund_id))
                elif not await self._over(errand):
                    self._later(errand)
            except Refusal as refusal:  # Another worker, or a person, was faster.
                log.info("refund %s: %s", errand.key, refusal)
            except TimeoutError:
                log.warning("refund %s: no answer, it will be asked after", errand.key)
                self._later(errand)
            except Exception:  # A gateway may fail in any way, and none may keep the others waiting.
                log.exception("refund %s: nothing is known, it will be asked after", errand.key)
                self._later(errand)

    async def _over(self, errand: Errand) -> bool:
        """Whether the gateway has said yes or no, and the books know it."""
        gateway = self.gateways.get(errand.rail)
        if gateway is None:
            log.warning("refund %s: nobody serves the gateway %s here", errand.key, errand.rail)
            return False
        asked = _asked(errand)
        answer: Answer | None = None
        if errand.state == PENDING:
            await self._ask(errand, SendRefund(refund_id=errand.refund_id))
        else:
            answer = await self._call(gateway.look_up(errand.key))
        if answer is None:
            answer = await self._call(gateway.pay_back(asked, errand.key))
        if isinstance(answer, Paid):
            await self._ask(errand, SettleRefund(refund_id=errand.refund_id, reference=answer.reference))
        elif isinstance(answer, Failed):
            failed = FailRefund(refund_id=errand.refund_id, reason=answer.reason, under_way=True)
            await self._ask(errand, failed)
        else:
            return False
        return True

    async def _call(self, call: Coroutine[Any, Any, T]) -> T:
        async with asyncio.timeout(self.seconds):
            return await call

    async def _ask(self, errand: Errand, command: Command) -> None:
        await self.office.ask(errand.organization_id, command)

    def _later(self, errand: Errand) -> None:
        gap = min(2 * self._again.get(errand.key, (0, 0))[1] or 1, LONGEST_GAP)
        self._again[errand.key] = (self._rounds + gap, gap)


def _asked(errand: Errand) -> PayBack:
    return PayBack(
        organization_id=errand.organization_id,
        refund_id=errand.refund_id,
        number=errand.number,
        currency=errand.currency,
        amount=Decimal(major_of(errand.amount_minor, errand.currency)),
        amount_minor=errand.amount_minor,
        towards=errand.towards,
        description=errand.description,
    )


def _instant(moment: datetime) -> str:
    """As the books write it, so that the two compare as text."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
