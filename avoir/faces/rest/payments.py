"""Payments received (rest.md, 2.5)."""

from collections.abc import Sequence
from typing import Any

from avoir.app.payment_corrections import EditPayment, VoidPayment
from avoir.app.payments import ReceivePayment
from avoir.app.reads import documents
from avoir.app.reads.documents import AllocationView, PaymentView
from avoir.app.reads.ledger import Posting
from avoir.app.reads.lists import DAY, MONEY, NUMBER, Column, Listing
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.core.payment import RECEIVED, Payment
from avoir.core.receiving import Portion
from avoir.faces.paper.documents import payment_paper
from avoir.faces.render import Style, grouped, midnight, plain, rate_of, signed
from avoir.faces.rest import templates
from avoir.faces.rest.accounts import account_with_figures
from avoir.faces.rest.attachments import ATTACHMENTS, and_attachments, attached, with_attachments
from avoir.faces.rest.branches import branch_row
from avoir.faces.rest.customers import customer_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.invoices import formatted_amounts, invoice_row
from avoir.faces.rest.kinds import day, id_in, number, several, text, whole
from avoir.faces.rest.lists import listed
from avoir.faces.rest.papers import in_form
from avoir.faces.rest.settings import number_given

ENTRY = Body(
    id_in("id", coerced=True, optional=True),
    whole("index"),
    id_in("invoiceId", coerced=True),
    number("paymentAmount", coerced=True),
)
CREATE = Body(
    id_in("customerId", coerced=True),
    day("paymentDate"),
    number("amount", coerced=True, optional=True),
    number("exchangeRate", coerced=True, optional=True),
    text("referenceNo", optional=True),
    id_in("depositAccountId", coerced=True),
    text("paymentReceiveNo", optional=True),
    text("statement", optional=True),
    several("entries", ENTRY),
    id_in("branchId", coerced=True, optional=True),
    ATTACHMENTS,
)
LISTING = Listing(
    Payment,
    {
        "created_at": Column("t.created_at", DAY),
        "customer": Column("t.customer_id", NUMBER),
        "payment_date": Column("t.received_on", DAY),
        "payment_receive_no": Column("t.number"),
        "reference_no": Column("t.reference"),
        "amount": Column("t.amount_minor", MONEY),
        "deposit_account": Column("t.account_id", NUMBER),
        "statement": Column("t.memo"),
        "currency_code": Column("t.currency"),
    },
    searched=("payment_receive_no", "reference_no", "amount"),
    where=f"t.state = '{RECEIVED}'",
    hidden=(f"t.state <> '{RECEIVED}'",),
)


async def create(call: Call) -> dict[str, Any]:
    """Record a payment and what it pays. Refuses what `ReceivePayment` refuses, and `NumberRequired`."""
    number_given(call, "payment", call.form["paymentReceiveNo"])
    command = ReceivePayment(**_said(call))
    payment = await call.caller.ask(with_attachments(call, command, "PaymentReceive"))
    found = await call.caller.read(documents.payment_allocations, [payment.id])
    # Of the payment's own moment: a replay shows what the first reply showed, whatever became of it since.
    first = [x for x in found.get(payment.id, ()) if x.allocation.created_at == payment.created_at]
    entries = [_entry(place, x) for place, x in enumerate(first, 1)]
    return _row(payment, call.style) | {"entries": entries}


async def edit(call: Call) -> dict[str, Any]:
    """Say a payment anew: what it posted is undone by the mirror. Refuses what `EditPayment` refuses."""
    named = tuple(entry["id"] for entry in call.form["entries"] if entry["id"] is not None)
    command = EditPayment(payment_id=call.id(), allocation_ids=named, **_said(call))
    await call.caller.ask(and_attachments(call, command, "PaymentReceive", call.id()))
    return _full(await known(call), call.style)


