"""Invoices: draft, edit, issue, void, reissue."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from avoir.core.allocation import ALLOCATIONS_OF_INVOICE, Allocation, allocate, deallocate
from avoir.core.command import Command
from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Refusal
from avoir.core.invoice import (
    DELETED,
    DRAFT,
    INVOICE,
    INVOICE_DEDUCTIONS,
    INVOICE_LINES,
    INVOICE_TAXES,
    INVOICES_BY_NUMBER,
    ISSUED,
    VOIDED,
    Invoice,
    InvoiceDeduction,
    InvoiceHasCredits,
    InvoiceHasPayments,
    InvoiceLine,
    InvoiceTax,
    a_draft,
    present,
    untouched,
    voided,
)
from avoir.core.invoice_draft import InvoiceDraft, by_deduction, line_ids, redrafted, said_by
from avoir.core.issuing import issue_invoice, post_invoice
from avoir.core.legacy import imported
from avoir.core.numbering import renumbered
from avoir.core.payment import Payment
from avoir.core.rewording import Wordings, reworded
from avoir.core.row import Row, changed


class InvoiceBelowPayments(Refusal):
    """An invoice that was paid is not written anew for less than was paid on it."""

    code = "invoice_below_payments"


class CreateInvoice(InvoiceDraft, frozen=True, kw_only=True):
    """Write an invoice, as a draft or issued at once."""

    issue: bool = False

    def decide(self, desk: Desk) -> Invoice:
        """Refuses what is wrong with lines, dates, rate or branch; `NumberTaken`, `DateLocked`."""
        invoice = self.write(desk)
        desk.tell("invoice.created", invoice)
        return issue_invoice(desk, invoice) if self.issue else invoice


class EditInvoice(InvoiceDraft, frozen=True, kw_only=True):
    """Write a draft anew: all of it is replaced but its id, and its number if none is given.

    With `issue` it is issued then. With `amend` one that is issued is written anew as well: its entry is
    undone by the mirror and posted again, and what was set against it is set against it again. Once credit
    notes were issued against it, only its words may change.
    """

    invoice_id: int
    issue: bool = False
    amend: bool = False

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceNotDraft`, and what `CreateInvoice` refuses.

        Of one that is issued also `InvoiceHasPayments` for another customer than it is settled by,
        `InvoiceHasCredits` for other figures once credit notes were issued against it,
        `InvoiceBelowPayments`, `CashReturned`, and `DateLocked` for the day it had.
        """
        old = _known(desk, self.invoice_id)
        if old.state == ISSUED and old.kind == INVOICE and self.amend:
            return _amended(desk, old, self)
        invoice = self.write(desk, a_draft(old))
        desk.tell("invoice.edited", invoice)
        return issue_invoice(desk, invoice) if self.issue else invoice


class RecalculateInvoice(Command, frozen=True, kw_only=True):
    """Work an invoice out anew, as its lines' words stand but by the tax rates of now.

    One that is issued stays as it is if its tax does; else its entry is mirrored and posted again.
    """

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses what `CreateInvoice` refuses; of one that is issued what `EditInvoice` does.

        Also `InvoiceHasPayments` for one that is paid, and `InvoiceNotDraft` for an opening balance.
        """
        old = _known(desk, self.invoice_id)
        if old.state != ISSUED or old.kind != INVOICE:
            return redrafted(desk, a_draft(old))
        if old.total_minor and not old.due_minor:
            raise InvoiceHasPayments("the invoice is settled; its tax stays", invoiceId=old.id)
        draft = said_by(desk, old)
        return (
            _amended(desk, old, draft, line_ids(desk, old.id)) if _taxed_otherwise(desk, old, draft) else old
        )


class IssueInvoice(Command, frozen=True, kw_only=True):
    """Issue a draft."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceAlreadyIssued`, `DateLocked`."""
        return issue_invoice(desk, _known(desk, self.invoice_id))


class VoidInvoice(Command, frozen=True, kw_only=True):
    """Delete a draft, or void an issued invoice that nothing happened to: its entry is mirrored."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceHasPayments`, `InvoiceHasCredits`, and `NotFound` the second time."""
        invoice = _known(desk, self.invoice_id)
        untouched(invoice)
        state = VOIDED if invoice.state == ISSUED else DELETED
        if invoice.entry_id is not None:
            desk.mirror(invoice.entry_id, on=invoice.issued_on)
        desk.tell(f"invoice.{state}", invoice)
        return desk.put(changed(invoice, state=state, updated_at=desk.now))


