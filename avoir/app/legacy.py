"""Imports of documents of which only the totals are known (contract A, `legacy*`)."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import CREDIT, REFUND, CreditNote
from avoir.core.crediting import Against, draft_against, issue_against
from avoir.core.customer import Customer, offered
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.invoice import VOIDED, Invoice
from avoir.core.legacy import (
    Legacy,
    LegacyState,
    import_invoice,
    import_note,
    issued_from,
    mark,
    paid_before,
    renumber,
    settle_imported,
    worth_of,
)
from avoir.core.row import Row, changed

OPEN, PAID, GONE = ("due", "not_due", "unpaid", "ready", "processing_payment"), "paid", "voided"
Needs = Iterator[tuple[type[Row], Any]]


class ImportInvoice(Command, frozen=True, kw_only=True):
    """An invoice from before, under its own number. One that was paid is settled at once."""

    ANSWER = Invoice
    customer_id: int
    said: Legacy
    due_on: str
    days: int = 0  # From issue to due, where the day of issue is not said.
    state: str = "due"

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `LegacyState`, totals that do not fit, `NumberTaken`, `InvalidDate`, `DateLocked`."""
        customer = desk.get(Customer, self.customer_id)
        if self.state not in (*OPEN, PAID, GONE):
            raise LegacyState("an invoice is imported as due, paid or voided", state=self.state.upper())
        day = issued_from(self.said.issued_on, self.due_on, self.days)
        invoice = import_invoice(desk, customer, changed(self.said, issued_on=day), self.due_on)
        if self.state == PAID:
            return settle_imported(desk, invoice)
        if self.state == GONE and invoice.entry_id is not None:
            desk.mirror(invoice.entry_id, on=invoice.issued_on)
            desk.tell("invoice.voided", invoice)
            return desk.put(changed(invoice, state=VOIDED))
        return invoice


class ImportCreditNote(Command, frozen=True, kw_only=True):
    """A credit note from before, under its own number: against an invoice of these books, or standing alone.

    What an imported refund paid out was paid before the books were opened.
    """

    ANSWER = CreditNote
    customer_id: int
    said: Legacy
    kind: str = CREDIT
    invoice_id: int | None = None
    dispute_reason_id: int | None = None

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `LegacyNoteNeedsInvoice`, what crediting the invoice refuses, and as `ImportInvoice`."""
        customer = desk.get(Customer, self.customer_id)
        if self.dispute_reason_id is not None:
            offered(desk, self.dispute_reason_id)
        said = self.said if self.said.issued_on else changed(self.said, issued_on=desk.today)
        if self.invoice_id is None:
            note = import_note(desk, customer, said, self.kind, self.dispute_reason_id)
        else:
            note = self._against(desk, customer, said)
        return paid_before(desk, note) if self.kind == REFUND else note

    def _against(self, desk: Desk, customer: Customer, said: Legacy) -> CreditNote:
        invoice = desk.get(Invoice, self.invoice_id)
        if invoice.customer_id != customer.id:
            raise NotFound("no such Invoice", kind="Invoice", id=self.invoice_id)
        worth_of(desk, customer, said)
        asked = Against(self.kind, said.issued_on, (Shape(gross=said.amount),), self.dispute_reason_id)
        note = renumber(desk, draft_against(desk, invoice, asked), said.number)
        mark(desk, "credit_note", note.id, said.pdf_blob)
        return issue_against(desk, note)
