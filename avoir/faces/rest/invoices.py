"""Sale invoices (rest.md, 2.4). What contract B calls delivered is issued."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from avoir.app.invoices import CreateInvoice, EditInvoice, IssueInvoice, VoidInvoice
from avoir.app.reads import documents
from avoir.app.reads.amounts import DUE, IS_DUE, SETTLED
from avoir.app.reads.documents import HIDDEN, SHOWN, InvoiceView, LineView
from avoir.app.reads.lists import CHOICE, DAY, MONEY, NUMBER, Column, Listing
from avoir.core.errors import NotFound
from avoir.core.invoice import INVOICE, ISSUED, Invoice
from avoir.core.money import major_of
from avoir.core.tax import by_rate
from avoir.faces.invoice_links import invoice_link
from avoir.faces.paper import Paper
from avoir.faces.paper.documents import invoice_paper
from avoir.faces.render import Style, grouped, micro, midnight, plain, rate_of, signed
from avoir.faces.rest import templates
from avoir.faces.rest.attachments import ATTACHMENTS, and_attachments, attached, with_attachments
from avoir.faces.rest.branches import branch_row
from avoir.faces.rest.customers import customer_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.entries import DOCUMENT, echoed, entry_rows, percentage, wording_of
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import day, flag, id_in, number, text
from avoir.faces.rest.lists import listed
from avoir.faces.rest.papers import as_html, in_form
from avoir.faces.rest.settings import number_given

CREATE = Body(
    id_in("customerId", coerced=True),
    day("invoiceDate"),
    day("dueDate"),
    text("invoiceNo", optional=True),
    text("referenceNo", optional=True),
    flag("delivered"),
    text("invoiceMessage", optional=True),
    text("termsConditions", optional=True),
    number("exchangeRate", coerced=True, optional=True, least=0),
    *DOCUMENT,
    ATTACHMENTS,
)


def views(today: str) -> dict[str, str]:
    """The views of invoices on a day, each as a condition."""
    return {
        "draft": "t.state = 'draft'",
        "delivered": "t.state = 'issued'",
        "unpaid": f"t.state = 'issued' AND {IS_DUE} AND {SETTLED} = 0",
        "overdue": f"t.state = 'issued' AND {IS_DUE} AND t.due_on < '{today}'",
        "partially-paid": f"t.state = 'issued' AND {IS_DUE} AND {SETTLED} > 0",
        "paid": f"t.state = 'issued' AND {DUE} = 0",
    }


def listing(today: str) -> Listing:
    """What the list of invoices may be asked on a day."""
    conditions = views(today)
    return Listing(
        Invoice,
        {
            "created_at": Column("t.created_at", DAY),
            "customer": Column("t.customer_id", NUMBER),
            "invoice_date": Column("t.issued_on", DAY),
            "due_date": Column("t.due_on", DAY),
            "invoice_no": Column("t.number"),
            "reference_no": Column("t.reference"),
            "invoice_message": Column("t.message"),
            "terms_conditions": Column("t.terms"),
            "amount": Column("t.total_minor", MONEY),
            "payment_amount": Column("t.paid_minor", MONEY),
            "due_amount": Column(f"({DUE})", MONEY),
            "currency_code": Column("t.currency"),
            "status": Column("t.state", CHOICE, conditions),
        },
        searched=("invoice_no", "reference_no", "amount"),
        views=conditions,
        first_view=21,
        where=f"{SHOWN} AND t.kind = '{INVOICE}'",
        hidden=(HIDDEN, f"t.kind <> '{INVOICE}' AND {SHOWN}"),
    )


async def create(call: Call) -> dict[str, Any]:
    """A new invoice, a draft or delivered at once. Refuses `NumberRequired`, and as `CreateInvoice` does."""
    number_given(call, "invoice", call.form["invoiceNo"])
    command = CreateInvoice(issue=call.form["delivered"], **await _said(call))
    invoice = await call.caller.ask(with_attachments(call, command, "SaleInvoice"))
    # Of what is issued no line changes, so a replay shows what the first reply showed.
    lines = await call.caller.read(documents.invoice_lines, invoice.id)
    return _entries(invoice, lines, invoice.id) | invoice_row(invoice, call.style) | echoed(call)


async def edit(call: Call) -> dict[str, Any]:
    """Write an invoice anew, delivered or not, and deliver it if wanted. Refuses what `EditInvoice` refuses.

    Its id and, if none is given, its number stay. Whatever it had posted is undone by the mirror.
    """
    said = await _said(call)
    issue = call.form["delivered"]
    command = EditInvoice(invoice_id=call.id(), issue=issue, amend=True, **said)
    await call.caller.ask(and_attachments(call, command, "SaleInvoice", call.id()))
    view = await known(call)
    row = invoice_row(view.invoice, call.style) | echoed(call)
    return _entries(view.invoice, view.lines, view.invoice.id) | row


async def delete(call: Call) -> None:
    """Delete a draft, or void an invoice that nothing happened to. Refuses what `VoidInvoice` refuses."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> VoidInvoice:
    """What takes an invoice away."""
    return VoidInvoice(invoice_id=id)


