"""Invoices: the list, one as a document, and what can be done with it."""

from collections.abc import Callable

from starlette.responses import Response

from avoir.app.invoice_credits import CancelWriteOff, WriteOffInvoice
from avoir.app.invoices import IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.reads import console, console_invoices
from avoir.app.reads.console_invoices import InvoicePage
from avoir.app.reads.console_lists import INVOICES
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.invoice import DRAFT
from avoir.core.receiving import Portion
from avoir.faces.console.acts import Act, Asked, ask_with_preview, verb_of
from avoir.faces.console.forms import Form
from avoir.faces.console.listing import list_page
from avoir.faces.console.visit import Visit

ROOM = ("/invoices", "Invoices")


async def index(visit: Visit) -> Response:
    """The list, by view, customer, words and dates."""
    return await list_page(visit, "invoices", INVOICES)


async def found(visit: Visit) -> InvoicePage:
    """The invoice of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_invoices.invoice, visit.id(), visit.caller.today())
    if page is None:
        raise NotFound("there is no such invoice")
    return page


async def show(visit: Visit) -> Response:
    """One invoice as a document, with its timeline and its entries."""
    page = await found(visit)
    accounts = await visit.caller.read(console.money_accounts)
    return visit.page("invoice.html", page=page, invoice=page.view.invoice, accounts=accounts)


async def pay_form(visit: Visit) -> Response:
    """Where a payment is written down."""
    page = await found(visit)
    accounts = await visit.caller.read(console.money_accounts)
    return visit.page("invoice_pay.html", page=page, invoice=page.view.invoice, accounts=accounts)


async def pay(visit: Visit) -> Response:
    """Write a payment down. Refuses what `ReceivePayment` refuses."""
    page, form = await found(visit), visit.form
    invoice = page.view.invoice
    amount = form.required("amount", "Amount")
    account_id = form.id("account")
    if account_id is None:
        raise NotFound("say which account the money came in to")
    payment = await visit.ask(
        ReceivePayment(
            customer_id=invoice.customer_id,
            account_id=account_id,
            received_on=form.text("on") or visit.caller.today(),
            amount=amount,
            portions=(Portion(invoice.id, form.number("portion", "Amount for this invoice")),),
            currency=invoice.currency,
            exchange_rate=form.number("rate", "Exchange rate"),
            reference=form.text("reference"),
        )
    )
    return visit.go(f"/invoices/{invoice.id}", f"payment_{payment.number}_recorded")


SURE = {
    "issue": (
        "Issue", "It takes the next number and is posted. From then on it is changed only by credit notes.",
        False,
    ),
    "void": (
        "Void",
        "Its entry is mirrored, and it claims nothing any more. Its number is not given out again.", True,
    ),
    "delete": ("Delete", "The draft goes. Nothing was posted for it.", True),
    "write-off": ("Write off", "What is still due is given up, by a credit note of its own.", True),
    "cancel-write-off": (
        "Take the write-off back", "The write-off is voided by its mirror, and the invoice is due again.",
        False,
    ),
    "reissue": ("Reissue", "A new draft with the same lines, dated today.", False),
}  # fmt: skip
"""What can become of an invoice: title and button, what it means, and whether it takes something away."""
DONE = {
    "issue": "invoice_issued", "void": "invoice_voided", "write-off": "written_off",
    "cancel-write-off": "write_off_taken_back", "reissue": "draft_made",
}  # fmt: skip
COMMANDS: dict[str, Callable[[int, Form], Command]] = {
    "issue": lambda id, form: IssueInvoice(invoice_id=id),
    "void": lambda id, form: VoidInvoice(invoice_id=id),
    "write-off": lambda id, form: WriteOffInvoice(invoice_id=id, note=form.text("note")),
    "cancel-write-off": lambda id, form: CancelWriteOff(invoice_id=id),
    "reissue": lambda id, form: ReissueInvoice(invoice_id=id),
}
"""What each verb asks for, whether it is tried out or done."""


async def sure(visit: Visit) -> Response:
    """Asking before anything becomes of it, with what would be posted."""
    page, verb = await found(visit), verb_of(visit)
    x = page.view.invoice
    name = x.number or f"draft {x.id}"
    title, text, danger = SURE["delete" if verb == "void" and x.state == DRAFT else verb]
    facts = (
        ("Customer", page.view.customer.customer.name),
        ("Total", visit.money(x.total_minor, x.currency)),
        ("Still due", visit.money(x.due_minor, x.currency)),
    )
    asked = [Asked("note", "Why")] if verb == "write-off" else []
    act = Act(f"{title} {name}", text, title, (f"/invoices/{x.id}", name), ROOM, asked, facts, danger)
    return await ask_with_preview(visit, act, lambda: COMMANDS[verb](x.id, visit.form))


async def done(visit: Visit) -> Response:
    """Do what the address says. Refuses what its command refuses."""
    verb = verb_of(visit)
    made = await visit.ask(COMMANDS[verb](visit.id(), visit.form))
    return visit.go(f"/invoices/{made.id if verb == 'reissue' else visit.id()}", DONE[verb])
