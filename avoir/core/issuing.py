"""Issuing: a draft gets its number and its entry, in one place for every way to an issued document."""

from avoir.core import postings
from avoir.core.allocation import allocate
from avoir.core.credit import Credit, credit_by_amount
from avoir.core.credit_note import (
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    WRITE_OFF,
    CreditNote,
    CreditNoteAlreadyIssued,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.customer import DisputeReason
from avoir.core.desk import Desk
from avoir.core.exchange import consumed
from avoir.core.invoice import (
    DRAFT,
    INVOICE_LINES,
    INVOICE_TAXES,
    ISSUED,
    Invoice,
    InvoiceAlreadyIssued,
    InvoiceLine,
    InvoiceTax,
)
from avoir.core.money import MICRO
from avoir.core.row import changed


def issue_invoice(desk: Desk, invoice: Invoice) -> Invoice:
    """Draw the number, unless the draft has one, and post the claim. Refuses `InvoiceAlreadyIssued`."""
    if invoice.state != DRAFT:
        raise InvoiceAlreadyIssued(f"the invoice is {invoice.state}", invoiceId=invoice.id)
    number, sequence = invoice.number, invoice.sequence
    if not number:
        number, sequence = desk.draw(invoice.entity_id, "invoice")
    issued = desk.put(
        changed(
            invoice,
            number=number,
            sequence=sequence,
            state=ISSUED,
            issued_at=desk.now,
            updated_at=desk.now,
        )
    )
    earned = [(x.account_id, x.net_minor) for x in desk.of(InvoiceLine, INVOICE_LINES, invoice.id)]
    taxes = _by_rate(desk.of(InvoiceTax, INVOICE_TAXES, invoice.id))
    desk.tell("invoice.issued", invoice)
    return desk.put(changed(issued, entry_id=postings.invoice_issued(desk, issued, earned, taxes)))


def issue_credit_note(desk: Desk, note: CreditNote) -> CreditNote:
    """Draw the number, unless the draft has one, and post what is given up.

    Refuses `CreditNoteAlreadyIssued`.
    """
    if note.state != DRAFT:
        raise CreditNoteAlreadyIssued(f"the credit note is {note.state}", creditNoteId=note.id)
    number, sequence = note.number, note.sequence
    if not number:
        number, sequence = desk.draw(note.entity_id, "credit_note")
    earned = [(x.account_id, x.net_minor) for x in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, note.id)]
    taxes = _by_rate(desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, note.id))
    entry = postings.credit_note_issued(desk, note, earned, taxes)
    desk.tell("credit_note.issued", note)
    return desk.put(
        changed(
            note,
            number=number,
            sequence=sequence,
            state=ISSUED,
            entry_id=entry,
            issued_at=desk.now,
            updated_at=desk.now,
        )
    )


def credit_invoice(
    desk: Desk, invoice: Invoice, kind: str, minor: int, *, on: str, dispute_reason_id: int | None
) -> CreditNote:
    """A credit note of `minor` against an issued invoice, issued at the invoice's own rate.

    A write-off is allocated to its invoice at once. Refuses `CreditExceedsInvoice`, and `NotFound` for
    an unknown dispute reason.
    """
    if dispute_reason_id is not None:
        desk.get(DisputeReason, dispute_reason_id)
    credit = credit_by_amount(desk, invoice, minor)
    base_left = invoice.base_total_minor - invoice.base_credited_minor
    base = consumed(minor, invoice.uncredited_minor, base_left)
    invoice = desk.get(Invoice, invoice.id)
    invoice = desk.put(changed(invoice, base_credited_minor=invoice.base_credited_minor + base))
    note = _note_against(desk, invoice, credit, kind, base, on, dispute_reason_id)
    _write_lines(desk, note, credit)
    note = issue_credit_note(desk, note)
    if kind == WRITE_OFF:
        allocate(desk, note, invoice, minor, on=on)
    return desk.get(CreditNote, note.id)


def _note_against(
    desk: Desk, invoice: Invoice, credit: Credit, kind: str, base: int, on: str, reason: int | None
) -> CreditNote:
    return desk.add(
        CreditNote(
            organization_id=desk.organization_id,
            id=desk.next("credit_note"),
            uuid=desk.uuid(),
            entity_id=invoice.entity_id,
            customer_id=invoice.customer_id,
            branch_id=invoice.branch_id,
            invoice_id=invoice.id,
            dispute_reason_id=reason,
            dispute_id=None,
            kind=kind,
            number="",
            sequence=0,
            reference=invoice.number,
            state=DRAFT,
            currency=invoice.currency,
            rate_nano=invoice.rate_nano,
            is_tax_inclusive=0,
            issued_on=on,
            discount_kind="amount",
            discount_micro=0,
            discount_timing=invoice.discount_timing,
            subtotal_minor=credit.net,
            discount_minor=credit.discount,
            adjustment_minor=credit.adjustment,
            net_minor=credit.net,
            tax_minor=credit.tax,
            total_minor=credit.total,
            base_total_minor=base,
            note="",
            terms="",
            created_at=desk.now,
            updated_at=desk.now,
        )
    )


def _write_lines(desk: Desk, note: CreditNote, credit: Credit) -> None:
    percents = {
        (x.position, x.tax_rate_id): x.percent_micro
        for x in desk.of(InvoiceTax, INVOICE_TAXES, note.invoice_id)
    }
    for position, given in enumerate(credit.lines, 1):
        line = given.line
        desk.add(
            CreditNoteLine(
                organization_id=desk.organization_id,
                credit_note_id=note.id,
                position=position,
                id=desk.next("line"),
                invoice_position=line.position,
                item_id=line.item_id,
                account_id=line.account_id,
                description=line.description,
                quantity_micro=MICRO,
                price_micro=0,
                discount_kind="percentage",
                discount_micro=0,
                amount_minor=given.net,
                discount_minor=0,
                net_minor=given.net,
                tax_minor=sum(given.tax.values()),
            )
        )
        for rate_id, minor in given.tax.items():
            desk.add(
                CreditNoteTax(
                    desk.organization_id,
                    note.id,
                    position,
                    rate_id,
                    percents[line.position, rate_id],
                    minor,
                )
            )


def _by_rate(taxes: list[InvoiceTax] | list[CreditNoteTax]) -> list[tuple[int, int]]:
    sums: dict[int, int] = {}
    for x in taxes:
        sums[x.tax_rate_id] = sums.get(x.tax_rate_id, 0) + x.tax_minor
    return list(sums.items())
