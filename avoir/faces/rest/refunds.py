"""Refunds out of credit notes (rest.md, 2.2)."""

from typing import Any

from avoir.app.reads import documents
from avoir.app.reads.documents import RefundView
from avoir.app.refunds import RefundCreditNote, ReverseRefund
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.core.refund import Refund
from avoir.faces.render import Style, midnight, plain, rate_of
from avoir.faces.rest.accounts import account_row
from avoir.faces.rest.credit_notes import credit_note_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Form
from avoir.faces.rest.kinds import day, id_in, number, text

CREATE = Body(
    id_in("fromAccountId", loose=True),
    number("amount", coerced=True, positive=True),
    number("exchangeRate", coerced=True, optional=True, positive=True),
    text("referenceNo", optional=True),
    text("description", optional=True),
    day("date"),
    id_in("branchId", coerced=True, optional=True, loose=True),
)


async def create(call: Call) -> dict[str, Any]:
    """Pay out part of what a credit note holds. Refuses what `RefundCreditNote` refuses."""
    return refund_row(await call.caller.ask(asked(call.id(), call.form)))


def asked(credit_note_id: int, form: Form) -> RefundCreditNote:
    """What a form asks of a credit note."""
    return RefundCreditNote(
        credit_note_id=credit_note_id,
        account_id=form["fromAccountId"],
        amount=form["amount"],
        refunded_on=form["date"],
        exchange_rate=form["exchangeRate"],
        branch_id=form["branchId"],
        reference=form["referenceNo"],
        description=form["description"],
    )


async def index(call: Call) -> list[dict[str, Any]]:
    """What was paid out of a credit note; nothing for one that is not there."""
    style = call.style
    views = await call.caller.read(documents.refunds_of, call.id())
    return [_full(view, style) for view in views]


async def show(call: Call) -> dict[str, Any]:
    """One refund. Refuses `NotFound`."""
    view = await call.caller.read(documents.refund, call.id())
    if view is None:
        raise NotFound("no such Refund", kind="Refund")
    return _full(view, call.style)


async def delete(call: Call) -> None:
    """Reverse a refund: the note holds the amount again. Refuses `NotFound`, also the second time."""
    await call.caller.ask(ReverseRefund(refund_id=call.id()))


def refund_row(x: Refund) -> dict[str, Any]:
    """A refund's own fields, from the row alone."""
    return {
        "id": x.id,
        "date": midnight(x.refunded_on),
        "amount": major_of(x.amount_minor, x.currency),
        "description": x.description or None,
        "credit_note_id": x.credit_note_id,
        "currency_code": x.currency,
        "exchange_rate": rate_of(x.rate_nano),
        "reference_no": x.reference or None,
        "from_account_id": x.account_id,
        "branch_id": x.branch_id,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
    }


def _full(view: RefundView, style: Style) -> dict[str, Any]:
    x = view.refund
    return refund_row(x) | {
        "credit_note": credit_note_row(view.note, style),
        "from_account": account_row(view.account),
        "formtted_amount": plain(x.amount_minor, x.currency),
        "formatted_date": style.day(x.refunded_on),
    }