async def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "customer_id": form["customerId"],
        "issued_on": form["invoiceDate"],
        "due_on": form["dueDate"],
        "wording": await wording_of(call),
        "exchange_rate": form["exchangeRate"],
        "number": form["invoiceNo"],
        "reference": form["referenceNo"],
        "branch_id": form["branchId"],
        "message": form["invoiceMessage"],
        "terms": form["termsConditions"],
    }


async def known(call: Call) -> InvoiceView:
    """The invoice that the address names. Refuses `NotFound`."""
    view = await call.caller.read(documents.invoice, call.id())
    if view is None:
        raise NotFound("no such Invoice", kind="Invoice")
    return view


async def deliver(call: Call) -> dict[str, Any]:
    """Issue a draft. Refuses `InvoiceAlreadyIssued`, `NotFound`."""
    invoice = await call.caller.ask(IssueInvoice(invoice_id=call.id()))
    return invoice_row(invoice, call.style)


async def show(call: Call) -> Any:
    """One invoice with all that stands on it, or on paper. Refuses `NotFound`."""
    view, style = await known(call), call.style
    row = _full(view, style) | await attached(call, "SaleInvoice", view.invoice.id)
    return await in_form(call, _paper(call, view), row)


async def html(call: Call) -> dict[str, Any]:
    """One invoice as a page of HTML. Refuses `NotFound`."""
    return as_html(_paper(call, await known(call)))


def _paper(call: Call, view: InvoiceView) -> Paper:
    return invoice_paper(view, call.caller.setup, call.style, invoice_link(call.caller, view.invoice.id))


async def index(call: Call) -> dict[str, Any]:
    """A page of invoices."""
    style = call.style
    return await listed(
        call,
        listing(style.today()),
        documents.invoice_views,
        lambda view: _full(view, style),
        "sales_invoices",
    )


def invoice_row(x: Invoice, style: Style) -> dict[str, Any]:
    """An invoice's own fields, and what follows from them."""
    return {**_columns(x), **_state(x, style), **_worked_out(x, style)}


def _columns(x: Invoice) -> dict[str, Any]:
    def amount(minor: int) -> Any:
        return major_of(minor, x.currency)

    return {
        "id": x.id,
        "balance": amount(x.subtotal_minor),
        "discount": micro(x.discount_micro) if x.discount_micro else None,
        "adjustment": amount(x.adjustment_minor) if x.adjustment_minor else None,
        "subtotal": amount(x.subtotal_minor),
        "total": amount(x.total_minor),
        "customer_id": x.customer_id,
        "invoice_date": midnight(x.issued_on),
        "due_date": midnight(x.due_on),
        "invoice_no": x.number,
        "reference_no": x.reference or None,
        "invoice_message": x.message or None,
        "terms_conditions": x.terms or None,
        "payment_amount": amount(x.paid_minor),
        "currency_code": x.currency,
        "exchange_rate": rate_of(x.rate_nano),
        "credited_amount": amount(x.credit_minor),
        "discount_type": x.discount_kind if x.discount_micro else None,
        "inv_lot_number": None,
        "delivered_at": x.issued_at or None,
        "user_id": None,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
        "writtenoff_amount": amount(x.written_off_minor) if x.written_off_minor else None,
        "writtenoff_at": None,
        "warehouse_id": None,
        "branch_id": x.branch_id,
        "writtenoff_expense_account_id": None,
        "project_id": None,
        "is_inclusive_tax": x.is_tax_inclusive,
        "tax_amount_withheld": amount(x.tax_minor),
        "pdf_template_id": templates.SALE_INVOICE,
    }


