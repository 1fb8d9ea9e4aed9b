"""What is noted on documents, and changes nothing of what they say in figures."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.invoice import DELETED, Invoice, InvoiceLine
from avoir.core.remark import INVOICE, INVOICE_LINE, note
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits

Needs = Iterator[tuple[type[Row], Any]]


class AnnotateInvoice(Command, frozen=True, kw_only=True):
    """Change the notes on an invoice, issued or not: for the customer, for ourselves, and the order's number.

    What is not given stays as it is.
    """

    ANSWER = Invoice
    invoice_id: int
    message: str | None = None
    reference: str | None = None
    internal: str | None = None

    def needs(self) -> Needs:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `NotFound`, `TextTooLong`."""
        invoice = desk.get(Invoice, self.invoice_id)
        if invoice.state == DELETED:
            raise NotFound("no such Invoice", kind="Invoice", id=self.invoice_id)
        if self.internal is not None:
            note(desk, INVOICE, invoice.id, fits(self.internal, "internalNotes", LONG))
        fresh = changed(
            invoice,
            message=invoice.message if self.message is None else fits(self.message, "notes", LONG),
            reference=invoice.reference if self.reference is None else fits(self.reference, "poNumber"),
            updated_at=desk.now,
        )
        desk.tell("invoice.annotated", invoice)
        return desk.put(fresh)


class CommentLine(Command, frozen=True, kw_only=True):
    """Say something about one line of an invoice; an empty comment takes it back."""

    ANSWER = InvoiceLine
    invoice_id: int
    position: int
    comment: str

    def needs(self) -> Needs:
        yield InvoiceLine, (self.invoice_id, self.position)

    def decide(self, desk: Desk) -> InvoiceLine:
        """Refuses `NotFound`, `TextTooLong`."""
        line = desk.find(InvoiceLine, self.invoice_id, self.position)
        if line is None or desk.get(Invoice, self.invoice_id).state == DELETED:
            raise NotFound("no such InvoiceLine", kind="InvoiceLine", id=self.position)
        note(desk, INVOICE_LINE, line.id, fits(self.comment, "comment", LONG))
        return line
