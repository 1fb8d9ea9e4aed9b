"""Disputes and the audit log: our additions beside contract B."""

from typing import Any

from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.reads.audit import Record, audit
from avoir.app.reads.lists import CHOICE, DAY, MONEY, NUMBER, Column, Listing
from avoir.app.reads.query import Query
from avoir.core.dispute import LOST, OPEN, WON, Dispute
from avoir.core.document import ZERO
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.render import midnight, rate_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import day, number, text, whole
from avoir.faces.rest.lists import as_they_are, listed

OPENING = Body(
    number("amount", coerced=True, optional=True, positive=True),
    number("fee", coerced=True, optional=True, least=0),
    text("reason", optional=True),
    text("remoteId", optional=True),
    day("date", optional=True),
    day("respondBy", optional=True),
    number("exchangeRate", coerced=True, optional=True, positive=True),
)
WIN = Body(day("date", optional=True))
LOSE = Body(day("date", optional=True), number("exchangeRate", coerced=True, optional=True, positive=True))
AUDIT = Body(
    text("since", optional=True),
    text("until", optional=True),
    text("actor", optional=True),
    text("topic", optional=True),
    whole("after", default=0),
    whole("limit", least=1, default=100),
)
STATES = {state: f"t.state = '{state}'" for state in (OPEN, WON, LOST)}
LISTING = Listing(
    Dispute,
    {
        "created_at": Column("t.created_at", DAY),
        "date": Column("t.opened_on", DAY),
        "amount": Column("t.amount_minor", MONEY),
        "customer": Column("t.customer_id", NUMBER),
        "payment": Column("t.payment_id", NUMBER),
        "remote_id": Column("t.remote_id"),
        "status": Column("t.state", CHOICE, STATES),
    },
    searched=("remote_id", "amount"),
    views=STATES,
)


async def create(call: Call) -> dict[str, Any]:
    """A bank takes a payment back. Refuses what `OpenDispute` refuses."""
    form = call.form
    command = OpenDispute(
        payment_id=call.id(),
        amount=form["amount"],
        fee=form["fee"] or ZERO,
        reason=form["reason"],
        remote_id=form["remoteId"],
        opened_on=form["date"] or "",
        exchange_rate=form["exchangeRate"],
        respond_by=form["respondBy"] or "",
    )
    return _row(await call.caller.ask(command))


async def win(call: Call) -> dict[str, Any]:
    """The bank gives the money back. Refuses what `WinDispute` refuses."""
    return _row(await call.caller.ask(WinDispute(dispute_id=call.id(), closed_on=call.form["date"] or "")))


async def lose(call: Call) -> dict[str, Any]:
    """The bank keeps the money. Refuses what `LoseDispute` refuses."""
    form = call.form
    command = LoseDispute(
        dispute_id=call.id(), closed_on=form["date"] or "", exchange_rate=form["exchangeRate"]
    )
    return _row(await call.caller.ask(command))


async def index(call: Call) -> dict[str, Any]:
    """A page of disputes."""
    return await listed(call, LISTING, as_they_are, _row, "disputes")


async def show(call: Call) -> dict[str, Any]:
    """One dispute. Refuses `NotFound`."""
    found = await call.caller.read(_dispute, call.id())
    if found is None:
        raise NotFound("no such Dispute", kind="Dispute")
    return _row(found)


async def log(call: Call) -> dict[str, Any]:
    """Who did what and what it changed, oldest first, behind `after`."""
    query = call.query
    records = await call.caller.read(
        audit, query["since"], query["until"], query["actor"], query["topic"], query["after"], query["limit"]
    )
    return {"data": [_record(x) for x in records], "after": records[-1].id if records else query["after"]}


def _dispute(query: Query, id: int) -> Dispute | None:
    return query.one(Dispute, id)


def _row(x: Dispute) -> dict[str, Any]:
    return {
        "id": x.id,
        "payment_id": x.payment_id,
        "customer_id": x.customer_id,
        "status": x.state,
        "amount": major_of(x.amount_minor, x.currency),
        "fee": major_of(x.fee_minor, x.currency),
        "currency_code": x.currency,
        "exchange_rate": rate_of(x.rate_nano),
        "reason": x.reason or None,
        "remote_id": x.remote_id or None,
        "opened_on": midnight(x.opened_on),
        "closed_on": midnight(x.closed_on),
        "respond_by": midnight(x.respond_by) if x.respond_by else None,
        "action": x.action or None,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
    }


def _record(x: Record) -> dict[str, Any]:
    return {
        "id": x.id,
        "created_at": x.at,
        "actor": x.actor,
        "event": x.topic,
        "subject": x.kind,
        "subject_id": x.subject_id,
        "before": x.before,
        "after": x.after,
    }
