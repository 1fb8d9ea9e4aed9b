"""Credit notes (rest.md, 2.1). `draft`, `open` and `closed` are views of the engine's states."""

from collections.abc import Sequence
from typing import Any

from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, EditCreditNote, IssueCreditNote
from avoir.app.reads import documents
from avoir.app.reads.amounts import LEFT
from avoir.app.reads.documents import HIDDEN, SHOWN, CreditNoteView, LineView
from avoir.app.reads.lists import CHOICE, DAY, MONEY, NUMBER, Column, Listing
from avoir.core.credit_note import ISSUED, REFUND, CreditNote
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.access import REFUND as REFUND_ABILITY
from avoir.faces.paper.documents import credit_note_paper
from avoir.faces.render import Style, micro, midnight, nothing_for_zero, plain, rate_of, signed
from avoir.faces.rest import templates
from avoir.faces.rest.attachments import ATTACHMENTS, and_attachments, attached, with_attachments
from avoir.faces.rest.branches import branch_row
from avoir.faces.rest.customers import customer_row
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.entries import DOCUMENT, echoed, entry_rows, percentage, wording_of
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import day, flag, id_in, number, text
from avoir.faces.rest.lists import listed
from avoir.faces.rest.papers import in_form

CREATE = Body(
    id_in("customerId", coerced=True),
    number("exchangeRate", coerced=True, optional=True, positive=True),
    day("creditNoteDate"),
    text("referenceNo", optional=True),
    text("creditNoteNumber", optional=True),
    text("note", optional=True),
    text("termsConditions", optional=True),
    flag("open"),
    *DOCUMENT,
    ATTACHMENTS,
)

VIEWS = {
    "draft": "t.state = 'draft'",
    "published": "t.state = 'issued'",
    "open": f"t.state = 'issued' AND {LEFT} > 0",
    "closed": f"t.state = 'issued' AND {LEFT} = 0",
}
LISTING = Listing(
    CreditNote,
    {
        "created_at": Column("t.created_at", DAY),
        "customer": Column("t.customer_id", NUMBER),
        "credit_date": Column("t.issued_on", DAY),
        "credit_number": Column("t.number"),
        "reference_no": Column("t.reference"),
        "amount": Column("t.total_minor", MONEY),
        "currency_code": Column("t.currency"),
        "note": Column("t.note"),
        "terms_conditions": Column("t.terms"),
        "status": Column("t.state", CHOICE, VIEWS),
    },
    searched=("credit_number", "reference_no", "amount"),
    views=VIEWS,
    where=SHOWN,
    hidden=(HIDDEN,),
    first_view=11,
)


async def create(call: Call) -> dict[str, Any]:
    """A new credit note, a draft or open at once. Refuses what `CreateCreditNote` refuses."""
    command = CreateCreditNote(issue=call.form["open"], **await _said(call))
    note = await call.caller.ask(with_attachments(call, command, "CreditNote"))
    # Of what is issued no line changes, so a replay shows what the first reply showed.
    lines = await call.caller.read(documents.credit_note_lines, note.id)
    return _entries(note, lines, note.id) | credit_note_row(note, call.style) | echoed(call)


async def edit(call: Call) -> dict[str, Any]:
    """Write a credit note anew, open or not, and open it if wanted. Refuses what `EditCreditNote` refuses."""
    said = await _said(call)
    issue = call.form["open"]
    command = EditCreditNote(credit_note_id=call.id(), issue=issue, amend=True, **said)
    await call.caller.ask(and_attachments(call, command, "CreditNote", call.id()))
    view = await known(call)
    row = credit_note_row(view.note, call.style) | echoed(call)
    return _entries(view.note, view.lines, view.note.id) | row


async def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "customer_id": form["customerId"],
        "issued_on": form["creditNoteDate"],
        "wording": await wording_of(call),
        "exchange_rate": form["exchangeRate"],
        "number": form["creditNoteNumber"],
        "reference": form["referenceNo"],
        "branch_id": form["branchId"],
        "note": form["note"],
        "terms": form["termsConditions"],
    }


async def known(call: Call) -> CreditNoteView:
    """The credit note that the address names. Refuses `NotFound`."""
    view = await call.caller.read(documents.credit_note, call.id())
    if view is None:
        raise NotFound("no such CreditNote", kind="CreditNote")
    return view


async def open_(call: Call) -> dict[str, Any]:
    """Issue a draft. A refund is paid back by it, which needs the ability to pay back as well.

    Refuses `CreditNoteAlreadyIssued`, `NotFound`.
    """
    if (await known(call)).note.kind == REFUND:
        call.need(REFUND_ABILITY)
    note = await call.caller.ask(IssueCreditNote(credit_note_id=call.id()))
    return credit_note_row(note, call.style)


