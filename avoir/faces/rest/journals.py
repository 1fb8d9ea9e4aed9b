"""Manual journals (rest.md, 2.8)."""

from typing import Any

from avoir.app.journals import CreateJournal, DeleteJournal, EditJournal, PublishJournal
from avoir.app.reads import journals
from avoir.app.reads.journals import JournalView, SideView
from avoir.app.reads.lists import CHOICE, DAY, MONEY, Column, Listing
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.journal import ManualJournal
from avoir.core.manual_journal import PUBLISHED, ZERO, JournalSide
from avoir.core.money import major_of
from avoir.core.together import Together
from avoir.faces.render import Style, midnight, rate_of, signed
from avoir.faces.rest.attachments import ATTACHMENTS, and_attachments, attached, with_attachments
from avoir.faces.rest.branches import branch_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import day, flag, id_in, number, several, text, whole
from avoir.faces.rest.lists import listed
from avoir.faces.rest.settings import number_given

ENTRY = Body(
    whole("index"),
    id_in("accountId", coerced=True),
    number("debit", coerced=True, optional=True, least=0),
    number("credit", coerced=True, optional=True, least=0),
    text("note", optional=True),
    id_in("contactId", coerced=True, optional=True),
    id_in("branchId", coerced=True, optional=True),
)
CREATE = Body(
    day("date"),
    text("currencyCode", optional=True),
    number("exchangeRate", coerced=True, optional=True, positive=True),
    text("journalNumber", optional=True, most=255),
    text("reference", optional=True, most=255),
    text("description", optional=True),
    id_in("branchId", coerced=True, optional=True),
    flag("publish"),
    several("entries", ENTRY, least=1),
    ATTACHMENTS,
)
STATES = {"draft": "t.state = 'draft'", "published": "t.state = 'published'"}
LISTING = Listing(
    ManualJournal,
    {
        "created_at": Column("t.created_at", DAY),
        "date": Column("t.journal_on", DAY),
        "journal_number": Column("t.number"),
        "reference": Column("t.reference"),
        "description": Column("t.description"),
        "amount": Column("t.amount_minor", MONEY),
        "currency_code": Column("t.currency"),
        "status": Column("t.state", CHOICE, STATES),
    },
    searched=("journal_number", "reference", "amount"),
    views=STATES,
    first_view=31,
    where=journals.SHOWN,
)


async def create(call: Call) -> dict[str, Any]:
    """A new journal, a draft or published at once. Refuses `NumberRequired`, and as `CreateJournal` does."""
    form = call.form
    number = number_given(call, "manual_journal", form["journalNumber"])
    command = CreateJournal(number=number, publish=form["publish"], **_said(call))
    journal = await call.caller.ask(with_attachments(call, command, "ManualJournal"))
    # Of the answer itself: a replay is shown what was made, whatever became of it since.
    (view,) = await call.caller.read(journals.journal_views, [journal])
    return _full(view, call.style)


async def edit(call: Call) -> dict[str, Any]:
    """Write a draft anew, and publish it if wanted; its number stays. Refuses what `EditJournal` refuses."""
    id = call.id()
    command: Command = EditJournal(journal_id=id, **_said(call))
    if call.form["publish"]:
        publishing = PublishJournal(journal_id=id)
        command = Together(what="EditJournal, PublishJournal", commands=(command, publishing))
    await call.caller.ask(and_attachments(call, command, "ManualJournal", id))
    return await _shown(call, id)


async def publish(call: Call) -> dict[str, Any]:
    """Post a draft. Refuses what `PublishJournal` refuses."""
    await call.caller.ask(PublishJournal(journal_id=call.id()))
    return await _shown(call, call.id())


async def delete(call: Call) -> None:
    """Take a draft away, or reverse what is published. Refuses `NotFound`."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> DeleteJournal:
    """What takes a journal away."""
    return DeleteJournal(journal_id=id)


async def show(call: Call) -> dict[str, Any]:
    """One journal. Refuses `NotFound`."""
    return await _shown(call, call.id())


async def index(call: Call) -> dict[str, Any]:
    """A page of journals."""
    style = call.style
    return await listed(
        call, LISTING, journals.journal_views, lambda view: _full(view, style), "manual_journals"
    )


def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "journal_on": form["date"],
        "sides": tuple(
            JournalSide(
                account_id=entry["accountId"],
                debit=entry["debit"] or ZERO,
                credit=entry["credit"] or ZERO,
                customer_id=entry["contactId"],
                branch_id=entry["branchId"],
                note=entry["note"],
            )
            for entry in form["entries"]
        ),
        "currency": form["currencyCode"],
        "exchange_rate": form["exchangeRate"],
        "branch_id": form["branchId"],
        "reference": form["reference"],
        "description": form["description"],
    }


async def _shown(call: Call, id: int) -> dict[str, Any]:
    view = await call.caller.read(journals.journal, id)
    if view is None:
        raise NotFound("no such ManualJournal", kind="ManualJournal")
    return _full(view, call.style) | await attached(call, "ManualJournal", view.journal.id)


def _full(view: JournalView, style: Style) -> dict[str, Any]:
    x = view.journal
    return {
        "id": x.id,
        "date": midnight(x.journal_on),
        "journal_number": x.number,
        "journal_type": "Journal",
        "reference": x.reference or None,
        "amount": major_of(x.amount_minor, x.currency),
        "currency_code": x.currency,
        "exchange_rate": rate_of(x.rate_nano),
        "description": x.description or None,
        "is_published": x.state == PUBLISHED,
        "published_at": x.published_at or None,
        "user_id": None,
        "branch_id": x.branch_id,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
        "formatted_amount": signed(x.amount_minor, x.currency),
        "amount_formatted": signed(x.amount_minor, x.currency),
        "formatted_date": style.day(x.journal_on),
        "formatted_published_at": style.instant(x.published_at),
        "formatted_created_at": style.instant(x.created_at),
        "entries": [_side(side, x.currency) for side in view.sides],
        "attachments": [],
    }


def _side(side: SideView, currency: str) -> dict[str, Any]:
    x, account, customer = side.line, side.account, side.customer
    return {
        "index": x.position,
        "debit": major_of(max(x.minor, 0), currency),
        "credit": major_of(max(-x.minor, 0), currency),
        "account_id": x.account_id,
        "note": x.note or None,
        "contact_id": x.customer_id,
        "branch_id": x.branch_id,
        "project_id": None,
        "account": {"id": account.id, "name": account.name, "code": account.code},
        "contact": {"id": customer.id, "display_name": customer.name} if customer else None,
        "branch": branch_row(side.branch) if side.branch else None,
    }
