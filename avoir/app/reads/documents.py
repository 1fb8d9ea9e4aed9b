"""Documents with all that stands on them: lines, taxes, customer, items, branch."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from avoir.app.reads.accounts import AccountView, accounts_by_id
from avoir.app.reads.amounts import IS_DUE
from avoir.app.reads.customers import CustomerView, customers_by_id
from avoir.app.reads.invoice_templates import template_of
from avoir.app.reads.ledger import Posting, postings_of
from avoir.app.reads.query import Query
from avoir.core.allocation import Allocation
from avoir.core.credit_note import DELETED, VOIDED, CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.customer import Item
from avoir.core.errors import Kind, Refusal
from avoir.core.invoice import ISSUED, Invoice, InvoiceLine, InvoiceTax
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.organization import Branch
from avoir.core.payment import RECEIVED, Payment
from avoir.core.refund import HOLDING, Refund
from avoir.core.tax import TaxRate

SHOWN = f"t.state NOT IN ('{VOIDED}', '{DELETED}')"
"""The invoices and credit notes that contract B knows: what is voided or deleted is gone."""
KEPT = f"t.state <> '{DELETED}'"
"""What can be printed: voided documents too."""
HIDDEN = f"t.state <> '{ISSUED}' AND t.state IN ('{VOIDED}', '{DELETED}')"
"""The others, in the words of the indexes of what is not issued."""
PAID = "t.state IN ({})".format(", ".join(map("'{}'".format, sorted(HOLDING))))
"""The refunds that contract B knows: what was taken back is gone."""

AnyLine = InvoiceLine | CreditNoteLine
AnyTax = InvoiceTax | CreditNoteTax
L = TypeVar("L", InvoiceLine, CreditNoteLine)
T = TypeVar("T", InvoiceTax, CreditNoteTax)


class UnknownTaxCode(Refusal):
    """No tax rate has this code."""

    code, kind = "unknown_tax_code", Kind.INVALID


class LineView(msgspec.Struct, frozen=True):
    """A line with its item and its taxes. `rates` are those of all the lines read with it, by id."""

    line: AnyLine
    item: Item | None
    taxes: tuple[AnyTax, ...]
    rates: dict[int, TaxRate]


class InvoiceView(msgspec.Struct, frozen=True):
    """An invoice with all that stands on it."""

    invoice: Invoice
    lines: tuple[LineView, ...]
    customer: CustomerView
    branch: Branch | None
    rates: dict[int, TaxRate]
    template: InvoiceTemplate | None = None  # How it looks on paper, where it is read alone.


class CreditNoteView(msgspec.Struct, frozen=True):
    """A credit note with all that stands on it."""

    note: CreditNote
    lines: tuple[LineView, ...]
    customer: CustomerView
    branch: Branch | None
    rates: dict[int, TaxRate]
    template: InvoiceTemplate | None = None  # How it looks on paper, where it is read alone.


class AllocationView(msgspec.Struct, frozen=True):
    """What was set against one invoice."""

    allocation: Allocation
    invoice: Invoice


class PaidView(msgspec.Struct, frozen=True):
    """What one payment pays of an invoice."""

    allocation: Allocation
    invoice: Invoice
    payment: Payment
    account: AccountView


class PaymentView(msgspec.Struct, frozen=True):
    """A payment, what it paid for, and what it posted."""

    payment: Payment
    customer: CustomerView
    branch: Branch | None
    account: AccountView
    allocations: tuple[AllocationView, ...]
    postings: tuple[Posting, ...] = ()


class RefundView(msgspec.Struct, frozen=True):
    """A refund, its credit note, and the account that paid."""

    refund: Refund
    note: CreditNote
    account: AccountView


def invoice(query: Query, id: int, shown: str = SHOWN) -> InvoiceView | None:
    """One invoice, or None."""
    found = query.rows(Invoice, f"t.id = :id AND {shown}", id=id)
    if not found:
        return None
    view = invoice_views(query, found)[0]
    return msgspec.structs.replace(view, template=template_of(query, view.customer.customer))


def invoice_payments(query: Query, invoice_id: int) -> list[PaidView]:
    """What was paid on an invoice and is set against it still, oldest first."""
    rows = query.rows(
        Allocation,
        "t.invoice_id = :invoice AND t.payment_id IS NOT NULL AND t.deallocated_on = ''",
        "ORDER BY t.id",
        invoice=invoice_id,
    )
    invoices = {row.id: row for row in query.by_ids(Invoice, [invoice_id])}
    payments = {row.id: row for row in query.by_ids(Payment, [row.payment_id for row in rows])}
    accounts = accounts_by_id(query, [row.account_id for row in payments.values()])
    return [
        PaidView(row, invoices[invoice_id], paid := payments[row.payment_id or 0], accounts[paid.account_id])
        for row in rows
    ]


def receivable(query: Query, customer_id: int | None) -> list[Invoice]:
    """The invoices that are due, of one customer or of all, oldest first; as many as a page may have."""
    return query.rows(
        Invoice,
        f"t.state = '{ISSUED}' AND {IS_DUE} AND (:all = 1 OR t.customer_id = :customer)",
        "ORDER BY t.issued_on, t.id LIMIT 1000",
        all=int(customer_id is None),
        customer=customer_id or 0,
    )


def invoice_lines(query: Query, id: int) -> tuple[LineView, ...]:
    """One invoice's lines."""
    return _lines(query, InvoiceLine, InvoiceTax, "invoice_id", [id]).get(id, ())


