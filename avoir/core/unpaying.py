"""Unpaying: part of a payment is taken off an invoice, which owes it again."""

from avoir.core import postings
from avoir.core.allocation import Allocation, CashReturned, deallocate
from avoir.core.desk import Desk
from avoir.core.errors import invariant
from avoir.core.exchange import consumed
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.core.row import changed


def unpay(desk: Desk, allocation: Allocation, minor: int, *, on: str) -> Allocation:
    """Take `minor` of a payment's allocation back: the payment has it unapplied, the invoice owes it.

    Of a part a row of its own is split off and taken back; what stays keeps its row, for refunds and
    disputes point at it, and its exchange difference is posted anew. Refuses `CashReturned`.
    """
    on = desk.first_open(max(on, allocation.allocated_on))
    if minor == allocation.amount_minor:
        return deallocate(desk, allocation, on=on)
    invariant(0 < minor < allocation.amount_minor, "no more is taken back than was allocated")
    held = allocation.returned_minor + allocation.disputed_minor
    invoice, payment = desk.get(Invoice, allocation.invoice_id), desk.get(Payment, allocation.payment_id)
    left = invoice.paid_minor - invoice.returned_minor - invoice.disputed_minor
    if minor > min(allocation.amount_minor - held, left):
        raise CashReturned("cash was given back on this payment", allocationId=allocation.id)
    taken, kept = _split(desk, allocation, minor, on)
    desk.put(
        changed(
            payment,
            allocated_minor=payment.allocated_minor - minor,
            base_used_minor=payment.base_used_minor - taken.base_source_minor,
            updated_at=desk.now,
        )
    )
    desk.put(
        changed(
            invoice,
            paid_minor=invoice.paid_minor - minor,
            base_settled_minor=invoice.base_settled_minor - taken.base_invoice_minor,
            updated_at=desk.now,
        )
    )
    if allocation.entry_id is not None:
        desk.mirror(allocation.entry_id, on=on)
    gain = kept.base_source_minor - kept.base_invoice_minor
    entry = postings.exchange_difference(desk, payment, invoice, gain, on=on)
    desk.put(changed(kept, entry_id=entry))
    return taken


def _split(desk: Desk, allocation: Allocation, minor: int, on: str) -> tuple[Allocation, Allocation]:
    """The part that is taken back, and the part that stays, base amounts in proportion."""
    whole = allocation.amount_minor
    source = consumed(minor, whole, allocation.base_source_minor)
    against = consumed(minor, whole, allocation.base_invoice_minor)
    taken = desk.add(
        changed(
            allocation,
            id=desk.next("allocation"),
            amount_minor=minor,
            base_source_minor=source,
            base_invoice_minor=against,
            created_at=desk.now,
            deallocated_on=on,
            returned_minor=0,
            disputed_minor=0,
        )
    )
    kept = desk.put(
        changed(
            allocation,
            amount_minor=whole - minor,
            base_source_minor=allocation.base_source_minor - source,
            base_invoice_minor=allocation.base_invoice_minor - against,
        )
    )
    desk.tell("allocation.split", kept)
    desk.tell("allocation.made", taken)
    desk.tell("allocation.undone", taken)
    return taken, kept
