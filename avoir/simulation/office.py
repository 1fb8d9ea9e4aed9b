"""How a simulated worker reaches the books: through its own server, or not at all when that is dead."""

import asyncio
from collections.abc import Callable
from typing import Any

from avoir.app.reads.unsettled import Errand, unsettled
from avoir.core.allocation import Allocation
from avoir.core.command import Ask, Command
from avoir.core.payment import Payment
from avoir.core.refund import AWAITING_APPROVAL, Refund
from avoir.simulation.oracle import Oracle
from avoir.simulation.shelves import Shelves

Envelope = Callable[[int, Command], Ask]


class SimulatedOffice:
    """An office of the worker over shelves in memory."""

    def __init__(
        self,
        shelves: Shelves,
        oracle: Oracle,
        envelope: Envelope,
        submit: Callable[[Ask, Callable[[Any], None]], None],
    ) -> None:
        self.shelves, self.oracle, self.envelope, self.submit = shelves, oracle, envelope, submit

    async def ask(self, organization_id: int, command: Command) -> Any:
        """What the command gave back; refusals and weather are raised."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(outcome: Any) -> None:
            if not answer.done():
                answer.set_result(outcome)

        self.submit(self.envelope(organization_id, command), answered)
        # A server that died says nothing; what was on its way is asked again by the next round.
        async with asyncio.timeout(5):
            outcome = await answer
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def read(self, read: Any, organization_id: int, *args: Any, **kwargs: Any) -> Any:
        """The one read that a worker makes, answered from the shelves."""
        assert read is unsettled, read  # noqa: S101 - another one would have to be simulated too.
        return self._unsettled(*args)

    def _unsettled(self, state: str, now: str, after: tuple[int, int], most: int) -> list[Errand]:
        found: list[Errand] = []
        for key in sorted(self.oracle.under_way):
            x: Refund | None = self.shelves.find(Refund, *key)
            if x is None or x.state != state or key <= after or len(found) == most:
                continue
            if state != AWAITING_APPROVAL or x.expires_at <= now:
                found.append(Errand(
                    x.organization_id, x.id, x.uuid, x.state, x.rail, x.number, x.currency, x.amount_minor,
                    x.description, x.updated_at, self._towards(x),
                ))  # fmt: skip
        return found

    def _towards(self, refund: Refund) -> str:
        payment_id = refund.payment_id
        if refund.allocation_id is not None:
            allocation = self.shelves.find(Allocation, refund.organization_id, refund.allocation_id)
            payment_id = payment_id or allocation.payment_id
        payment = self.shelves.find(Payment, refund.organization_id, payment_id) if payment_id else None
        return payment.remote_id if payment else ""
