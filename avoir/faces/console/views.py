"""Saved views: a way of looking at a list under a name, for everybody in the organization."""

from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from avoir.app.reads import console_views
from avoir.app.reads.console_lists import LISTINGS
from avoir.app.reads.console_views import PREFIX
from avoir.app.views import CreateView, DeleteView
from avoir.core.errors import NotFound
from avoir.faces.console.abilities import PREFERENCES
from avoir.faces.console.forms import BadField
from avoir.faces.console.listing import ASKED
from avoir.faces.console.visit import Visit

LONGEST = 80


async def index(visit: Visit) -> Response:
    """All of them, to open or let go."""
    found = await visit.caller.read(console_views.all_views)
    rooms = [(each.object.removeprefix(PREFIX), each) for each in found]
    return visit.page("views.html", views=rooms, people=await visit.people(), keeps=visit.may(PREFERENCES))


async def submit(visit: Visit) -> Response:
    """Save one, or let go of one. Refuses what `CreateView` and `DeleteView` refuse."""
    form = visit.form
    if form.text("do") == "delete":
        view = await visit.caller.read(console_views.view, form.id("id") or 0)
        if view is None:
            raise NotFound("there is no such view")
        if not visit.owns(view.owner):
            visit.need(PREFERENCES)
        await visit.ask(DeleteView(view_id=view.id))
        return visit.go("/views", "view_deleted")
    room, name = form.text("room"), form.text("name")
    if room not in LISTINGS:
        raise BadField("room", "There is no such list")
    if not 0 < len(name) <= LONGEST:
        raise BadField("name", f"A view has a name of at most {LONGEST} characters")
    asked = {name: value for name, value in parse_qsl(form.text("conditions")) if name in ASKED}
    await visit.ask(CreateView(name=name, object=PREFIX + room, conditions=urlencode(asked)))
    return visit.go(f"/{room}", "", **asked)
