"""What becomes of an issued invoice: it is paid, or written off (rest.md, 2.4)."""

from typing import Any

from avoir.app.invoice_credits import CancelWriteOff, WriteOffInvoice
from avoir.app.reads import documents
from avoir.app.reads.documents import PaidView
from avoir.core.money import major_of
from avoir.faces.render import Style, midnight, plain
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.invoices import formatted_amounts, invoice_row, known
from avoir.faces.rest.kinds import day, id_in, text

WRITE_OFF = Body(
    id_in("expenseAccountId", coerced=True, optional=True, loose=True),
    day("date", optional=True),
    text("reason", optional=True),
)
RECEIVABLE = Body(id_in("customerId", coerced=True, optional=True, loose=True))


async def write_off(call: Call) -> dict[str, Any]:
    """Give up what is due: as bad debt, or to the account named. Refuses what `WriteOffInvoice` refuses."""
    form = call.form
    command = WriteOffInvoice(
        invoice_id=call.id(), account_id=form["expenseAccountId"], on=form["date"] or "", note=form["reason"]
    )
    await call.caller.ask(command)
    return invoice_row((await known(call)).invoice, call.style)


async def cancel_write_off(call: Call) -> dict[str, Any]:
    """Make a written-off invoice due again. Refuses `NotWrittenOff`, `NotFound`."""
    return invoice_row(await call.caller.ask(CancelWriteOff(invoice_id=call.id())), call.style)


async def index(call: Call) -> list[dict[str, Any]]:
    """What was paid on an invoice; nothing for one that is not there."""
    style = call.style
    return [_row(view, style) for view in await call.caller.read(documents.invoice_payments, call.id())]


async def receivable(call: Call) -> list[dict[str, Any]]:
    """The invoices that are due, of one customer or of all."""
    style = call.style
    found = await call.caller.read(documents.receivable, call.query["customerId"])
    return [invoice_row(x, style) | formatted_amounts(x, style) for x in found]


def _row(view: PaidView, style: Style) -> dict[str, Any]:
    x, payment, account = view.allocation, view.payment, view.account.account
    return {
        "invoice_id": x.invoice_id,
        "payment_receive_id": payment.id,
        "payment_date": midnight(payment.received_on),
        "formatted_payment_date": style.day(payment.received_on),
        "payment_amount": major_of(x.amount_minor, view.invoice.currency),
        "formatted_payment_amount": plain(x.amount_minor, view.invoice.currency),
        "currency_code": view.invoice.currency,
        "payment_number": payment.number,
        "payment_reference_no": payment.reference or None,
        "invoice_number": view.invoice.number,
        "invoice_reference_no": view.invoice.reference or None,
        "deposit_account_id": account.id,
        "deposit_account_name": account.name,
        "deposit_account_slug": account.slug,
    }