def _worked_out(x: Invoice, style: Style) -> dict[str, Any]:
    def local(minor: int) -> Any:
        return major_of(style.local(minor, x.currency, x.rate_nano), style.base)

    return {
        "subtotal_local": local(x.subtotal_minor),
        "subtotal_exluding_tax": major_of(x.subtotal_without_tax_minor, x.currency),
        "tax_amount_withheld_local": local(x.tax_minor),
        "discount_amount": major_of(x.discount_minor, x.currency),
        "discount_amount_local": local(x.discount_minor),
        "discount_percentage": percentage(x.discount_kind, x.discount_micro),
        "total_local": major_of(x.base_total_minor, style.base),
        "writtenoff_amount_local": local(x.written_off_minor),
        "adjustment_local": local(x.adjustment_minor),
    }


def _state(x: Invoice, style: Style) -> dict[str, Any]:
    issued, settled = x.state == ISSUED, x.settled_minor
    days = (date.fromisoformat(x.due_on) - date.fromisoformat(style.today())).days
    owed = issued and x.due_minor > 0
    return {
        "delivered": issued,
        "is_delivered": issued,
        "is_overdue": owed and days < 0,
        "is_partially_paid": owed and settled > 0,
        "is_fully_paid": issued and x.due_minor == 0,
        "is_writtenoff": x.written_off_minor > 0,
        "is_paid": issued and settled > 0,
        "due_amount": major_of(x.due_minor, x.currency),
        "balance_amount": major_of(settled, x.currency),
        "remaining_days": max(days, 0),
        "overdue_days": max(-days, 0),
    }


def formatted_amounts(x: Invoice, style: Style) -> dict[str, Any]:
    """An invoice's numbers and days as texts."""
    currency, base = x.currency, style.base

    def local(minor: int) -> str:
        return plain(style.local(minor, currency, x.rate_nano), base)

    percent = percentage(x.discount_kind, x.discount_micro)
    return {
        "invoice_date_formatted": style.day(x.issued_on),
        "due_date_formatted": style.day(x.due_on),
        "created_at_formatted": style.instant(x.created_at),
        "due_amount_formatted": signed(x.due_minor, currency),
        "payment_amount_formatted": plain(x.paid_minor, currency),
        "balance_amount_formatted": plain(x.settled_minor, currency),
        "exchange_rate_formatted": grouped(rate_of(x.rate_nano)),
        "subtotal_formatted": plain(x.subtotal_minor, currency),
        "subtotal_local_formatted": local(x.subtotal_minor),
        "subtotal_exluding_tax_formatted": plain(x.subtotal_without_tax_minor, currency),
        "tax_amount_withheld_formatted": plain(x.tax_minor, currency),
        "tax_amount_withheld_local_formatted": local(x.tax_minor),
        "total_formatted": signed(x.total_minor, currency),
        "total_local_formatted": plain(x.base_total_minor, base),
        "discount_amount_formatted": plain(x.discount_minor, currency),
        "discount_percentage_formatted": "" if percent is None else f"{percent}%",
        "adjustment_formatted": plain(x.adjustment_minor, currency),
    }


def _entries(x: Invoice, lines: Sequence[LineView], id: int | str) -> dict[str, Any]:
    inclusive = bool(x.is_tax_inclusive)
    return {"entries": entry_rows(lines, x.currency, of="SaleInvoice", id=id, inclusive=inclusive)}


def _full(view: InvoiceView, style: Style) -> dict[str, Any]:
    x = view.invoice
    return {
        **invoice_row(x, style),
        "branch": branch_row(view.branch) if view.branch else None,
        **_entries(x, view.lines, str(x.id)),
        "customer": customer_row(view.customer, style),
        "taxes": taxes(view),
        "attachments": [],
        "payment_methods": [],
        **formatted_amounts(x, style),
    }


def entries(view: InvoiceView) -> list[dict[str, Any]]:
    """An invoice's lines."""
    inclusive = bool(view.invoice.is_tax_inclusive)
    return entry_rows(
        view.lines, view.invoice.currency, of="SaleInvoice", id=str(view.invoice.id), inclusive=inclusive
    )


def taxes(view: InvoiceView) -> list[dict[str, Any]]:
    """The document's tax by rate, as it was charged."""
    currency = view.invoice.currency
    return [
        {
            "id": id,
            "name": view.rates[id].name,
            "tax_rate_code": view.rates[id].code,
            "tax_rate": micro(percent),
            "tax_rate_id": id,
            "tax_rate_amount": major_of(minor, currency),
            "tax_rate_amount_formatted": plain(minor, currency),
        }
        for (id, percent), minor in by_rate(tax for line in view.lines for tax in line.taxes).items()
    ]
