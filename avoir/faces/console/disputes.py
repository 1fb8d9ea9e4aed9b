"""Disputes: the list, and one: won or lost."""

from datetime import date, timedelta

from starlette.responses import Response

from avoir.app.disputes import LoseDispute, WinDispute
from avoir.app.reads import console_documents
from avoir.app.reads.console_documents import DisputePage
from avoir.app.reads.console_lists import DISPUTES
from avoir.core.errors import NotFound
from avoir.faces.console.acts import DATE, Act, Asked, ask_with_preview, filled_in, verb_of
from avoir.faces.console.forms import Form
from avoir.faces.console.listing import list_page
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label

ROOM = ("/disputes", "Disputes")
NEAR = timedelta(days=7)


async def index(visit: Visit) -> Response:
    """The list."""
    return await list_page(visit, "disputes", DISPUTES, soon=soon_of(visit))


def soon_of(visit: Visit) -> str:
    """A bank that wants an answer before this day does not wait much longer."""
    return (date.fromisoformat(visit.caller.today()) + NEAR).isoformat()


async def found(visit: Visit) -> DisputePage:
    """The dispute of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_documents.dispute, visit.id())
    if page is None:
        raise NotFound("there is no such dispute")
    return page


async def show(visit: Visit) -> Response:
    """One dispute."""
    page = await found(visit)
    return visit.page("dispute.html", page=page, dispute=page.dispute, soon=soon_of(visit))


async def sure(visit: Visit) -> Response:
    """Asking before it is closed, with what would be posted."""
    page, verb = await found(visit), verb_of(visit)
    x = page.dispute
    name = x.remote_id or f"dispute {x.id}"
    facts = (("Customer", page.customer), ("Amount", visit.money(x.amount_minor, x.currency)))
    asked = [Asked("on", "On", DATE, visit.caller.today())]
    back, path = (f"/disputes/{x.id}", name), f"/disputes/{x.id}/{verb}/preview"
    if verb == "win":
        text = "The bank gives the money and its fee back; everything is as it was before."
        act = Act(f"Won: {name}", text, "It was won", back, ROOM, asked, facts, preview=path)
    else:
        action = label(visit.caller.setup.entity.dispute_action).lower()
        text = f"The bank keeps the money. What your settings say of a lost dispute: {action}."
        act = Act(f"Lost: {name}", text, "It was lost", back, ROOM, asked, facts, True, preview=path)
    return await ask_with_preview(visit, act, lambda: _closed(visit, verb, filled_in(visit, asked)))


async def win(visit: Visit) -> Response:
    """The bank gives it back. Refuses what `WinDispute` refuses."""
    await visit.ask(_closed(visit, "win", visit.form))
    return visit.go(f"/disputes/{visit.id()}", "dispute_won")


async def lose(visit: Visit) -> Response:
    """The bank keeps it. Refuses what `LoseDispute` refuses."""
    await visit.ask(_closed(visit, "lose", visit.form))
    return visit.go(f"/disputes/{visit.id()}", "dispute_lost")


def _closed(visit: Visit, verb: str, form: Form) -> WinDispute | LoseDispute:
    kind = WinDispute if verb == "win" else LoseDispute
    return kind(dispute_id=visit.id(), closed_on=form.text("on"))
