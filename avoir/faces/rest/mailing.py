"""Documents by mail: what a mail would say, and sending it (rest.md, 2.1, 2.4 and 2.5)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from avoir.app.document_mails import MailDocument
from avoir.app.reads.documents import LineView
from avoir.core.customer import Customer
from avoir.core.mail import File
from avoir.core.money import major_of
from avoir.faces.invoice_links import invoice_link
from avoir.faces.paper import Paper, pdf
from avoir.faces.paper.documents import credit_note_paper, invoice_paper, payment_paper
from avoir.faces.render import grouped, micro, midnight, signed
from avoir.faces.rest import credit_notes, invoices, payments
from avoir.faces.rest.accept import PDF
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import addresses, flag, text

MAIL = Body(
    addresses("to"),
    addresses("cc"),
    addresses("bcc"),
    text("subject", optional=True),
    text("message", optional=True),
    text("body", optional=True),
    flag("attachPdf", default=None),
    flag("attachInvoice", default=None),
)


class Written(NamedTuple):
    """A document as a mail would bring it."""

    kind: str
    id: int
    customer: Customer
    paper: Paper
    subject: str
    message: str
    words: dict[str, str]
    state: dict[str, Any]


async def invoice(call: Call) -> Written:
    """An invoice, as a mail would bring it. Refuses `NotFound`."""
    view, style = await invoices.known(call), call.style
    x, customer = view.invoice, view.customer.customer
    words = _words(call, customer) | {
        "Invoice Number": x.number,
        "Invoice Date": style.day(x.issued_on),
        "Invoice Due Date": style.day(x.due_on),
        "Invoice Amount": signed(x.total_minor, x.currency),
        "Invoice Due Amount": signed(x.due_minor, x.currency),
    }
    state = {
        "invoice_no": x.number,
        "invoice_date": midnight(x.issued_on),
        "invoice_date_formatted": style.day(x.issued_on),
        "due_date": midnight(x.due_on),
        "due_date_formatted": style.day(x.due_on),
        "total": major_of(x.total_minor, x.currency),
        "total_formatted": signed(x.total_minor, x.currency),
        "subtotal": major_of(x.subtotal_minor, x.currency),
        "subtotal_formatted": signed(x.subtotal_minor, x.currency),
        "due_amount": major_of(x.due_minor, x.currency),
        "due_amount_formatted": signed(x.due_minor, x.currency),
        "discount_amount": major_of(x.discount_minor, x.currency),
        "discount_amount_formatted": signed(x.discount_minor, x.currency),
        "adjustment": major_of(x.adjustment_minor, x.currency),
        "adjustment_formatted": signed(x.adjustment_minor, x.currency),
        "entries": _entries(view.lines, x.currency),
        "attach_invoice": True,
    }
    subject = "Invoice {Invoice Number} from {Company Name}"
    message = (
        "Dear {Customer Name},\n\nplease find attached invoice {Invoice Number} of {Invoice Amount}, due on "
        "{Invoice Due Date}.\n\n{Company Name}\n"
    )
    paper = invoice_paper(view, call.caller.setup, style, invoice_link(call.caller, x.id))
    return Written("invoice", x.id, customer, paper, subject, message, words, state)


async def credit_note(call: Call) -> Written:
    """A credit note, as a mail would bring it. Refuses `NotFound`."""
    view, style = await credit_notes.known(call), call.style
    x, customer = view.note, view.customer.customer
    words = _words(call, customer) | {
        "Credit Note Number": x.number,
        "Credit Note Date": style.day(x.issued_on),
        "Credit Note Amount": signed(x.total_minor, x.currency),
    }
    state = {
        "credit_note_number": x.number,
        "credit_note_date": midnight(x.issued_on),
        "credit_note_date_formatted": style.day(x.issued_on),
        "total": major_of(x.total_minor, x.currency),
        "total_formatted": signed(x.total_minor, x.currency),
        "subtotal": major_of(x.subtotal_minor, x.currency),
        "subtotal_formatted": signed(x.subtotal_minor, x.currency),
        "entries": _entries(view.lines, x.currency),
        "attach_pdf": True,
    }
    subject = "Credit note {Credit Note Number} from {Company Name}"
    message = (
        "Dear {Customer Name},\n\nplease find attached credit note {Credit Note Number} of "
        "{Credit Note Amount}.\n\n{Company Name}\n"
    )
    paper = credit_note_paper(view, call.caller.setup, style)
    return Written("credit_note", x.id, customer, paper, subject, message, words, state)


async def payment(call: Call) -> Written:
    """A payment, as a mail would bring it. Refuses `NotFound`."""
    view, style = await payments.known(call), call.style
    x, customer = view.payment, view.customer.customer
    amount = signed(x.amount_minor, x.currency)
    words = _words(call, customer) | {
        "Payment Number": x.number,
        "Payment Date": style.day(x.received_on),
        "Payment Amount": amount,
    }
    state = {
        "payment_number": x.number,
        "payment_date": midnight(x.received_on),
        "payment_date_formatted": style.day(x.received_on),
        "total": major_of(x.amount_minor, x.currency),
        "total_formatted": amount,
        "subtotal": major_of(x.amount_minor, x.currency),
        "subtotal_formatted": amount,
        "payment_amount": major_of(x.amount_minor, x.currency),
        "payment_amount_formatted": amount,
        "entries": [
            {
                "invoice_number": each.invoice.number,
                "paid_amount": signed(each.allocation.amount_minor, x.currency),
            }
            for each in view.allocations
        ],
        "attach_pdf": True,
    }
    subject = "Payment {Payment Number} received by {Company Name}"
    message = (
        "Dear {Customer Name},\n\nthank you: we received {Payment Amount} on {Payment Date}. The receipt is "
        "attached.\n\n{Company Name}\n"
    )
    paper = payment_paper(view, call.caller.setup, style)
    return Written("payment", x.id, customer, paper, subject, message, words, state)


Read = Callable[[Call], Awaitable[Written]]


def showing(read: Read) -> Callable[[Call], Awaitable[dict[str, Any]]]:
    """The way that shows what a mail would say."""

    async def handle(call: Call) -> dict[str, Any]:
        """What a mail with this document would say, and to whom. Refuses `NotFound`."""
        written = await read(call)
        to = [written.customer.email] if written.customer.email else []
        return {
            "company_name": call.caller.setup.organization.name,
            "company_logo_uri": None,
            "primary_color": None,
            "customer_name": written.customer.name,
            "from": [],
            "to": to,
            "cc": [],
            "bcc": [],
            "subject": written.subject,
            "message": written.message,
            "from_options": [],
            "to_options": [{"mail": each, "label": written.customer.name, "primary": True} for each in to],
            "format_args": written.words,
            **written.state,
        }

    return handle


def sending(read: Read) -> Callable[[Call], Awaitable[dict[str, Any]]]:
    """The way that sends it."""

    async def handle(call: Call) -> dict[str, Any]:
        """Send this document by mail, with its PDF if wanted. Refuses what `MailDocument` refuses."""
        form, written = call.form, await read(call)
        attach = (form["attachPdf"], form["attachInvoice"]) != (None, None)
        attached = form["attachPdf"] or form["attachInvoice"] if attach else True
        files = (File(f"{written.paper.file_name}.pdf", PDF, await pdf(written.paper)),) if attached else ()
        command = MailDocument(
            document=written.kind,
            id=written.id,
            to=(*form["to"], *form["cc"], *form["bcc"]),
            subject=_filled(form["subject"] or written.subject, written.words),
            message=_filled(form["message"] or form["body"] or written.message, written.words),
            files=files,
        )
        await call.caller.ask(command)
        call.ring()
        return {"success": True, "message": "The mail is on its way."}

    return handle


def _words(call: Call, customer: Customer) -> dict[str, str]:
    return {"Company Name": call.caller.setup.organization.name, "Customer Name": customer.name}


def _filled(said: str, words: dict[str, str]) -> str:
    """A text with `{Customer Name}` and its like filled in, once: what is filled in is no place itself."""
    parts = said.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        filled.append(words[name.strip()] + rest if closed and name.strip() in words else "{" + part)
    return "".join(filled)


def _entries(lines: Sequence[LineView], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "name": view.item.name if view.item else view.line.description,
            "quantity": micro(view.line.quantity_micro),
            "quantity_formatted": grouped(micro(view.line.quantity_micro)),
            "rate": micro(view.line.price_micro),
            "rate_formatted": grouped(micro(view.line.price_micro)),
            "unit_price": micro(view.line.price_micro),
            "unit_price_formatted": grouped(micro(view.line.price_micro)),
            "total": major_of(view.line.after_discount_minor, currency),
            "total_formatted": signed(view.line.after_discount_minor, currency),
        }
        for view in lines
    ]
