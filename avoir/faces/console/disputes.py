"""Disputes: the list, and one: won or lost."""

from starlette.responses import Response

from avoir.app.disputes import LoseDispute, WinDispute
from avoir.app.reads import console_documents
from avoir.app.reads.console_documents import DisputePage
from avoir.app.reads.console_lists import DISPUTES
from avoir.core.errors import NotFound
from avoir.faces.console.acts import DATE, Act, Asked, ask
from avoir.faces.console.listing import list_page
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label

ROOM = ("/disputes", "Disputes")


async def index(visit: Visit) -> Response:
    """The list."""
    return await list_page(visit, "disputes", DISPUTES)


async def found(visit: Visit) -> DisputePage:
    """The dispute of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_documents.dispute, visit.id())
    if page is None:
        raise NotFound("there is no such dispute")
    return page


async def show(visit: Visit) -> Response:
    """One dispute."""
    page = await found(visit)
    return visit.page("dispute.html", page=page, dispute=page.dispute)


async def sure(visit: Visit) -> Response:
    """Asking before it is closed."""
    page, verb = await found(visit), visit.request.url.path.rpartition("/")[2]
    x = page.dispute
    name = x.remote_id or f"dispute {x.id}"
    facts = (("Customer", page.customer), ("Amount", visit.money(x.amount_minor, x.currency)))
    asked = [Asked("on", "On", DATE, visit.caller.today())]
    back = (f"/disputes/{x.id}", name)
    if verb == "win":
        text = "The bank gives the money and its fee back; everything is as it was before."
        return ask(visit, Act(f"Won: {name}", text, "It was won", back, ROOM, asked, facts))
    action = label(visit.caller.setup.entity.dispute_action).lower()
    text = f"The bank keeps the money. By your settings this {action}."
    return ask(visit, Act(f"Lost: {name}", text, "It was lost", back, ROOM, asked, facts, True))


async def win(visit: Visit) -> Response:
    """The bank gives it back. Refuses what `WinDispute` refuses."""
    await visit.ask(WinDispute(dispute_id=visit.id(), closed_on=visit.form.text("on")))
    return visit.go(f"/disputes/{visit.id()}", "dispute_won")


async def lose(visit: Visit) -> Response:
    """The bank keeps it. Refuses what `LoseDispute` refuses."""
    await visit.ask(LoseDispute(dispute_id=visit.id(), closed_on=visit.form.text("on")))
    return visit.go(f"/disputes/{visit.id()}", "dispute_lost")
