"""Invoices: the list, one as a document, and what can be done with it."""

from starlette.responses import Response

from avoir.app.invoice_credits import CancelWriteOff, WriteOffInvoice
from avoir.app.invoices import IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.reads import console, console_invoices
from avoir.app.reads.console_invoices import InvoicePage
from avoir.app.reads.console_lists import INVOICES
from avoir.core.errors import NotFound
from avoir.core.receiving import Portion
from avoir.faces.console.listing import list_page
from avoir.faces.console.visit import Visit


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


async def sure(visit: Visit) -> Response:
    """What is refused of a button is said on a page of its own."""
    page = await found(visit)
    return visit.page(
        "invoice_sure.html",
        page=page,
        invoice=page.view.invoice,
        verb=visit.request.url.path.rpartition("/")[2],
    )


async def issue(visit: Visit) -> Response:
    """Issue a draft. Refuses what `IssueInvoice` refuses."""
    await visit.ask(IssueInvoice(invoice_id=visit.id()))
    return visit.go(f"/invoices/{visit.id()}", "invoice_issued")


async def void(visit: Visit) -> Response:
    """Void an invoice, or delete a draft. Refuses what `VoidInvoice` refuses."""
    await visit.ask(VoidInvoice(invoice_id=visit.id()))
    return visit.go(f"/invoices/{visit.id()}", "invoice_voided")


async def reissue(visit: Visit) -> Response:
    """A draft in the place of a voided invoice. Refuses what `ReissueInvoice` refuses."""
    fresh = await visit.ask(ReissueInvoice(invoice_id=visit.id()))
    return visit.go(f"/invoices/{fresh.id}", "draft_made")


async def write_off(visit: Visit) -> Response:
    """Give up what is due. Refuses what `WriteOffInvoice` refuses."""
    await visit.ask(WriteOffInvoice(invoice_id=visit.id(), note=visit.form.text("note")))
    return visit.go(f"/invoices/{visit.id()}", "written_off")


async def cancel_write_off(visit: Visit) -> Response:
    """Claim again what was written off. Refuses what `CancelWriteOff` refuses."""
    await visit.ask(CancelWriteOff(invoice_id=visit.id()))
    return visit.go(f"/invoices/{visit.id()}", "write_off_taken_back")
