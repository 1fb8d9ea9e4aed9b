"""Allocations: part of a payment or credit note set against one invoice. No cash moves."""

from avoir.core import postings
from avoir.core.credit_note import WRITE_OFF, CreditNote
from avoir.core.currency import same_currency
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import consumed
from avoir.core.invoice import Invoice, issued
from avoir.core.payment import Payment
from avoir.core.row import Row, changed


class Allocation(Row, frozen=True, gc=False):
    """One setting-off. It is never deleted; `deallocated_on` says that it holds no longer."""

    TABLE = "allocations"
    GROUPS = (
        ("organization_id", "invoice_id"),
        ("organization_id", "payment_id"),
        ("organization_id", "credit_note_id"),
    )
    organization_id: int
    id: int
    invoice_id: int
    payment_id: int | None
    credit_note_id: int | None
    amount_minor: int
    base_source_minor: int  # Taken of the payment's or note's base amount.
    base_invoice_minor: int  # Taken of the invoice's base amount.
    allocated_on: str
    entry_id: int | None  # The exchange difference, if there was one.
    created_at: str
    deallocated_on: str = ""
    returned_minor: int = 0  # Cash of this payment given back on this invoice, or promised.
    disputed_minor: int = 0  # What a bank holds of it.


ALLOCATIONS_OF_INVOICE, ALLOCATIONS_OF_PAYMENT, ALLOCATIONS_OF_CREDIT_NOTE = Allocation.GROUPS


class AllocationExceedsDue(Refusal):
    """More was set against the invoice than is due on it."""

    code = "allocation_exceeds_due"


class AllocationExceedsPayment(Refusal):
    """More was set against invoices than was paid."""

    code = "allocation_exceeds_payment"


class CustomerMismatch(Refusal):
    """A payment or credit note serves its own customer's invoices only."""

    code, kind = "customer_mismatch", Kind.INVALID


class AllocationGone(Refusal):
    """The allocation was taken back before."""

    code = "allocation_gone"


def allocate(
    desk: Desk, source: Payment | CreditNote, invoice: Invoice, minor: int, *, on: str
) -> Allocation:
    """Set `minor` of a payment or credit note against an invoice; both open items shrink by it.

    The base amounts that each loses may differ: the difference is realised here, once, to Exchange Gain
    or Loss. Refuses `InvoiceNotIssued`, `CustomerMismatch`, `CurrencyMismatch`, `AllocationExceedsDue`,
    `DateLocked`.
    """
    issued(invoice)
    same_currency(source.currency, invoice.currency)
    if source.customer_id != invoice.customer_id:
        raise CustomerMismatch("the invoice is another customer's", invoiceId=invoice.id)
    if minor > invoice.due_minor:
        raise AllocationExceedsDue(
            "more was set against the invoice than is due on it",
            invoiceId=invoice.id,
            asked=minor,
            due=invoice.due_minor,
        )
    # It may post nothing, but it changes what was due on that day.
    desk.unlocked(on)
    base_invoice = consumed(minor, invoice.due_minor, invoice.base_due_minor)
    base_source = consumed(minor, source.open_minor, source.base_open_minor)
    entry = postings.exchange_difference(desk, source, invoice, base_source - base_invoice, on=on)
    allocation = desk.add(
        Allocation(
            organization_id=desk.organization_id,
            id=desk.next("allocation"),
            invoice_id=invoice.id,
            payment_id=source.id if isinstance(source, Payment) else None,
            credit_note_id=source.id if isinstance(source, CreditNote) else None,
            amount_minor=minor,
            base_source_minor=base_source,
            base_invoice_minor=base_invoice,
            allocated_on=on,
            entry_id=entry,
            created_at=desk.now,
        )
    )
    _settle(desk, source, invoice, allocation, sign=1)
    desk.tell("allocation.made", allocation)
    return allocation


def deallocate(desk: Desk, allocation: Allocation, *, on: str) -> Allocation:
    """Take an allocation back: both sides are as before, the exchange difference included.

    It is dated `on`, but not before the allocation, and on the first open day if that is locked. Refuses
    `AllocationGone`, and `CashReturned` when cash was given back on the strength of it.
    """
    if allocation.deallocated_on:
        raise AllocationGone("the allocation was taken back before", allocationId=allocation.id)
    on = desk.first_open(max(on, allocation.allocated_on))
    invoice = desk.get(Invoice, allocation.invoice_id)
    source: Payment | CreditNote
    if allocation.payment_id is not None:
        source = desk.get(Payment, allocation.payment_id)
        left = invoice.paid_minor - allocation.amount_minor
        held = allocation.returned_minor + allocation.disputed_minor
        if held or left < invoice.returned_minor + invoice.disputed_minor:
            raise CashReturned("cash was given back on this payment", allocationId=allocation.id)
    else:
        source = desk.get(CreditNote, allocation.credit_note_id)
    if allocation.entry_id is not None:
        desk.mirror(allocation.entry_id, on=on)
    _settle(desk, source, invoice, allocation, sign=-1)
    desk.tell("allocation.undone", allocation)
    return desk.put(changed(allocation, deallocated_on=on))


class CashReturned(Refusal):
    """Cash was given back on the invoice; what paid for it stays allocated."""

    code = "cash_returned"


def _settle(
    desk: Desk, source: Payment | CreditNote, invoice: Invoice, allocation: Allocation, *, sign: int
) -> None:
    minor = sign * allocation.amount_minor
    used = {
        "allocated_minor": source.allocated_minor + minor,
        "base_used_minor": source.base_used_minor + sign * allocation.base_source_minor,
        "updated_at": desk.now,
    }
    desk.put(changed(source, **used))
    if isinstance(source, Payment):
        by = "paid_minor"
    else:
        by = "written_off_minor" if source.kind == WRITE_OFF else "credit_minor"
    settled = {
        by: getattr(invoice, by) + minor,
        "base_settled_minor": invoice.base_settled_minor + sign * allocation.base_invoice_minor,
        "updated_at": desk.now,
    }
    desk.put(changed(invoice, **settled))
