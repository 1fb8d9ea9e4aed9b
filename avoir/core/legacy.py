"""Documents from before the books were opened: totals only, under their own numbers (contract A, `legacy*`).

What they were worth stood in other books already. So nothing is earned anew: an imported invoice stands
against Opening Balance Equity with its tax, and so does what was paid or given back on it before.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core import postings
from avoir.core.account import ACCOUNTS_BY_ROLE, OPENING_BALANCE, Account
from avoir.core.allocation import allocate
from avoir.core.credit_note import (
    CREDIT,
    CREDIT_NOTES_BY_NUMBER,
    REFUND,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.credit_note import DRAFT as NOTE_DRAFT
from avoir.core.credit_note import ISSUED as NOTE_ISSUED
from avoir.core.currency import exponent
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import BEFORE_TAX
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_on, to_base
from avoir.core.invoice import INVOICE, INVOICES_BY_NUMBER, ISSUED, Invoice, InvoiceLine, InvoiceTax
from avoir.core.money import MICRO, NANO, minor_of, positive_minor_of, rounded
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.payment import PAYMENTS_BY_NUMBER, Payment
from avoir.core.payout import Payout, pay_back
from avoir.core.row import Row, changed
from avoir.core.tax import PERCENT, TAX_RATES_BY_CODE, TaxRate
from avoir.core.text import fits
from avoir.core.usage import use

IMPORTED = "IMPORTED"
"""The code of the tax rate that imported totals are told under: their own rates are not known."""


class LegacyDocument(Row, frozen=True, gc=False):
    """That a document was imported, and what its owner calls its PDF. `fee_minor` is what a bank kept."""

    TABLE, KEY = "legacy_documents", ("organization_id", "subject", "subject_id")
    organization_id: int
    subject: str  # invoice | credit_note | payment
    subject_id: int
    pdf_blob: str
    fee_minor: int
    created_at: str


class LegacyTotalsDisagree(Refusal):
    """An imported document's amount is its subtotal and its tax."""

    code, kind = "legacy_totals_disagree", Kind.INVALID


class LegacyState(Refusal):
    """A document is imported as what it is in the end: due, paid or voided, and no draft or intermediate."""

    code, kind = "legacy_state", Kind.INVALID


class LegacyNoteNeedsInvoice(Refusal):
    """A write-off gives up an invoice, so an imported one names it."""

    code, kind = "legacy_note_needs_invoice", Kind.INVALID


class DocumentImported(Refusal):
    """What other books said stays as it was said there."""

    code = "document_imported"


class Legacy(msgspec.Struct, frozen=True):
    """What an imported document says. Amounts in major units; dates YYYY-MM-DD."""

    amount: Decimal
    subtotal: Decimal
    tax: Decimal
    currency: str
    number: str
    issued_on: str
    base_total: Decimal | None = None
    reference: str = ""
    pdf_blob: str = ""


class Worth(msgspec.Struct, frozen=True):
    """What a document is worth, in minor units, and its rate to the base currency."""

    total: int
    net: int
    tax: int
    rate_nano: int
    base_total: int


def worth_of(desk: Desk, customer: Customer, said: Legacy) -> Worth:
    """Refuses amounts that the currency cannot hold, `LegacyTotalsDisagree`, and a missing rate."""
    fits(said.reference, "poNumber")
    fits(said.pdf_blob, "pdfBlobUuid")
    total = positive_minor_of(said.amount, said.currency)
    net, tax = (
        minor_of(said.subtotal, said.currency, "subtotal"),
        minor_of(said.tax, said.currency, "taxAmount"),
    )
    if net < 0 or tax < 0 or net + tax != total:
        raise LegacyTotalsDisagree(
            "the amount is the subtotal and the tax", amount=total, subtotal=net, tax=tax
        )
    base = desk.get(Entity, customer.entity_id).base_currency
    if said.base_total is None or said.currency == base:
        rate = rate_on(desk, None, said.currency, base, said.issued_on)
        return Worth(total, net, tax, rate, to_base(total, said.currency, rate, base))
    base_total = positive_minor_of(said.base_total, base)
    rate = rounded(base_total * NANO * 10 ** exponent(said.currency), total * 10 ** exponent(base))
    return Worth(total, net, tax, max(rate, 1), base_total)


