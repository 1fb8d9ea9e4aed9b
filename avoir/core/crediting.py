"""Credit notes against an invoice: drafted, worked out, issued."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from avoir.core.allocation import allocate
from avoir.core.credit import Credit, CreditExceedsInvoice, Shape, credit, uncredit
from avoir.core.credit_note import (
    CREDIT,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    DELETED,
    DRAFT,
    ISSUED,
    REFUND,
    VOIDED,
    WRITE_OFF,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.customer import offered
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import consumed, rate_on, to_base
from avoir.core.invoice import INVOICE_TAXES, Invoice, InvoiceTax, issued
from avoir.core.issuing import issue_credit_note
from avoir.core.money import major_of, positive_minor_of
from avoir.core.organization import Entity, Organization
from avoir.core.row import changed
from avoir.core.text import LONG, fits

DOCUMENT_DATE = "document_date"


class InvoiceNotPaid(Refusal):
    """There is nothing to give back where nothing was received."""

    code = "invoice_not_paid"


class NothingToCredit(Refusal):
    """The invoice is credited in full already, or the shape asks for nothing."""

    code = "nothing_to_credit"


class NothingToRefund(Refusal):
    """All that was paid on the invoice is given back or credited already."""

    code = "nothing_to_refund"


class NothingToWriteOff(Refusal):
    """Nothing is due on the invoice."""

    code = "nothing_to_write_off"


class RefundExceedsInvoice(Refusal):
    """More was asked back than is left of what was paid on the invoice."""

    code = "refund_exceeds_invoice"


class WriteOffExceedsDue(Refusal):
    """More was to be written off than is due."""

    code = "write_off_exceeds_due"


_TOO_MUCH: dict[str, type[Refusal]] = {
    CREDIT: CreditExceedsInvoice,
    REFUND: RefundExceedsInvoice,
    WRITE_OFF: WriteOffExceedsDue,
}


class CreditNoteHasRefunds(Refusal):
    """Cash was paid out of the credit note, or is promised; it stays."""

    code = "credit_note_has_refunds"


class CreditNoteHasAllocations(Refusal):
    """The credit note is set against invoices; it stays."""

    code = "credit_note_has_allocations"


class UnknownKind(Refusal):
    """A credit note is a credit, a refund or a write-off."""

    code, kind = "unknown_credit_note_kind", Kind.INVALID


class Against(msgspec.Struct, frozen=True):
    """A credit note against an invoice, as it is asked for."""

    kind: str
    on: str
    shapes: Sequence[Shape] = ()
    dispute_reason_id: int | None = None
    dispute_id: int | None = None
    exchange_rate: Decimal | None = None
    note: str = ""


def credit_invoice(desk: Desk, invoice: Invoice, asked: Against, *, lost_to: int | None = None) -> CreditNote:
    """A credit note against an issued invoice, issued at once.

    A write-off is allocated to its invoice; `lost_to` is the account it is lost to, if not Bad debt.
    Refuses `InvoiceNotIssued`, `InvoiceNotPaid`, `NothingToCredit`, `NothingToRefund`, `NothingToWriteOff`,
    `RefundExceedsInvoice`, `WriteOffExceedsDue`, what `credit` refuses, `DateLocked`.
    """
    _known(desk, asked)
    given, asked = _worked_out(desk, invoice, asked)
    note = _write(desk, invoice, asked, given)
    return _issue(desk, note, invoice, given, asked.exchange_rate, lost_to)


def draft_against(desk: Desk, invoice: Invoice, asked: Against) -> CreditNote:
    """A draft: it shows what would be given back now, and holds nothing. Refuses as `credit_invoice`."""
    _known(desk, asked)
    mark = desk.mark()
    given, asked = _worked_out(desk, invoice, asked)
    desk.back_to(mark)
    return _write(desk, invoice, asked, given)


def redraft_against(desk: Desk, note: CreditNote, asked: Against) -> CreditNote:
    """Other shapes, kind or words for a draft. Refuses as `credit_invoice`."""
    invoice = desk.get(Invoice, note.invoice_id)
    if asked.dispute_reason_id != note.dispute_reason_id:
        _known(desk, asked)
    mark = desk.mark()
    given, asked = _worked_out(desk, invoice, asked)
    desk.back_to(mark)
    _remove_lines(desk, note.id)
    fresh = _row(desk, invoice, asked, given, note.id, note.uuid)
    note = desk.put(changed(fresh, created_at=note.created_at, number=note.number, sequence=note.sequence))
    _write_lines(desk, note, given)
    return note


def issue_against(desk: Desk, note: CreditNote) -> CreditNote:
    """Issue a draft against an invoice: worked out anew, for something may have been credited meanwhile."""
    invoice = desk.get(Invoice, note.invoice_id)
    shapes = msgspec.json.decode(note.shape or "[]", type=tuple[Shape, ...])
    asked = Against(note.kind, note.issued_on, shapes, note.dispute_reason_id, note.dispute_id)
    given, asked = _worked_out(desk, invoice, asked)
    _remove_lines(desk, note.id)
    note = desk.put(_totalled(note, given))
    _write_lines(desk, note, given)
    return _issue(desk, note, invoice, given, None, None)


def void_credit_note(desk: Desk, note: CreditNote) -> CreditNote:
    """End a note of which nothing was used: a draft is deleted, an issued one voided by its mirror.

    What it gave back of an invoice can be credited again. Refuses `CreditNoteHasRefunds`,
    `CreditNoteHasAllocations`.
    """
    unused(note)
    state = VOIDED if note.state == ISSUED else DELETED
    if note.entry_id is not None:
        desk.mirror(note.entry_id, on=note.issued_on)
    if note.invoice_id is not None and state == VOIDED:
        _uncredit(desk, note, note.invoice_id)
    desk.tell(f"credit_note.{state}", note)
    return desk.put(changed(note, state=state, updated_at=desk.now))


def unused(note: CreditNote) -> None:
    """Refuses `CreditNoteHasRefunds`, `CreditNoteHasAllocations` when something of the note was used."""
    if note.refunded_minor or note.reserved_minor:
        raise CreditNoteHasRefunds("cash was paid out of the credit note", creditNoteId=note.id)
    if note.allocated_minor:
        raise CreditNoteHasAllocations("the credit note is set against invoices", creditNoteId=note.id)


def _uncredit(desk: Desk, note: CreditNote, invoice_id: int) -> None:
    taxes = desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, note.id)
    given = [
        (
            line.invoice_position or 0,
            line.net_minor,
            {x.tax_rate_id: x.tax_minor for x in taxes if x.position == line.position},
            line.quantity_micro,
        )
        for line in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, note.id)
    ]
    uncredit(desk, desk.get(Invoice, invoice_id), note, given)


def _known(desk: Desk, asked: Against) -> None:
    """Refuses `NotFound` for a dispute reason that is not offered. A draft keeps the one it has."""
    if asked.dispute_reason_id is not None:
        offered(desk, asked.dispute_reason_id)


def _worked_out(desk: Desk, invoice: Invoice, asked: Against) -> tuple[Credit, Against]:
    """What is given back, within what the kind of note may give. Marks the invoice."""
    of_the_whole = sum(
        positive_minor_of(shape.gross, invoice.currency)
        for shape in asked.shapes
        if shape.position is None and shape.gross is not None
    )
    issued(invoice)
    left = left_for(invoice, asked.kind)
    shapes = asked.shapes or (Shape(gross=Decimal(major_of(left, invoice.currency))),)
    # Asked before it is tried, so that too much is called by the name of what was asked for.
    _enough(invoice, asked.kind, of_the_whole, left)
    given = credit(desk, invoice.id, shapes)
    if given.total <= 0:
        raise NothingToCredit("this gives nothing back", invoiceId=invoice.id)
    _enough(invoice, asked.kind, given.total, left)
    return given, msgspec.structs.replace(asked, shapes=tuple(shapes))


def _enough(invoice: Invoice, kind: str, minor: int, left: int) -> None:
    if minor > left:
        raise _TOO_MUCH[kind]("more was asked than is left", invoiceId=invoice.id, asked=minor, left=left)


def left_for(invoice: Invoice, kind: str) -> int:
    """What a note of that kind may give back in all, in minor units."""
    nothing: Refusal
    if kind == REFUND:
        if not invoice.paid_minor:
            raise InvoiceNotPaid("nothing was received on the invoice", invoiceId=invoice.id)
        left = invoice.refundable_minor
        nothing = NothingToRefund("all that was paid is given back or credited", invoiceId=invoice.id)
    elif kind == WRITE_OFF:
        left, nothing = invoice.due_minor, NothingToWriteOff("nothing is due", invoiceId=invoice.id)
    elif kind == CREDIT:
        left, nothing = invoice.uncredited_minor, NothingToCredit("all is credited", invoiceId=invoice.id)
    else:
        raise UnknownKind("a credit note is a credit, a refund or a write-off", kind=kind)
    if left <= 0:
        raise nothing
    return left


def _issue(
    desk: Desk, note: CreditNote, invoice: Invoice, given: Credit, rate: Decimal | None, lost_to: int | None
) -> CreditNote:
    """Book the note at the invoice's rate, or by setting at its own date's. `invoice` is as it was before."""
    base_left = invoice.base_total_minor - invoice.base_credited_minor
    share = consumed(given.total, invoice.uncredited_minor, base_left)
    rate_nano, base_total = invoice.rate_nano, share
    if desk.get(Organization).credit_rate == DOCUMENT_DATE:
        base = desk.get(Entity, note.entity_id).base_currency
        rate_nano = rate_on(desk, rate, note.currency, base, note.issued_on)
        base_total = to_base(given.total, note.currency, rate_nano, base)
    marked = desk.get(Invoice, invoice.id)
    desk.put(changed(marked, base_credited_minor=marked.base_credited_minor + share))
    note = changed(note, rate_nano=rate_nano, base_total_minor=base_total, invoice_base_minor=share)
    note = issue_credit_note(desk, desk.put(note), lost_to)
    if note.kind == WRITE_OFF:
        allocate(desk, note, desk.get(Invoice, invoice.id), note.total_minor, on=note.issued_on)
    return desk.get(CreditNote, note.id)


def _write(desk: Desk, invoice: Invoice, asked: Against, given: Credit) -> CreditNote:
    note = desk.add(_row(desk, invoice, asked, given, desk.next("credit_note"), desk.uuid()))
    _write_lines(desk, note, given)
    desk.tell("credit_note.created", note)
    return note


def _row(desk: Desk, invoice: Invoice, asked: Against, given: Credit, id: int, uuid: str) -> CreditNote:
    note = CreditNote(
        organization_id=desk.organization_id,
        id=id,
        uuid=uuid,
        entity_id=invoice.entity_id,
        customer_id=invoice.customer_id,
        branch_id=invoice.branch_id,
        invoice_id=invoice.id,
        dispute_reason_id=asked.dispute_reason_id,
        dispute_id=asked.dispute_id,
        kind=asked.kind,
        number="",
        sequence=0,
        reference=invoice.number,
        state=DRAFT,
        currency=invoice.currency,
        rate_nano=invoice.rate_nano,
        is_tax_inclusive=0,
        issued_on=asked.on,
        discount_kind="amount",
        discount_micro=0,
        discount_timing=invoice.discount_timing,
        subtotal_minor=0,
        discount_minor=0,
        adjustment_minor=0,
        net_minor=0,
        tax_minor=0,
        total_minor=0,
        base_total_minor=0,
        note=fits(asked.note, "note", LONG),
        terms="",
        created_at=desk.now,
        updated_at=desk.now,
        shape=msgspec.json.encode(asked.shapes).decode(),
    )
    return _totalled(note, given)


def _totalled(note: CreditNote, given: Credit) -> CreditNote:
    return changed(
        note,
        subtotal_minor=given.net,
        discount_minor=given.discount,
        adjustment_minor=given.adjustment,
        net_minor=given.net,
        tax_minor=given.tax,
        total_minor=given.total,
    )


def _write_lines(desk: Desk, note: CreditNote, given: Credit) -> None:
    percents = {
        (x.position, x.tax_rate_id): x.percent_micro
        for x in desk.of(InvoiceTax, INVOICE_TAXES, note.invoice_id)
    }
    for position, each in enumerate(given.lines, 1):
        line = each.line
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
                quantity_micro=each.quantity_micro,
                price_micro=line.price_micro,
                discount_kind="percentage",
                discount_micro=0,
                amount_minor=each.net,
                discount_minor=0,
                net_minor=each.net,
                tax_minor=sum(each.tax.values()),
            )
        )
        for rate_id, minor in each.tax.items():
            percent = percents[line.position, rate_id]
            desk.add(CreditNoteTax(desk.organization_id, note.id, position, rate_id, percent, minor))


def _remove_lines(desk: Desk, credit_note_id: int) -> None:
    for line in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, credit_note_id):
        desk.remove(line)
    for tax in desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, credit_note_id):
        desk.remove(tax)
