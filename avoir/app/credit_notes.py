"""Credit notes: standing alone, or against an invoice."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.allocation import allocate
from avoir.core.command import Command
from avoir.core.credit import uncredit
from avoir.core.credit_note import (
    CREDIT,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    CREDIT_NOTES_BY_NUMBER,
    DELETED,
    DRAFT,
    ISSUED,
    VOIDED,
    WRITE_OFF,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Totals, Wording, worked_out
from avoir.core.errors import NotFound, Refusal
from avoir.core.exchange import rate_of, to_base
from avoir.core.invoice import Invoice, issued
from avoir.core.issuing import credit_invoice, issue_credit_note
from avoir.core.numbering import chosen
from avoir.core.organization import Entity, Organization
from avoir.core.payout import known_branch
from avoir.core.row import Row, changed
from avoir.core.text import fits


class NothingToCredit(Refusal):
    """The invoice is credited in full already."""

    code = "nothing_to_credit"


class NothingToWriteOff(Refusal):
    """Nothing is due on the invoice."""

    code = "nothing_to_write_off"


class CreditNoteHasRefunds(Refusal):
    """Cash was paid out of the credit note; it stays."""

    code = "credit_note_has_refunds"


class CreditNoteHasAllocations(Refusal):
    """The credit note is set against invoices; it stays."""

    code = "credit_note_has_allocations"


class CreateCreditNote(Command, frozen=True, kw_only=True):
    """Write a credit note standing alone, with lines and tax of its own; a draft, or issued at once."""

    ANSWER = CreditNote
    customer_id: int
    issued_on: str
    wording: Wording
    issue: bool = False
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    branch_id: int | None = None
    note: str = ""
    terms: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        yield Organization, ()

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses what is wrong with lines, date, rate or branch, and `NumberTaken`."""
        customer = desk.get(Customer, self.customer_id)
        fits(self.number, "creditNoteNumber", 64)
        fits(self.reference, "referenceNo")
        known_branch(desk, self.branch_id)
        checked_day(self.issued_on, "creditNoteDate")
        timing = desk.get(Organization).discount_timing
        base = desk.get(Entity, customer.entity_id).base_currency
        currency = self.currency or customer.currency
        rate = rate_of(self.exchange_rate, currency, base)
        totals = worked_out(desk, self.wording, currency, timing)
        note = self._draft(desk, customer, totals, currency, rate, base, timing)
        desk.tell("credit_note.created", note)
        return issue_credit_note(desk, note) if self.issue else note

    def _draft(
        self, desk: Desk, customer: Customer, totals: Totals, currency: str, rate: int, base: str, timing: str
    ) -> CreditNote:
        number, sequence = chosen(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, customer.entity_id, self.number)
        note = desk.add(
            CreditNote(
                organization_id=desk.organization_id,
                id=desk.next("credit_note"),
                uuid=desk.uuid(),
                entity_id=customer.entity_id,
                customer_id=customer.id,
                branch_id=self.branch_id,
                invoice_id=None,
                dispute_reason_id=None,
                dispute_id=None,
                kind=CREDIT,
                number=number,
                sequence=sequence,
                reference=self.reference,
                state=DRAFT,
                currency=currency,
                rate_nano=rate,
                is_tax_inclusive=int(self.wording.inclusive),
                issued_on=self.issued_on,
                discount_kind=self.wording.discount.kind,
                discount_micro=self.wording.discount.micro,
                discount_timing=timing,
                subtotal_minor=totals.subtotal,
                discount_minor=totals.discount,
                adjustment_minor=totals.adjustment,
                net_minor=totals.net,
                tax_minor=totals.tax,
                total_minor=totals.total,
                base_total_minor=to_base(totals.total, currency, rate, base),
                note=self.note,
                terms=self.terms,
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        _write_lines(desk, note.id, totals)
        return note


class IssueCreditNote(Command, frozen=True, kw_only=True):
    """Issue a draft."""

    ANSWER = CreditNote
    credit_note_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteAlreadyIssued`."""
        note = desk.get(CreditNote, self.credit_note_id)
        if note.state == DELETED:
            raise NotFound("no such CreditNote", kind="CreditNote", id=note.id)
        return issue_credit_note(desk, note)


class DeleteCreditNote(Command, frozen=True, kw_only=True):
    """Delete a draft, or void an issued note of which nothing was used: its entry is mirrored."""

    ANSWER = CreditNote
    credit_note_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteHasRefunds`, `CreditNoteHasAllocations`, and `NotFound` the second time."""
        note = desk.get(CreditNote, self.credit_note_id)
        if note.state in (VOIDED, DELETED):
            raise NotFound("no such CreditNote", kind="CreditNote", id=note.id)
        if note.refunded_minor:
            raise CreditNoteHasRefunds("cash was paid out of the credit note", refunded=note.refunded_minor)
        if note.allocated_minor:
            raise CreditNoteHasAllocations(
                "the credit note is set against invoices", allocated=note.allocated_minor
            )
        state = VOIDED if note.state == ISSUED else DELETED
        if note.entry_id is not None:
            desk.mirror(note.entry_id, on=note.issued_on)
        if note.invoice_id is not None:
            _uncredit(desk, note, note.invoice_id)
        desk.tell(f"credit_note.{state}", note)
        return desk.put(changed(note, state=state, updated_at=desk.now))


class CreditInvoice(Command, frozen=True, kw_only=True):
    """Credit all of an invoice that is not yet credited.

    It serves first what the invoice still owes; the rest stays the customer's credit.
    """

    ANSWER = CreditNote
    invoice_id: int
    dispute_reason_id: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `NothingToCredit`."""
        invoice = issued(desk.get(Invoice, self.invoice_id))
        if not invoice.uncredited_minor:
            raise NothingToCredit("the invoice is credited in full", invoiceId=invoice.id)
        note = credit_invoice(
            desk, invoice, CREDIT, invoice.uncredited_minor,
            on=desk.today, dispute_reason_id=self.dispute_reason_id,
        )  # fmt: skip
        if part := min(note.remaining_minor, invoice.due_minor):
            allocate(desk, note, desk.get(Invoice, invoice.id), part, on=desk.today)
        return desk.get(CreditNote, note.id)


class WriteOffInvoice(Command, frozen=True, kw_only=True):
    """Give up what is still due on an invoice, as bad debt."""

    ANSWER = CreditNote
    invoice_id: int
    dispute_reason_id: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `NothingToWriteOff`."""
        invoice = issued(desk.get(Invoice, self.invoice_id))
        if not invoice.due_minor:
            raise NothingToWriteOff("nothing is due on the invoice", invoiceId=invoice.id)
        return credit_invoice(
            desk, invoice, WRITE_OFF, invoice.due_minor,
            on=desk.today, dispute_reason_id=self.dispute_reason_id,
        )  # fmt: skip


def _uncredit(desk: Desk, note: CreditNote, invoice_id: int) -> None:
    taxes = desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, note.id)
    lines = [
        (
            line.invoice_position or 0,
            line.net_minor,
            {x.tax_rate_id: x.tax_minor for x in taxes if x.position == line.position},
        )
        for line in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, note.id)
    ]
    uncredit(
        desk, desk.get(Invoice, invoice_id), lines, note.total_minor,
        note.discount_after_tax_minor, note.adjustment_minor, note.base_total_minor,
    )  # fmt: skip


def _write_lines(desk: Desk, credit_note_id: int, totals: Totals) -> None:
    for position, priced in enumerate(totals.lines, 1):
        line = priced.line
        desk.add(
            CreditNoteLine(
                organization_id=desk.organization_id,
                credit_note_id=credit_note_id,
                position=position,
                id=desk.next("line"),
                invoice_position=None,
                item_id=line.item_id,
                account_id=priced.account_id,
                description=line.description,
                quantity_micro=priced.quantity_micro,
                price_micro=priced.price_micro,
                discount_kind=line.discount.kind,
                discount_micro=line.discount.micro,
                amount_minor=priced.amount,
                discount_minor=priced.discount,
                net_minor=priced.net,
                tax_minor=priced.tax_total,
            )
        )
        for rate in priced.rates:
            tax = priced.tax.get(rate.id, 0)
            desk.add(
                CreditNoteTax(
                    desk.organization_id, credit_note_id, position, rate.id, rate.percent_micro, tax
                )
            )