def import_invoice(desk: Desk, customer: Customer, said: Legacy, due_on: str) -> Invoice:
    """An issued invoice of one line against Opening Balance Equity.

    Refuses as `worth_of`; `NumberTaken`, `InvalidDate`, `DateLocked`.
    """
    checked_day(said.issued_on, "issuedAt")
    checked_day(due_on, "dueAt")
    customer, worth = use(desk, customer), worth_of(desk, customer, said)
    number, sequence = claim(desk, Invoice, INVOICES_BY_NUMBER, customer.entity_id, said.number)
    invoice = desk.add(
        Invoice(
            id=desk.next("invoice"), kind=INVOICE, reissues_id=None, state=ISSUED, message="",
            due_on=max(due_on, said.issued_on), issued_at=desk.now, number=number, sequence=sequence,
            **_columns(desk, customer, said, worth),
        )
    )  # fmt: skip
    line = desk.add(InvoiceLine(invoice_id=invoice.id, **_line(desk, said, worth)))
    if worth.tax:
        rate = _imported_rate(desk)
        desk.add(InvoiceTax(desk.organization_id, invoice.id, 1, rate.id, _percent(worth), worth.tax))
    mark(desk, "invoice", invoice.id, said.pdf_blob)
    desk.tell("invoice.issued", invoice)
    # The tax was declared from the other books: all of it stands against the equity that they left.
    entry = postings.invoice_issued(desk, invoice, [(line.account_id, worth.total)], [])
    return desk.put(changed(invoice, entry_id=entry))


def settle_imported(desk: Desk, invoice: Invoice) -> Invoice:
    """An imported invoice that was paid before: the payment came out of Opening Balance Equity.

    Refuses `DateLocked`.
    """
    number, sequence = claim(desk, Payment, PAYMENTS_BY_NUMBER, invoice.entity_id, f"IMPORTED-{invoice.id}")
    payment = desk.add(
        Payment(
            organization_id=desk.organization_id, id=desk.next("payment"), uuid=desk.uuid(),
            entity_id=invoice.entity_id, customer_id=invoice.customer_id, branch_id=None,
            number=number, sequence=sequence, reference=invoice.number, memo="Paid before the import",
            account_id=postings.role(desk, OPENING_BALANCE), currency=invoice.currency,
            rate_nano=invoice.rate_nano, received_on=invoice.issued_on, amount_minor=invoice.total_minor,
            base_amount_minor=invoice.base_total_minor, created_at=desk.now, updated_at=desk.now,
        )
    )  # fmt: skip
    mark(desk, "payment", payment.id, "")
    desk.tell("payment.received", payment)
    payment = desk.put(changed(payment, entry_id=postings.payment_received(desk, payment)))
    allocate(desk, payment, invoice, invoice.total_minor, on=invoice.issued_on)
    return desk.get(Invoice, invoice.id)


def import_note(desk: Desk, customer: Customer, said: Legacy, kind: str, reason_id: int | None) -> CreditNote:
    """An issued credit note standing alone, of one line against Opening Balance Equity.

    Refuses as `import_invoice`, and `LegacyNoteNeedsInvoice`.
    """
    if kind not in (CREDIT, REFUND):
        raise LegacyNoteNeedsInvoice(
            "a write-off names the invoice that it gives up", field="creditedInvoiceId"
        )
    checked_day(said.issued_on, "issuedAt")
    customer, worth = use(desk, customer), worth_of(desk, customer, said)
    number, sequence = claim(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, customer.entity_id, said.number)
    note = desk.add(
        CreditNote(
            id=desk.next("credit_note"), kind=kind, invoice_id=None, dispute_reason_id=reason_id,
            dispute_id=None, state=NOTE_ISSUED, note="", issued_at=desk.now, number=number, sequence=sequence,
            **_columns(desk, customer, said, worth),
        )
    )  # fmt: skip
    line = desk.add(CreditNoteLine(credit_note_id=note.id, invoice_position=None, **_line(desk, said, worth)))
    if worth.tax:
        rate = _imported_rate(desk)
        desk.add(CreditNoteTax(desk.organization_id, note.id, 1, rate.id, _percent(worth), worth.tax))
    mark(desk, "credit_note", note.id, said.pdf_blob)
    desk.tell("credit_note.issued", note)
    entry = postings.credit_note_issued(desk, note, [(line.account_id, worth.total)], [])
    return desk.put(changed(note, entry_id=entry))