async def show(call: Call) -> Any:
    """One credit note with all that stands on it, or on paper. Refuses `NotFound`."""
    view, style = await known(call), call.style
    row = _full(view, style) | await attached(call, "CreditNote", view.note.id)
    return await in_form(call, credit_note_paper(view, call.caller.setup, style), row)


async def index(call: Call) -> dict[str, Any]:
    """A page of credit notes."""
    style = call.style
    return await listed(
        call, LISTING, documents.credit_note_views, lambda view: _full(view, style), "credit_notes"
    )


async def delete(call: Call) -> None:
    """Delete a draft, or void a note of which nothing was used. Refuses what `DeleteCreditNote` refuses."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> DeleteCreditNote:
    """What takes a credit note away."""
    return DeleteCreditNote(credit_note_id=id)


def credit_note_row(x: CreditNote, style: Style) -> dict[str, Any]:
    """A credit note's own fields."""
    currency, left = x.currency, x.remaining_minor

    def amount(minor: int) -> Any:
        return major_of(minor, currency)

    def local(minor: int) -> Any:
        return major_of(style.local(minor, currency, x.rate_nano), style.base)

    return {
        "id": x.id,
        "amount": amount(x.subtotal_minor),
        "discount": micro(x.discount_micro) if x.discount_micro else None,
        "adjustment": amount(x.adjustment_minor) if x.adjustment_minor else None,
        "note": x.note or None,
        "subtotal": amount(x.subtotal_minor),
        "total": amount(x.total_minor),
        "customer_id": x.customer_id,
        "credit_note_date": midnight(x.issued_on),
        "credit_note_number": x.number,
        "reference_no": x.reference or None,
        "refunded_amount": amount(x.refunded_minor),
        "invoices_amount": amount(x.allocated_minor),
        "currency_code": currency,
        "exchange_rate": rate_of(x.rate_nano),
        "discount_type": x.discount_kind if x.discount_micro else None,
        "terms_conditions": x.terms or None,
        "opened_at": x.issued_at or None,
        "user_id": None,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
        "warehouse_id": None,
        "branch_id": x.branch_id,
        "pdf_template_id": templates.CREDIT_NOTE,
        "tax_amount": amount(x.tax_minor),
        "local_amount": local(x.subtotal_minor),
        "is_draft": x.state != ISSUED,
        "is_published": x.state == ISSUED,
        "is_open": x.state == ISSUED and left > 0,
        "is_closed": x.state == ISSUED and left == 0,
        "credits_remaining": amount(left),
        "credits_used": amount(x.used_minor),
        "subtotal_local": local(x.subtotal_minor),
        "discount_amount": amount(x.discount_minor),
        "discount_amount_local": local(x.discount_minor),
        "discount_percentage": percentage(x.discount_kind, x.discount_micro),
        "total_local": major_of(x.base_total_minor, style.base),
        "adjustment_local": local(x.adjustment_minor),
    }


def _entries(x: CreditNote, lines: Sequence[LineView], id: int | str) -> dict[str, Any]:
    inclusive = bool(x.is_tax_inclusive)
    return {"entries": entry_rows(lines, x.currency, of="CreditNote", id=id, inclusive=inclusive)}


def _full(view: CreditNoteView, style: Style) -> dict[str, Any]:
    x, currency, base = view.note, view.note.currency, style.base
    percent = percentage(x.discount_kind, x.discount_micro)
    return {
        **credit_note_row(x, style),
        "branch": branch_row(view.branch) if view.branch else None,
        "attachments": [],
        "customer": customer_row(view.customer, style),
        **_entries(x, view.lines, str(x.id)),
        "formatted_credits_remaining": plain(x.remaining_minor, currency),
        "formatted_credit_note_date": style.day(x.issued_on),
        "formatted_created_at": style.instant(x.created_at),
        "formatted_amount": plain(x.subtotal_minor, currency),
        "formatted_credits_used": plain(x.used_minor, currency),
        "formatted_subtotal": plain(x.subtotal_minor, currency),
        "discount_amount_formatted": nothing_for_zero(x.discount_minor, currency),
        "discount_amount_local_formatted": nothing_for_zero(
            style.local(x.discount_minor, currency, x.rate_nano), base
        ),
        "discount_percentage_formatted": "" if percent is None else f"{percent}%",
        "adjustment_formatted": nothing_for_zero(x.adjustment_minor, currency),
        "adjustment_local_formatted": nothing_for_zero(
            style.local(x.adjustment_minor, currency, x.rate_nano), base
        ),
        "total_formatted": signed(x.total_minor, currency),
        "total_local_formatted": signed(x.base_total_minor, base),
    }