class ReissueInvoice(Command, frozen=True, kw_only=True):
    """A new draft in the place of a voided invoice, dated today: a new number, the same lines and amounts."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceNotVoided`."""
        old = voided(desk.get(Invoice, self.invoice_id))
        terms = date.fromisoformat(old.due_on) - date.fromisoformat(old.issued_on)
        today = date.fromisoformat(desk.today)
        fresh = desk.add(
            changed(
                old,
                id=desk.next("invoice"),
                uuid=desk.uuid(),
                reissues_id=old.id,
                number="",
                sequence=0,
                state=DRAFT,
                issued_on=desk.today,
                due_on=(today + min(terms, date.max - today)).isoformat(),
                issued_at="",
                entry_id=None,
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        for line in desk.of(InvoiceLine, INVOICE_LINES, old.id):
            desk.add(changed(line, invoice_id=fresh.id, id=desk.next("line")))
        for tax in desk.of(InvoiceTax, INVOICE_TAXES, old.id):
            desk.add(changed(tax, invoice_id=fresh.id))
        for _, rows in by_deduction(desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, old.id)):
            id = desk.next("line")
            for row in rows:
                desk.add(changed(row, invoice_id=fresh.id, id=id))
        desk.tell("invoice.reissued", fresh)
        return fresh


def _amended(desk: Desk, old: Invoice, draft: InvoiceDraft, ids: Sequence[int] = ()) -> Invoice:
    imported(desk, "invoice", old.id)
    desk.unlocked(old.issued_on)
    number, sequence = renumbered(desk, Invoice, INVOICES_BY_NUMBER, draft.number, old)
    if old.credited_minor:
        return _reworded(desk, old, changed(old, number=number, sequence=sequence), draft)
    if draft.customer_id != old.customer_id:
        untouched(old)
    settled = [x for x in desk.of(Allocation, ALLOCATIONS_OF_INVOICE, old.id) if not x.deallocated_on]
    for allocation in settled:
        deallocate(desk, allocation, on=allocation.allocated_on)
    free = desk.put(changed(desk.get(Invoice, old.id), number=number, sequence=sequence))
    if old.entry_id is not None:
        desk.mirror(old.entry_id, on=old.issued_on)
    written = draft.write(desk, free, ids)
    desk.tell("invoice.edited", written)
    invoice = post_invoice(desk, written, old.issued_at)
    for allocation in settled:
        invoice = _settled_again(desk, invoice, allocation)
    return invoice


def _reworded(desk: Desk, old: Invoice, free: Invoice, draft: InvoiceDraft) -> Invoice:
    # What was given back was worked out line by line from these very figures, so they stay.
    before = _wordings(desk, old)
    invoice = reworded(desk, before, _wordings(desk, draft.write(desk, free)))
    if invoice is None:
        raise InvoiceHasCredits("credit notes were issued against these figures", invoiceId=old.id)
    desk.tell("invoice.edited", invoice)
    return desk.get(Invoice, old.id)


def _wordings(desk: Desk, invoice: Invoice) -> Wordings:
    lines = desk.of(InvoiceLine, INVOICE_LINES, invoice.id)
    return Wordings(invoice, lines, desk.of(InvoiceTax, INVOICE_TAXES, invoice.id))


def _settled_again(desk: Desk, invoice: Invoice, before: Allocation) -> Invoice:
    minor = before.amount_minor
    if minor > invoice.due_minor:
        raise InvoiceBelowPayments(
            "the invoice would be less than is set against it", invoiceId=invoice.id, due=invoice.due_minor
        )
    source: Payment | CreditNote
    if before.payment_id is not None:
        source = desk.get(Payment, before.payment_id)
    else:
        source = desk.get(CreditNote, before.credit_note_id)
    allocate(desk, source, invoice, minor, on=max(before.allocated_on, invoice.issued_on))
    return desk.get(Invoice, invoice.id)


def _taxed_otherwise(desk: Desk, old: Invoice, draft: InvoiceDraft) -> bool:
    """Whether by the rates of now the invoice would have another tax."""
    kept = {(x.position, x.tax_rate_id): x for x in desk.of(InvoiceTax, INVOICE_TAXES, old.id)}
    mark = desk.mark()
    draft.write(desk, old)
    fresh = {(x.position, x.tax_rate_id): x for x in desk.of(InvoiceTax, INVOICE_TAXES, old.id)}
    desk.back_to(mark)
    return kept != fresh


def _known(desk: Desk, invoice_id: int) -> Invoice:
    return present(desk.get(Invoice, invoice_id))
