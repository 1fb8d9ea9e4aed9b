"""Credit notes: the list, one as a document, paying out of it, applying it, voiding it."""

from starlette.responses import Response

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.reads import console, console_documents
from avoir.app.reads.console_documents import NotePage
from avoir.app.reads.console_lists import CREDIT_NOTES
from avoir.app.refunds import RefundCreditNote
from avoir.core.credit_note import DRAFT, REFUND
from avoir.core.errors import NotFound
from avoir.core.rail import BANK
from avoir.faces.console import abilities, applying
from avoir.faces.console.acts import AMOUNT, CHOICE, DATE, Act, Asked, ask_with_preview, filled_in, verb_of
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.listing import list_page
from avoir.faces.console.templates import choices
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import plain

ROOM = ("/credit-notes", "Credit notes")


async def index(visit: Visit) -> Response:
    """The list."""
    return await list_page(visit, "credit-notes", CREDIT_NOTES)


async def found(visit: Visit) -> NotePage:
    """The credit note of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_documents.note, visit.id(), visit.caller.today())
    if page is None:
        raise NotFound("there is no such credit note")
    return page


async def show(visit: Visit) -> Response:
    """One credit note as a document."""
    page = await found(visit)
    note, offers = page.view.note, visit.offers(page.offers)
    if note.kind == REFUND and not visit.may(abilities.REFUND):
        offers -= {"issue"}
    return visit.page("credit_note.html", page=page, note=note, offers=offers)


async def refund_form(visit: Visit) -> Response:
    """Paying out of it."""
    page = await found(visit)
    note, accounts = page.view.note, await visit.caller.read(console.money_accounts)
    asked = [
        Asked("amount", f"Amount in {note.currency}", AMOUNT, plain(note.remaining_minor, note.currency)),
        Asked("account", "From", CHOICE, options=choices(accounts)),
        Asked("on", "Date", DATE, visit.caller.today()),
        Asked("reference", "Reference"),
        Asked("description", "What for"),
    ]
    if note.currency != visit.base:
        hint = "Of the rate table, if left empty"
        asked.insert(3, Asked("rate", f"Exchange rate to {visit.base}", AMOUNT, hint=hint))
    facts = (
        ("Customer", page.view.customer.customer.name),
        ("Left", visit.money(note.remaining_minor, note.currency)),
    )
    text = "Cash leaves the account at once, and the note holds that much less."
    back, path = (f"/credit-notes/{note.id}", note.number), f"/credit-notes/{note.id}/refund/preview"
    act = Act(f"Refund out of {note.number}", text, "Pay it out", back, ROOM, asked, facts, preview=path)
    return await ask_with_preview(visit, act, lambda: _payout(visit, filled_in(visit, asked)))


async def refund(visit: Visit) -> Response:
    """Pay out of it, once. Refuses what `RefundCreditNote` refuses."""
    made = await visit.ask(_payout(visit, visit.form))
    return visit.go(f"/refunds/{made.id}", "refund_made")


def _payout(visit: Visit, form: Form) -> RefundCreditNote:
    return RefundCreditNote(
        credit_note_id=visit.id(),
        amount=form.required("amount", "Amount"),
        refunded_on=form.text("on") or visit.caller.today(),
        account_id=form.id("account"),
        rail=BANK,
        exchange_rate=form.number("rate", "Exchange rate"),
        reference=form.text("reference"),
        description=form.text("description"),
    )


async def apply_form(visit: Visit) -> Response:
    """Setting it against invoices."""
    view = (await found(visit)).view
    invoices = await applying.open_to(visit, view.note)
    whole = AllocateCreditNote(credit_note_id=view.note.id, shares=tuple(Share(x.id) for x in invoices))
    return await applying.page(visit, view.note, view.customer.customer.name, ROOM, invoices, whole)


async def apply(visit: Visit) -> Response:
    """Set it against invoices. Refuses what `AllocateCreditNote` refuses."""
    shares = tuple(Share(*part) for part in applying.parts_of(visit.form))
    await visit.ask(AllocateCreditNote(credit_note_id=visit.id(), shares=shares))
    return visit.go(f"/credit-notes/{visit.id()}", "credit_applied")


async def sure(visit: Visit) -> Response:
    """Asking before it is issued or voided, with what would be posted."""
    page = await found(visit)
    note, verb = page.view.note, verb_of(visit)
    name = note.number or f"draft {note.id}"
    back = (f"/credit-notes/{note.id}", name)
    facts = (
        ("Customer", page.view.customer.customer.name),
        ("Total", visit.money(note.total_minor, note.currency)),
    )
    if verb == "issue":
        text = "It takes the next number and is posted. A refund is paid back at once."
        act = Act(f"Issue {name}", text, "Issue", back, ROOM, facts=facts)
        return await ask_with_preview(visit, act, lambda: IssueCreditNote(credit_note_id=note.id))
    verb, text = "Void", "Its entry is mirrored; what it gave back of an invoice can be credited again."
    if note.state == DRAFT:
        verb, text = "Delete", "The draft goes. Nothing was posted for it."
    act = Act(f"{verb} {name}", text, verb, back, ROOM, facts=facts, danger=True)
    return await ask_with_preview(visit, act, lambda: DeleteCreditNote(credit_note_id=note.id))


async def issue(visit: Visit) -> Response:
    """Issue a draft; a refund is paid back by it. Refuses what `IssueCreditNote` refuses."""
    if (await found(visit)).view.note.kind == REFUND:
        visit.need(abilities.REFUND)
    await visit.ask(IssueCreditNote(credit_note_id=visit.id()))
    return visit.go(f"/credit-notes/{visit.id()}", "credit_note_issued")


async def void(visit: Visit) -> Response:
    """Void it, or delete a draft. Refuses what `DeleteCreditNote` refuses."""
    await visit.ask(DeleteCreditNote(credit_note_id=visit.id()))
    return visit.go(f"/credit-notes/{visit.id()}", "credit_note_voided")


async def take_off(visit: Visit) -> Response:
    """Take it off an invoice. Refuses what `DeallocateCreditNote` refuses."""
    id = visit.form.id("allocation")
    if id is None:
        raise BadField("allocation", "Say which invoice it is taken off")
    await visit.ask(DeallocateCreditNote(allocation_id=id))
    return visit.go(f"/credit-notes/{visit.id()}", "taken_back")
