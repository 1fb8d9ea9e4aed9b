"""Payments set right: said anew, or taken back. What was posted stays, and is undone by its mirror."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from avoir.core import postings
from avoir.core.allocation import ALLOCATIONS_OF_PAYMENT, Allocation, deallocate
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import NotFound, Refusal
from avoir.core.legacy import imported
from avoir.core.money import minor_of
from avoir.core.numbering import renumbered
from avoir.core.payment import PAYMENTS_BY_NUMBER, VOIDED, Payment
from avoir.core.receiving import NotAllocated, PaymentDraft, Portion, set_off
from avoir.core.row import Row, changed

POSTED = ("account_id", "branch_id", "currency", "rate_nano", "received_on", "amount_minor",
          "base_amount_minor")  # fmt: skip
"""What a payment's entry says. Where none of it changes, the entry stands."""


class PaymentCustomerStays(Refusal):
    """A payment stays its customer's: whose money it is was never a matter of spelling."""

    code = "payment_customer_stays"


class PaymentHasRefunds(Refusal):
    """Part of the payment was given back, or a bank holds it; it stays as it is."""

    code = "payment_has_refunds"


class EditPayment(PaymentDraft, frozen=True, kw_only=True):
    """Say a payment anew. Its entry is undone by the mirror and posted again, its allocations likewise.

    What stays the same is left alone. `allocation_ids` are those that the caller means to replace.
    """

    payment_id: int
    allocation_ids: tuple[int, ...] = ()

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id
        yield from super().needs()

    def decide(self, desk: Desk) -> Payment:
        """Refuses `NotFound`, `PaymentCustomerStays`, `NotAllocated`, `PaymentHasRefunds`, `CashReturned`,

        `DateLocked` for the day it had or the one it takes, and what `ReceivePayment` refuses.
        """
        old = _standing(desk, self.payment_id)
        said = self.said(desk)
        if self.customer_id != old.customer_id:
            raise PaymentCustomerStays("a payment stays its customer's", paymentId=old.id)
        made = desk.of(Allocation, ALLOCATIONS_OF_PAYMENT, old.id)
        for id in set(self.allocation_ids) - {x.id for x in made}:
            raise NotAllocated("the payment has no such allocation", allocationId=id)
        live = [x for x in made if not x.deallocated_on]
        reposted = any(getattr(old, name) != said[name] for name in POSTED)
        portions = self.meant()
        if not reposted:
            live, portions = self._differing(live, old.currency)
        if reposted or live or portions:
            _untouched(desk, old)
            desk.unlocked(old.received_on)
        _take_off(desk, live)
        number, sequence = renumbered(desk, Payment, PAYMENTS_BY_NUMBER, self.number, old)
        now = {**said, "number": number, "sequence": sequence, "updated_at": desk.now}
        payment = desk.put(changed(desk.get(Payment, old.id), **now))
        if reposted:
            if old.entry_id is not None:
                desk.mirror(old.entry_id, on=old.received_on)
            payment = desk.put(changed(payment, entry_id=postings.payment_received(desk, payment)))
        set_off(desk, payment, portions, payment.received_on)
        desk.tell("payment.edited", payment)
        return desk.get(Payment, old.id)

    def _differing(self, live: Sequence[Allocation], currency: str) -> tuple[list[Allocation], list[Portion]]:
        """The allocations that are not wanted any more, and the portions that are not there yet."""
        there = Counter((x.invoice_id, x.amount_minor) for x in live)
        missing = []
        for portion in self.meant():
            minor = 0 if portion.amount is None else minor_of(portion.amount, currency)
            if there[portion.invoice_id, minor]:
                there[portion.invoice_id, minor] -= 1
            else:
                missing.append(portion)
        extra = []
        for x in live:
            if there[x.invoice_id, x.amount_minor]:
                there[x.invoice_id, x.amount_minor] -= 1
                extra.append(x)
        return extra, missing


class VoidPayment(Command, frozen=True, kw_only=True):
    """Take a payment back: what it paid is due again, its entry is mirrored, its row stays."""

    ANSWER = Payment
    payment_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id

    def decide(self, desk: Desk) -> Payment:
        """Refuses `PaymentHasRefunds`, `CashReturned`, and `NotFound` the second time."""
        payment = _standing(desk, self.payment_id)
        _untouched(desk, payment)
        made = desk.of(Allocation, ALLOCATIONS_OF_PAYMENT, payment.id)
        _take_off(desk, [x for x in made if not x.deallocated_on])
        if payment.entry_id is not None:
            desk.mirror(payment.entry_id, on=payment.received_on)
        desk.tell("payment.voided", payment)
        return desk.put(changed(desk.get(Payment, payment.id), state=VOIDED, updated_at=desk.now))


def _standing(desk: Desk, payment_id: int) -> Payment:
    payment = desk.get(Payment, payment_id)
    if payment.state == VOIDED:
        raise NotFound("no such Payment", kind="Payment", id=payment_id)
    return payment


def _untouched(desk: Desk, payment: Payment) -> None:
    imported(desk, "payment", payment.id)
    if payment.refunded_minor or payment.held_minor:
        raise PaymentHasRefunds("part of the payment was given back, or is held", paymentId=payment.id)


def _take_off(desk: Desk, allocations: Sequence[Allocation]) -> None:
    # On their own day, so that on no day both the old and the new are set off.
    for allocation in allocations:
        deallocate(desk, allocation, on=allocation.allocated_on)
