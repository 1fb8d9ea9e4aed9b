"""Credit notes against an invoice: credits and write-offs. (Its refunds are in `refunds`.)"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.allocation import ALLOCATIONS_OF_INVOICE, Allocation, allocate, deallocate
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import CREDIT, DRAFT, WRITE_OFF, CreditNote
from avoir.core.crediting import (
    Against,
    credit_invoice,
    draft_against,
    redraft_against,
    void_credit_note,
)
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import profit_account
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice, present
from avoir.core.row import Row


class NotWrittenOff(Refusal):
    """Nothing of the invoice is written off."""

    code = "invoice_not_written_off"


class NotADraftAgainstAnInvoice(Refusal):
    """Only a draft against an invoice is shaped anew."""

    code = "not_a_draft_against_an_invoice"


class InvoiceCredit(Command, frozen=True, kw_only=True):
    """How much of an invoice is to be given back, on which day (today, if none is given), and why."""

    ANSWER = CreditNote
    invoice_id: int
    dispute_reason_id: int | None = None
    shapes: tuple[Shape, ...] = ()  # All that the kind may give, if none is given.
    on: str = ""
    exchange_rate: Decimal | None = None
    note: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def against(self, desk: Desk, kind: str) -> Against:
        """The wish as the law takes it. Refuses `InvalidDate`."""
        on = checked_day(self.on) if self.on else desk.today
        return Against(kind, on, self.shapes, self.dispute_reason_id, None, self.exchange_rate, self.note)


class CreditInvoice(InvoiceCredit, frozen=True, kw_only=True):
    """Credit an invoice. It serves first what that invoice still owes; the rest stays the customer's.

    With `apply_to` the rest serves another invoice of the customer, as far as it is due.
    """

    apply_to: int | None = None

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `NothingToCredit`, `CreditExceedsInvoice`, `CreditExceedsLine`, and

        what `allocate` refuses of the other invoice.
        """
        invoice = desk.get(Invoice, self.invoice_id)
        note = credit_invoice(desk, invoice, self.against(desk, CREDIT))
        served = (invoice.id,) if self.apply_to is None else (invoice.id, self.apply_to)
        for served_id in served:
            note, claim = desk.get(CreditNote, note.id), desk.get(Invoice, served_id)
            if part := min(note.remaining_minor, claim.due_minor):
                allocate(desk, note, claim, part, on=max(note.issued_on, claim.issued_on))
        return desk.get(CreditNote, note.id)


class WriteOffInvoice(InvoiceCredit, frozen=True, kw_only=True):
    """Give up what is still due on an invoice: as bad debt, or to the account named."""

    account_id: int | None = None

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `NothingToWriteOff`, `WriteOffExceedsDue`, and an unknown account."""
        invoice = desk.get(Invoice, self.invoice_id)
        lost_to = None if self.account_id is None else profit_account(desk, self.account_id).id
        return credit_invoice(desk, invoice, self.against(desk, WRITE_OFF), lost_to=lost_to)


class CancelWriteOff(Command, frozen=True, kw_only=True):
    """Take the write-offs of an invoice back: it is due again."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `NotWrittenOff`, and `NotFound` for what was voided or deleted."""
        invoice = present(desk.get(Invoice, self.invoice_id))
        if not invoice.written_off_minor:
            raise NotWrittenOff("nothing of the invoice is written off", invoiceId=invoice.id)
        for allocation in desk.of(Allocation, ALLOCATIONS_OF_INVOICE, invoice.id):
            if allocation.credit_note_id is None or allocation.deallocated_on:
                continue
            if desk.get(CreditNote, allocation.credit_note_id).kind == WRITE_OFF:
                deallocate(desk, allocation, on=desk.today)
                void_credit_note(desk, desk.get(CreditNote, allocation.credit_note_id))
        return desk.get(Invoice, invoice.id)


class DraftInvoiceCredit(InvoiceCredit, frozen=True, kw_only=True):
    """A draft of any kind against an invoice: it shows what would be given back, and holds nothing."""

    kind: str = WRITE_OFF  # As contract A has it when nothing is said.

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses what issuing it now would refuse."""
        return draft_against(desk, desk.get(Invoice, self.invoice_id), self.against(desk, self.kind))


class ShapeInvoiceCredit(InvoiceCredit, frozen=True, kw_only=True):
    """Other shapes, kind or words for a draft against an invoice; all of it is replaced but its id."""

    credit_note_id: int
    kind: str = ""  # As it was, if not given.

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `NotADraftAgainstAnInvoice`, and what issuing it now would refuse."""
        note = desk.get(CreditNote, self.credit_note_id)
        if note.state != DRAFT or note.invoice_id != self.invoice_id:
            raise NotADraftAgainstAnInvoice("only a draft against an invoice is shaped so", state=note.state)
        note = redraft_against(desk, note, self.against(desk, self.kind or note.kind))
        desk.tell("credit_note.edited", note)
        return note
