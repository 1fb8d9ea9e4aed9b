"""Our additions to refunds: of whole invoices and payments, previews, many at once, a second person."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Any

from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.reads import refunds as reads
from avoir.app.reads.lists import CHOICE, DAY, MONEY, NUMBER, Column, Listing
from avoir.app.reads.query import Query
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    RetryRefund,
)
from avoir.core.command import Command, Preview, Previewed
from avoir.core.credit import Shape
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.core.organization import ApprovalPolicy
from avoir.core.refund import AWAITING_APPROVAL, MOVES, Refund
from avoir.faces.render import midnight
from avoir.faces.rest.credit_notes import credit_note_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.errors import no_of
from avoir.faces.rest.fields import Body, Form
from avoir.faces.rest.kinds import day, flag, id_in, number, several, text, whole
from avoir.faces.rest.lists import as_they_are, listed
from avoir.faces.rest.refunds import CREATE, asked, refund_row

AT_ONCE = 100
"""Rows of a bulk that are asked together: enough for a full batch of the clerk, and none waits long."""

MOST_IN_BULK = 10_000
LARGEST_BULK = 8 << 20
"""Bytes of so many refunds, with a description each."""

WAY_OUT = (
    number("amount", coerced=True, optional=True, positive=True),
    day("date", optional=True),
    id_in("fromAccountId", coerced=True, optional=True, loose=True),
    text("rail", optional=True),
    number("exchangeRate", coerced=True, optional=True, positive=True),
)
SHAPE = Body(
    id_in("index", coerced=True, optional=True),
    number("amount", coerced=True, optional=True),
    number("net", coerced=True, optional=True),
    number("quantity", coerced=True, optional=True),
    number("percent", coerced=True, optional=True),
    flag("taxOnly"),
)
RETRY = Body(*WAY_OUT[1:])
INVOICE = Body(
    *WAY_OUT,
    id_in("disputeReasonId", coerced=True, optional=True, loose=True),
    several("entries", SHAPE, optional=True),
    flag("reopen"),
)
PAYMENT = Body(
    *WAY_OUT,
    text("referenceNo", optional=True),
    text("description", optional=True),
    id_in("branchId", coerced=True, optional=True, loose=True),
)
BULK = Body(
    several("refunds", Body(id_in("creditNoteId", coerced=True), *CREATE.fields), least=1, most=MOST_IN_BULK)
)
APPROVE = Body(text("digest", optional=True))
REASON = Body(text("reason", optional=True))
FAIL = Body(text("reason"), day("failedOn", optional=True))
POLICY = Body(
    number("threshold", coerced=True, least=0),
    whole("windowDays", default=30),
    whole("expiresHours", default=72),
)
STATES = {state: f"t.state = '{state}'" for state in sorted(set(MOVES).union(*MOVES.values()))}
LISTING = Listing(
    Refund,
    {
        "created_at": Column("t.created_at", DAY),
        "date": Column("t.refunded_on", DAY),
        "amount": Column("t.amount_minor", MONEY),
        "customer": Column("t.customer_id", NUMBER),
        "number": Column("t.number"),
        "reference_no": Column("t.reference"),
        "currency_code": Column("t.currency"),
        "rail": Column("t.rail"),
        "status": Column("t.state", CHOICE, STATES),
    },
    searched=("number", "reference_no", "amount"),
    views=STATES,
    hidden=(),
)


async def preview(call: Call) -> dict[str, Any]:
    """What a refund out of a credit note would be and post. Refuses what `RefundCreditNote` refuses."""
    seen: Previewed = await call.caller.ask(Preview(command=asked(call.id(), call.form)))
    return {"refund": _row(seen.answer), "entries": await _entries(call, seen)}


async def refund_invoice(call: Call) -> dict[str, Any]:
    """Give back what was paid on an invoice. Refuses what `RefundInvoice` or `ReopenInvoice` refuses."""
    given = await call.caller.ask(_whole(call))
    if isinstance(given, list):
        return {"credit_note": None, "refunds": [_row(x) for x in given]}
    found = await call.caller.read(reads.of_credit_note, given.id)
    return {"credit_note": credit_note_row(given, call.style), "refunds": [_row(x) for x in found]}


async def preview_invoice(call: Call) -> dict[str, Any]:
    """What giving back would be and post. Refuses what `RefundInvoice` or `ReopenInvoice` refuses."""
    seen: Previewed = await call.caller.ask(Preview(command=_whole(call)))
    reopened = isinstance(seen.answer, list)
    return {
        "credit_note": None if reopened else credit_note_row(seen.answer, call.style),
        "entries": await _entries(call, seen),
    }


async def refund_payment(call: Call) -> dict[str, Any]:
    """Pay back what is left of a payment. Refuses what `RefundPayment` refuses."""
    form = call.form
    command = RefundPayment(
        payment_id=call.id(),
        branch_id=form["branchId"],
        reference=form["referenceNo"],
        description=form["description"],
        **_way(form),
    )
    return _row(await call.caller.ask(command))


async def of_payment(call: Call) -> list[dict[str, Any]]:
    """What was paid back out of a payment; nothing for one that is not there."""
    return [_row(x) for x in await call.caller.read(reads.of_payment, call.id())]


async def bulk(call: Call) -> dict[str, Any]:
    """Many refunds out of credit notes, each by itself: a row that is refused holds up no other.

    Under an idempotency key each row has one of its own, by its place: sent again, what was done is told
    again, and what was not is done.
    """
    rows: list[Form] = call.form["refunds"]
    answers, under_way = list[dict[str, Any]](), deque[Awaitable[list[dict[str, Any]]]]()
    for first in range(0, len(rows), AT_ONCE):
        # The next are made ready while the clerk is at these.
        if len(under_way) == 2:
            answers += await under_way.popleft()
        places = range(first, min(first + AT_ONCE, len(rows)))
        under_way.append(asyncio.gather(*(_one(call, place, rows[place]) for place in places)))
    while under_way:
        answers += await under_way.popleft()
    done = sum(answer["refund"] is not None for answer in answers)
    return {"succeeded_count": done, "failed_count": len(rows) - done, "refunds": answers}


async def index(call: Call) -> dict[str, Any]:
    """A page of all refunds, whatever their source and state."""
    return await listed(call, LISTING, as_they_are, _row, "refunds")


async def show(call: Call) -> dict[str, Any]:
    """One refund, whatever became of it. Refuses `NotFound`."""
    found = await call.caller.read(reads.refund, call.id())
    if found is None:
        raise NotFound("no such Refund", kind="Refund")
    return _row(found)


async def approve(call: Call) -> dict[str, Any]:
    """Say yes to another person's refund. Refuses what `ApproveRefund` refuses."""
    return _row(await call.caller.ask(ApproveRefund(refund_id=call.id(), digest=call.form["digest"])))