def invoice_views(query: Query, rows: Sequence[Invoice]) -> list[InvoiceView]:
    """Invoices with all that stands on them, in the order given."""
    lines = _lines(query, InvoiceLine, InvoiceTax, "invoice_id", [row.id for row in rows])
    customers = customers_by_id(query, [row.customer_id for row in rows])
    branches = _branches(query, [row.branch_id for row in rows])
    rates = _rates(lines)
    return [
        InvoiceView(
            row, lines.get(row.id, ()), customers[row.customer_id], branches.get(row.branch_id), rates
        )
        for row in rows
    ]


def credit_note(query: Query, id: int, shown: str = SHOWN) -> CreditNoteView | None:
    """One credit note, or None."""
    found = query.rows(CreditNote, f"t.id = :id AND {shown}", id=id)
    if not found:
        return None
    view = credit_note_views(query, found)[0]
    return msgspec.structs.replace(view, template=template_of(query, view.customer.customer))


def credit_note_lines(query: Query, id: int) -> tuple[LineView, ...]:
    """One credit note's lines."""
    return _lines(query, CreditNoteLine, CreditNoteTax, "credit_note_id", [id]).get(id, ())


def credit_note_views(query: Query, rows: Sequence[CreditNote]) -> list[CreditNoteView]:
    """Credit notes with all that stands on them, in the order given."""
    lines = _lines(query, CreditNoteLine, CreditNoteTax, "credit_note_id", [row.id for row in rows])
    customers = customers_by_id(query, [row.customer_id for row in rows])
    branches = _branches(query, [row.branch_id for row in rows])
    rates = _rates(lines)
    return [
        CreditNoteView(
            row, lines.get(row.id, ()), customers[row.customer_id], branches.get(row.branch_id), rates
        )
        for row in rows
    ]


def payment(query: Query, id: int) -> PaymentView | None:
    """One payment with what it posted, or None."""
    found = query.one(Payment, id)
    if found is None or found.state != RECEIVED:
        return None
    view = payment_views(query, [found])[0]
    return msgspec.structs.replace(view, postings=tuple(postings_of(query, "payment", id)))


def payable(query: Query, payment: Payment) -> list[Invoice]:
    """The issued invoices that a payment could be set against, oldest first; as many as a page may have."""
    return query.rows(
        Invoice,
        f"t.customer_id = :customer AND t.currency = :currency AND t.state = '{ISSUED}' AND {IS_DUE}",
        "ORDER BY t.issued_on, t.id LIMIT 1000",
        customer=payment.customer_id,
        currency=payment.currency,
    )


