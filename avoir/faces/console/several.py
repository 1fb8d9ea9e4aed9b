"""Giving several invoices back at once: which, how, what would come of each; then one after the other."""

import asyncio
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from starlette.responses import Response

from avoir.app.jobs import Piece, StartJob
from avoir.app.reads import console, console_refunding
from avoir.app.reads.console_lists import INVOICES
from avoir.app.reads.console_refunding import Chosen
from avoir.core.command import Preview
from avoir.core.credit_note import CreditNote
from avoir.core.errors import Refusal
from avoir.core.job import MOST_PIECES
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.listing import wish_of
from avoir.faces.console.refunding import ACCOUNT, CREDIT, ORIGINAL
from avoir.faces.console.visit import NotAllowed, Visit
from avoir.faces.console.works import REFUND_INVOICES, Giving, giving_of, needed

SHOWN = 25
"""So many are tried out before they are asked for; the rest is like them."""
FULL, PERCENT = "full", "percent"
encode = msgspec.json.Encoder(decimal_format="number").encode


class Tried(NamedTuple):
    """What would come of one invoice: a credit note, or the sentence against it."""

    chosen: Chosen
    note: CreditNote | None
    said: Exception | None


async def show(visit: Visit) -> Response:
    """What is chosen, and what would come of it."""
    ids = await _ids(visit)
    chosen = await visit.caller.read(console_refunding.chosen, ids[:SHOWN])
    problem, tried = visit.problem, []
    if problem is None:
        try:
            tried = await _tried(visit, chosen, giving(visit.form))
        except (BadField, NotAllowed) as bad:
            problem = bad
    accounts = await visit.caller.read(console.money_accounts)
    reasons = await visit.caller.read(console.reasons)
    form = visit.form
    return visit.page(
        "several_preview.html" if visit.by_script else "several.html",
        ids=ids, tried=tried, given=console_refunding.given([x.note for x in tried if x.note]),
        said=problem, accounts=accounts, reasons=reasons, seal=_seal(ids),
        asked=_asked(visit), how=form.text("how", FULL), where=form.text("where", ORIGINAL), most=MOST_PIECES,
    )  # fmt: skip


async def submit(visit: Visit) -> Response:
    """Begin, once for each dialog. Refuses what `StartJob` refuses."""
    wish, ids = giving(visit.form), await _ids(visit)
    visit.need(needed(wish))
    if visit.form.text("seal") != _seal(ids):
        raise BadField("seal", "Other invoices belong to this choice by now. Look at them, and begin again")
    chosen = await visit.caller.read(console_refunding.chosen, ids)
    pieces = tuple(Piece(f"{x.invoice.number}, {x.customer}"[:255], str(x.invoice.id)) for x in chosen)
    count = f"{len(pieces)} invoices" if len(pieces) != 1 else "1 invoice"
    name = f"Credit {count}" if wish.where == CREDIT else f"Refund {count}"
    job = await visit.ask(
        StartJob(kind=REFUND_INVOICES, name=name, pieces=pieces, asked=encode(wish).decode())
    )
    visit.jobs.news()
    return visit.go(f"/jobs/{job.id}")


def giving(form: Form) -> Giving:
    """How each is given back. Raises `BadField`."""
    where, how = form.text("where", ORIGINAL), form.text("how", FULL)
    if where not in (ORIGINAL, ACCOUNT, CREDIT) or how not in (FULL, PERCENT):
        raise BadField("where", "Say how much is given back, and where it goes")
    return Giving(
        where=where,
        percent=form.required("percent", "Percentage") if how == PERCENT else None,
        account_id=form.chosen("account", "account") if where == ACCOUNT else None,
        reason_id=form.id("reason"),
        on=form.text("on"),
    )


async def _tried(visit: Visit, chosen: list[Chosen], wish: Giving) -> list[Tried]:
    async def one(each: Chosen) -> Tried:
        positions: tuple[int, ...] = ()
        if wish.percent is not None:
            positions = await visit.caller.read(console_refunding.positions, each.invoice.id)
        try:
            previewed = await visit.try_out(Preview(command=giving_of(wish, each.invoice.id, positions)))
        except Refusal as refusal:
            return Tried(each, None, refusal)
        return Tried(each, previewed.answer, None)

    return list(await asyncio.gather(*map(one, chosen)))


async def _ids(visit: Visit) -> list[int]:
    """Those that are ticked; or all of a list, of which cash can still be given back."""
    asked = _asked(visit)
    if asked.text("all"):
        wish = wish_of(visit, INVOICES, asked)
        return await visit.caller.read(console_refunding.paid_among, wish, MOST_PIECES)
    found = await visit.caller.read(console_refunding.chosen, asked.ids("invoice")[:MOST_PIECES])
    return [each.invoice.id for each in found]


def _asked(visit: Visit) -> Form:
    """What was chosen: it stands in the address, and then in the form."""
    return visit.form if visit.form.values else visit.query


def _seal(ids: list[int]) -> str:
    return blake2b(",".join(map(str, ids)).encode(), digest_size=12).hexdigest()