async def reject(call: Call) -> dict[str, Any]:
    """Say no to a refund that waits. Refuses `IllegalMove`."""
    return _row(await call.caller.ask(RejectRefund(refund_id=call.id(), reason=call.form["reason"])))


async def fail(call: Call) -> dict[str, Any]:
    """A bank sent back what it had accepted. Refuses what `FailRefund` refuses."""
    form = call.form
    command = FailRefund(refund_id=call.id(), reason=form["reason"], failed_on=form["failedOn"] or "")
    return _row(await call.caller.ask(command))


async def cancel(call: Call) -> dict[str, Any]:
    """Call back a refund that is not handed to its gateway yet. Refuses `IllegalMove`."""
    return _row(await call.caller.ask(CancelRefund(refund_id=call.id())))


async def retry(call: Call) -> dict[str, Any]:
    """Ask again for a refund that failed. Refuses what `RetryRefund` refuses."""
    form = call.form
    command = RetryRefund(
        refund_id=call.id(),
        refunded_on=form["date"] or "",
        account_id=form["fromAccountId"],
        rail=form["rail"],
        exchange_rate=form["exchangeRate"],
    )
    return _row(await call.caller.ask(command))


async def policy(call: Call) -> dict[str, Any]:
    """From when on a refund needs a second person."""
    return _policy(call, await call.caller.read(_policy_row))