async def delete(call: Call) -> None:
    """Take a payment back: its entry is mirrored, what it paid is due. Refuses what `VoidPayment` refuses."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> VoidPayment:
    """What takes a payment away."""
    return VoidPayment(payment_id=id)


def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "customer_id": form["customerId"],
        "account_id": form["depositAccountId"],
        "received_on": form["paymentDate"],
        "amount": form["amount"],
        "portions": tuple(Portion(entry["invoiceId"], entry["paymentAmount"]) for entry in form["entries"]),
        "exchange_rate": form["exchangeRate"],
        "number": form["paymentReceiveNo"],
        "reference": form["referenceNo"],
        "memo": form["statement"],
        "branch_id": form["branchId"],
    }


async def edit_page(call: Call) -> dict[str, Any]:
    """A payment, the invoices that it pays and those that it could pay besides. Refuses `NotFound`."""
    view, style = await known(call), call.style
    paid = {each.invoice.id: each.allocation.amount_minor for each in view.allocations}
    others = [x for x in await call.caller.read(documents.payable, view.payment) if x.id not in paid]
    rows = [(each.invoice, paid[each.invoice.id]) for each in view.allocations] + [(x, 0) for x in others]
    return {"data": _full(view, style), "entries": [_page_entry(x, minor) for x, minor in rows]}


def _page_entry(x: Invoice, paid_minor: int) -> dict[str, Any]:
    return {
        "invoice_id": x.id,
        "entry_type": "invoice",
        "invoice_no": x.number,
        "due_amount": major_of(x.due_without(paid_minor), x.currency),
        "amount": major_of(x.total_minor, x.currency),
        "total_payment_amount": major_of(x.paid_minor, x.currency),
        "payment_amount": major_of(paid_minor, x.currency),
        "currency_code": x.currency,
        "date": midnight(x.issued_on),
    }


async def show(call: Call) -> Any:
    """One payment with all that stands on it, or on paper. Refuses `NotFound`."""
    view, style = await known(call), call.style
    row = _full(view, style) | {"transactions": _transactions(view.payment, view.postings, style)}
    row |= await attached(call, "PaymentReceive", view.payment.id)
    return await in_form(call, payment_paper(view, call.caller.setup, style), row)


async def invoices(call: Call) -> list[dict[str, Any]]:
    """The invoices that a payment pays. Refuses `NotFound`."""
    style, view = call.style, await known(call)
    return [
        invoice_row(each.invoice, style) | formatted_amounts(each.invoice, style) for each in view.allocations
    ]


async def known(call: Call) -> PaymentView:
    """The payment that the address names. Refuses `NotFound`."""
    view = await call.caller.read(documents.payment, call.id())
    if view is None:
        raise NotFound("no such Payment", kind="Payment")
    return view


async def index(call: Call) -> dict[str, Any]:
    """A page of payments."""
    style = call.style
    return await listed(
        call, LISTING, documents.payment_views, lambda view: _full(view, style), "payments_received"
    )


def _row(x: Payment, style: Style) -> dict[str, Any]:
    return {
        "id": x.id,
        "amount": major_of(x.amount_minor, x.currency),
        "statement": x.memo or None,
        "customer_id": x.customer_id,
        "payment_date": midnight(x.received_on),
        "currency_code": x.currency,
        "exchange_rate": rate_of(x.rate_nano),
        "reference_no": x.reference or None,
        "deposit_account_id": x.account_id,
        "payment_receive_no": x.number,
        "user_id": None,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
        "branch_id": x.branch_id,
        "stripe_pintent_id": None,
        "pdf_template_id": templates.PAYMENT_RECEIVED,
        "local_amount": major_of(x.base_amount_minor, style.base),
    }


def _entry(place: int, view: AllocationView) -> dict[str, Any]:
    x = view.allocation
    return {
        "id": x.id,
        "index": place,
        "payment_receive_id": x.payment_id,
        "invoice_id": x.invoice_id,
        "payment_amount": major_of(x.amount_minor, view.invoice.currency),
    }


def _full(view: PaymentView, style: Style) -> dict[str, Any]:
    x = view.payment
    entries = [
        _entry(place, each)
        | {
            "invoice": invoice_row(each.invoice, style) | formatted_amounts(each.invoice, style),
            "payment_amount_formatted": plain(each.allocation.amount_minor, x.currency),
        }
        for place, each in enumerate(view.allocations, 1)
    ]
    return {
        **_row(x, style),
        "customer": customer_row(view.customer, style),
        "branch": branch_row(view.branch) if view.branch else None,
        "entries": entries,
        "deposit_account": account_with_figures(view.account),
        "subtotal_formatted": plain(x.amount_minor, x.currency),
        "formattted_total": signed(x.amount_minor, x.currency),
        "formatted_total": signed(x.amount_minor, x.currency),
        "pdf_template": None,
        "attachments": [],
        "formatted_payment_date": style.day(x.received_on),
        "formatted_created_at": style.instant(x.created_at),
        "formatted_amount": plain(x.amount_minor, x.currency),
        "formatted_exchange_rate": grouped(rate_of(x.rate_nano)),
    }


def _transactions(x: Payment, postings: Sequence[Posting], style: Style) -> list[dict[str, Any]]:
    """What the payment posted, in the base currency."""
    rows = []
    for posting in postings:
        line = posting.line
        debit = major_of(line.base_debit_minor, style.base)
        credit = major_of(line.base_credit_minor, style.base)
        rows.append(
            {
                "id": posting.entry.id,
                "credit": credit,
                "debit": debit,
                "note": None,
                "index": line.number,
                "date": midnight(line.booked_on),
                "costable": None,
                "currency_code": style.base,
                "exchange_rate": 1,
                "transaction_type": None,
                "reference_type": "PaymentReceive",
                "reference_id": x.id,
                "account_id": line.account_id,
                "contact_type": "customer" if line.customer_id else None,
                "contact_id": line.customer_id,
                "transaction_number": x.number,
                "reference_number": x.reference or None,
                "item_id": None,
                "item_quantity": None,
                "user_id": None,
                "index_group": None,
                "created_at": posting.entry.created_at,
                "branch_id": line.branch_id,
                "project_id": None,
                "tax_rate_id": line.tax_rate_id,
                "tax_rate": None,
                "reference_type_formatted": "Payment received",
                "credit_local": credit,
                "debit_local": debit,
            }
        )
    return rows