def payment_allocations(query: Query, ids: Sequence[int]) -> dict[int, tuple[AllocationView, ...]]:
    """What each payment was set against when it was received, or later, and still is or was."""
    rows = sorted(query.by_ids(Allocation, ids, "payment_id"), key=lambda row: row.id)
    invoices = {row.id: row for row in query.by_ids(Invoice, [row.invoice_id for row in rows])}
    found: dict[int, tuple[AllocationView, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.payment_id or 0] += (AllocationView(row, invoices[row.invoice_id]),)
    return found


def payment_views(query: Query, rows: Sequence[Payment]) -> list[PaymentView]:
    """Payments with what they paid for, in the order given."""
    customers = customers_by_id(query, [row.customer_id for row in rows])
    branches = _branches(query, [row.branch_id for row in rows])
    accounts = accounts_by_id(query, [row.account_id for row in rows])
    allocations = payment_allocations(query, [row.id for row in rows])
    return [
        PaymentView(
            row,
            customers[row.customer_id],
            branches.get(row.branch_id),
            accounts[row.account_id],
            tuple(view for view in allocations.get(row.id, ()) if not view.allocation.deallocated_on),
        )
        for row in rows
    ]


def refunds_of(query: Query, credit_note_id: int) -> list[RefundView]:
    """What was paid out of a credit note, oldest first; nothing for a note that is not there."""
    rows = query.rows(Refund, f"t.credit_note_id = :note AND {PAID}", "ORDER BY t.id", note=credit_note_id)
    return _refund_views(query, rows)


def refund(query: Query, id: int) -> RefundView | None:
    """One refund out of a credit note, or None."""
    rows = query.rows(Refund, f"t.id = :id AND t.credit_note_id IS NOT NULL AND {PAID}", id=id)
    return _refund_views(query, rows)[0] if rows else None


def invoices_to_credit(query: Query, credit_note_id: int) -> list[Invoice] | None:
    """The invoices that a credit note could be set against, oldest first; None when it is not there."""
    notes = query.rows(CreditNote, f"t.id = :id AND {SHOWN}", id=credit_note_id)
    if not notes:
        return None
    return query.rows(
        Invoice,
        f"t.customer_id = :customer AND t.currency = :currency AND t.state = '{ISSUED}' AND {IS_DUE}",
        "ORDER BY t.issued_on, t.id",
        customer=notes[0].customer_id,
        currency=notes[0].currency,
    )


def credited_invoices(query: Query, credit_note_id: int) -> tuple[CreditNote | None, list[AllocationView]]:
    """A credit note, and the invoices that it is set against."""
    notes = query.rows(CreditNote, f"t.id = :id AND {SHOWN}", id=credit_note_id)
    rows = query.rows(
        Allocation,
        "t.credit_note_id = :note AND t.deallocated_on = ''",
        "ORDER BY t.id",
        note=credit_note_id,
    )
    invoices = {row.id: row for row in query.by_ids(Invoice, [row.invoice_id for row in rows])}
    views = [AllocationView(row, invoices[row.invoice_id]) for row in rows]
    return (notes[0] if notes else None), views


def tax_rates_by_code(query: Query, codes: Sequence[str]) -> dict[str, int]:
    """The ids of tax rates, by their codes. Refuses `UnknownTaxCode`."""
    if not codes:
        return {}
    mine, params = query.among("t.code", codes)
    found = {rate.code: rate.id for rate in query.rows(TaxRate, mine, **params)}
    for code in codes:
        if code not in found:
            raise UnknownTaxCode("no tax rate has this code", code=code)
    return found


def _refund_views(query: Query, rows: Sequence[Refund]) -> list[RefundView]:
    notes = {note.id: note for note in query.by_ids(CreditNote, [row.credit_note_id for row in rows])}
    accounts = accounts_by_id(query, [row.account_id for row in rows])
    return [RefundView(row, notes[row.credit_note_id or 0], accounts[row.account_id]) for row in rows]


def _lines(
    query: Query, lines: type[L], taxes: type[T], column: str, ids: Sequence[int]
) -> dict[int, tuple[LineView, ...]]:
    """The lines of some documents by document, in their order."""
    rows = sorted(query.by_ids(lines, ids, column), key=lambda row: row.position)
    items = {item.id: item for item in query.by_ids(Item, [row.item_id for row in rows])}
    by_line: dict[tuple[int, int], list[AnyTax]] = defaultdict(list)
    charged = query.by_ids(taxes, ids, column)
    for tax in charged:
        by_line[getattr(tax, column), tax.position].append(tax)
    rates = {rate.id: rate for rate in query.by_ids(TaxRate, [tax.tax_rate_id for tax in charged])}
    found: dict[int, tuple[LineView, ...]] = defaultdict(tuple)
    for row in rows:
        document = getattr(row, column)
        item = None if row.item_id is None else items[row.item_id]
        found[document] += (LineView(row, item, tuple(by_line[document, row.position]), rates),)
    return found


def _rates(lines: dict[int, tuple[LineView, ...]]) -> dict[int, TaxRate]:
    return next((views[0].rates for views in lines.values() if views), {})


def _branches(query: Query, ids: Sequence[int | None]) -> dict[int | None, Branch]:
    return {branch.id: branch for branch in query.by_ids(Branch, ids)}
