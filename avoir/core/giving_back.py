"""Giving an invoice's cash back: towards the payments that it came from, newest first."""

from typing import Any, NamedTuple

from avoir.core.allocation import ALLOCATIONS_OF_INVOICE, Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import invariant
from avoir.core.exchange import to_base
from avoir.core.invoice import Invoice
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.payout import Payout, Way, not_before, pay_back, towards
from avoir.core.refund import Refund
from avoir.core.unpaying import unpay


class Part(NamedTuple):
    """What goes back towards one payment, and how."""

    allocation: Allocation
    minor: int
    payment: Payment
    payout: Payout


def day_of(desk: Desk, invoice: Invoice, way: Way) -> str:
    """The day the cash goes back: the one named, else today, or the first on which it had come in.

    Refuses `InvalidDate`, `RefundBeforeSource`.
    """
    if way.on:
        not_before(checked_day(way.on, "refundedOn"), invoice.issued_on)
        return way.on
    received = [payment.received_on for payment, _ in _paid_by(desk, invoice.id)]
    return max(desk.today, invoice.issued_on, *received)


def give_back(desk: Desk, note: CreditNote, way: Way = Way()) -> CreditNote:  # noqa: B008 - it is frozen.
    """Pay out all of a refund note towards the payments. Refuses what `towards` and `pay_back` refuse."""
    words = {"branch_id": note.branch_id, "reference": note.number}
    for part in _parts(desk, note.invoice_id, note.remaining_minor, way, note.issued_on, words):
        pay_back(desk, desk.get(CreditNote, note.id), part.minor, part.payout, part.allocation)
    return desk.get(CreditNote, note.id)


def reopen(desk: Desk, invoice: Invoice, minor: int, way: Way, on: str) -> list[Refund]:
    """Take payments off an invoice and pay them back: no claim is given up, the invoice owes it again.

    Refuses what `towards`, `unpay` and `pay_back` refuse.
    """
    words = {"branch_id": invoice.branch_id, "reference": invoice.number}
    refunds = []
    for part in _parts(desk, invoice.id, minor, way, on, words):
        unpay(desk, part.allocation, part.minor, on=on)
        refunds.append(pay_back(desk, desk.get(Payment, part.payment.id), part.minor, part.payout))
    return refunds


def _parts(
    desk: Desk, invoice_id: int | None, minor: int, way: Way, on: str, words: dict[str, Any]
) -> list[Part]:
    shares, rest = [], minor
    for payment, allocation in _paid_by(desk, invoice_id):
        free = allocation.amount_minor - allocation.returned_minor - allocation.disputed_minor
        if share := min(rest, free):
            shares.append((payment, allocation, share))
            rest -= share
    invariant(rest == 0, "what was received can be given back")
    parts: list[Part] = []
    more = 0
    # From the last to the first: each is approved together with those behind it, as one ask.
    for payment, allocation, share in reversed(shares):
        payout = towards(desk, payment, way, on, more_base=more, **words)
        base = desk.get(Entity, payment.entity_id).base_currency
        more += to_base(share, payment.currency, payout.rate_nano, base)
        parts.append(Part(allocation, share, payment, payout))
    return parts[::-1]


def _paid_by(desk: Desk, invoice_id: int | None) -> list[tuple[Payment, Allocation]]:
    """What pays an invoice, the newest payment first."""
    found = [
        (desk.get(Payment, x.payment_id), x)
        for x in desk.of(Allocation, ALLOCATIONS_OF_INVOICE, invoice_id)
        if x.payment_id is not None and not x.deallocated_on
    ]
    return sorted(found, key=lambda pair: (pair[0].received_on, pair[0].id, pair[1].id), reverse=True)