async def set_policy(call: Call) -> dict[str, Any]:
    """Say from when on a refund needs a second person. Refuses what `SetApprovalPolicy` refuses."""
    form = call.form
    command = SetApprovalPolicy(
        threshold=form["threshold"], window_days=form["windowDays"], expires_hours=form["expiresHours"]
    )
    return _policy(call, await call.caller.ask(command))


def _whole(call: Call) -> Command:
    form = call.form
    if form["reopen"]:
        return ReopenInvoice(invoice_id=call.id(), **_way(form))
    shapes = tuple(
        Shape(
            position=entry["index"],
            gross=entry["amount"],
            net=entry["net"],
            quantity=entry["quantity"],
            percent=entry["percent"],
            tax_only=entry["taxOnly"],
        )
        for entry in form["entries"]
    )
    reason = form["disputeReasonId"]
    return RefundInvoice(invoice_id=call.id(), dispute_reason_id=reason, shapes=shapes, **_way(form))


def _way(form: Form) -> dict[str, Any]:
    return {
        "amount": form["amount"],
        "refunded_on": form["date"] or "",
        "account_id": form["fromAccountId"],
        "rail": form["rail"],
        "exchange_rate": form["exchangeRate"],
    }


async def _one(call: Call, place: int, row: Form) -> dict[str, Any]:
    """One row of a bulk, and what became of it."""
    command: RefundCreditNote = asked(row["creditNoteId"], row)
    answer: dict[str, Any] = {"index": place, "status": 201, "refund": None, "error": None}
    try:
        return answer | {"refund": _row(await call.caller.ask(command, step=f"row {place}"))}
    except Exception as problem:
        no = no_of(problem, "")
        return answer | {"status": no.status, "error": no.body}


async def _entries(call: Call, seen: Previewed) -> list[dict[str, Any]]:
    """The entries that would be posted, in the currency of each line."""
    ids = {line.account_id for _, lines in seen.entries for line in lines}
    accounts = await call.caller.read(reads.accounts, ids)
    return [
        {
            "event": entry.event,
            "date": midnight(entry.booked_on),
            "lines": [
                {
                    "account_id": line.account_id,
                    "account_name": accounts[line.account_id].name,
                    "account_code": accounts[line.account_id].code,
                    "contact_id": line.customer_id,
                    "currency_code": line.currency,
                    "debit": major_of(line.debit_minor, line.currency),
                    "credit": major_of(line.credit_minor, line.currency),
                    "debit_local": major_of(line.base_debit_minor, call.style.base),
                    "credit_local": major_of(line.base_credit_minor, call.style.base),
                }
                for line in lines
            ],
        }
        for entry, lines in seen.entries
    ]


def _row(x: Refund) -> dict[str, Any]:
    """A refund of any source, with what contract B does not ask for."""
    return refund_row(x) | {
        "number": x.number,
        "status": x.state,
        "rail": x.rail,
        "customer_id": x.customer_id,
        "payment_id": x.payment_id,
        "invoice_id": x.invoice_id,
        "requested_by": x.requested_by,
        "approved_by": x.approved_by or None,
        "digest": x.digest or None,
        "expires_at": x.expires_at or None if x.state == AWAITING_APPROVAL else None,
        "failure": x.failure or None,
        "gateway_reference": x.gateway_reference or None,
        "dispute_id": x.dispute_id,
        "retried_by_id": x.retried_by_id,
    }


def _policy_row(query: Query) -> ApprovalPolicy | None:
    return query.one(ApprovalPolicy)


def _policy(call: Call, x: ApprovalPolicy | None) -> dict[str, Any]:
    base = call.style.base
    return {
        "is_enabled": bool(x and x.threshold_minor),
        "threshold": major_of(x.threshold_minor if x else 0, base),
        "currency_code": base,
        "window_days": x.window_days if x else 30,
        "expires_hours": x.expires_hours if x else 72,
    }