def renumber(desk: Desk, note: CreditNote, number: str) -> CreditNote:
    """A draft under a number of its own. Refuses `NumberTaken`."""
    assert note.state == NOTE_DRAFT  # noqa: S101 - drafted by the caller just now.
    given, sequence = claim(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, note.entity_id, number)
    return desk.put(changed(note, number=given, sequence=sequence))


def paid_before(desk: Desk, note: CreditNote) -> CreditNote:
    """An imported refund: its cash went out before the books were opened, out of Opening Balance Equity."""
    account = desk.one(Account, ACCOUNTS_BY_ROLE, OPENING_BALANCE)
    payout = Payout(
        account, note.issued_on, note.rate_nano, note.branch_id, note.number, "Paid before the import",
        imported=True,
    )  # fmt: skip
    pay_back(desk, note, note.remaining_minor, payout)
    return desk.get(CreditNote, note.id)


def mark(desk: Desk, subject: str, id: int, pdf_blob: str, fee_minor: int = 0) -> None:
    """Say that a document was imported."""
    desk.add(LegacyDocument(desk.organization_id, subject, id, pdf_blob, fee_minor, desk.now))


def imported(desk: Desk, subject: str, id: int) -> None:
    """Refuses `DocumentImported` for what other books said: it is neither said anew nor taken back here."""
    if desk.find(LegacyDocument, subject, id) is not None:
        raise DocumentImported("the document comes from other books", kind=subject, id=id)


def issued_from(issued_on: str, due_on: str, days: int) -> str:
    """The day of an invoice that says when it was due, and after how many days. Refuses `InvalidDate`."""
    if issued_on:
        return checked_day(issued_on, "issuedAt")
    due = date.fromisoformat(checked_day(due_on, "dueAt"))
    return (due - timedelta(days=min(max(days, 0), (due - date.min).days))).isoformat()


def _imported_rate(desk: Desk) -> TaxRate:
    """The rate that imported tax is told under, made when the first document comes."""
    known = desk.of(TaxRate, TAX_RATES_BY_CODE, IMPORTED)
    if known:
        return use(desk, known[0])
    rate = TaxRate(
        organization_id=desk.organization_id, id=desk.next("tax_rate"), name="Imported tax", code=IMPORTED,
        percent_micro=0, is_compound=0, is_non_recoverable=0, description="Of documents from before",
        active=0, created_at=desk.now, used=1,
    )  # fmt: skip
    desk.tell("tax_rate.created", rate)
    return desk.add(rate)


def _percent(worth: Worth) -> int:
    """What the tax comes to, in millionths of a percent; more than the column holds is told as nothing."""
    percent = rounded(worth.tax * PERCENT, worth.net) if worth.net else 0
    return percent if percent <= 10 * PERCENT else 0


def _columns(desk: Desk, customer: Customer, said: Legacy, worth: Worth) -> dict[str, Any]:
    return {
        "organization_id": desk.organization_id,
        "uuid": desk.uuid(),
        "entity_id": customer.entity_id,
        "customer_id": customer.id,
        "branch_id": None,
        "reference": said.reference,
        "currency": said.currency,
        "rate_nano": worth.rate_nano,
        "is_tax_inclusive": 0,
        "issued_on": said.issued_on,
        "discount_kind": "percentage",
        "discount_micro": 0,
        "discount_timing": BEFORE_TAX,
        "subtotal_minor": worth.net,
        "discount_minor": 0,
        "adjustment_minor": 0,
        "net_minor": worth.net,
        "tax_minor": worth.tax,
        "total_minor": worth.total,
        "base_total_minor": worth.base_total,
        "terms": "",
        "created_at": desk.now,
        "updated_at": desk.now,
    }


def _line(desk: Desk, said: Legacy, worth: Worth) -> dict[str, Any]:
    return {
        "organization_id": desk.organization_id,
        "position": 1,
        "id": desk.next("line"),
        "item_id": None,
        "account_id": postings.role(desk, OPENING_BALANCE),
        "description": "",
        "quantity_micro": MICRO,
        "price_micro": worth.net * MICRO // 10 ** exponent(said.currency),
        "discount_kind": "percentage",
        "discount_micro": 0,
        "amount_minor": worth.net,
        "discount_minor": 0,
        "net_minor": worth.net,
        "tax_minor": worth.tax,
    }
