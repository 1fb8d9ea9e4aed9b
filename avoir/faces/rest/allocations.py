"""Credit notes set against invoices (rest.md, 2.3)."""

from typing import Any

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.reads import documents
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.render import midnight, plain
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.invoices import invoice_row
from avoir.faces.rest.kinds import id_in, number, several

APPLY = Body(several("entries", Body(id_in("invoiceId"), number("amount")), least=1))


async def create(call: Call) -> list[dict[str, Any]]:
    """Set a credit note against invoices. Refuses what `AllocateCreditNote` refuses."""
    shares = tuple(Share(entry["invoiceId"], entry["amount"]) for entry in call.form["entries"])
    made = await call.caller.ask(AllocateCreditNote(credit_note_id=call.id(), shares=shares))
    note, _ = await call.caller.read(documents.credited_invoices, call.id())
    currency = note.currency if note else call.style.base
    return [
        {
            "id": x.id,
            "amount": major_of(x.amount_minor, currency),
            "credit_note_id": x.credit_note_id,
            "invoice_id": x.invoice_id,
        }
        for x in made
    ]


async def candidates(call: Call) -> list[dict[str, Any]]:
    """The invoices that a credit note could be set against. Refuses `NotFound`."""
    invoices = await call.caller.read(documents.invoices_to_credit, call.id())
    if invoices is None:
        raise NotFound("no such CreditNote", kind="CreditNote")
    style = call.style
    return [
        invoice_row(x, style)
        | {
            "formatted_invoice_date": style.day(x.issued_on),
            "formatted_due_date": style.day(x.due_on),
            "formatted_amount": plain(x.total_minor, x.currency),
            "formatted_due_amount": plain(x.due_minor, x.currency),
            "formatted_payment_amount": plain(x.paid_minor, x.currency),
        }
        for x in invoices
    ]


async def index(call: Call) -> list[dict[str, Any]]:
    """The invoices that a credit note is set against; nothing for one that is not there."""
    note, views = await call.caller.read(documents.credited_invoices, call.id())
    if note is None:
        return []
    style = call.style
    return [
        {
            "id": view.allocation.id,
            "amount": major_of(view.allocation.amount_minor, note.currency),
            "credit_note_id": note.id,
            "invoice_id": view.invoice.id,
            "formtted_amount": plain(view.allocation.amount_minor, note.currency),
            "credit_note_number": note.number,
            "credit_note_date": midnight(note.issued_on),
            "invoice_number": view.invoice.number,
            "invoice_reference_no": view.invoice.reference or None,
            "formatted_credit_note_date": style.day(note.issued_on),
        }
        for view in views
    ]


async def delete(call: Call) -> None:
    """Take an allocation back. Refuses `AllocationGone`, `NotFound`."""
    await call.caller.ask(DeallocateCreditNote(allocation_id=call.id()))
