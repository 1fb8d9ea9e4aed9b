"""A list of documents: asked for by its address, shown as a table or, on a phone, as cards."""

from starlette.responses import Response

from avoir.app.reads.console_lists import Listing, Wish, listed
from avoir.faces.console.forms import Form, page_of
from avoir.faces.console.visit import Visit

LONGEST = 80


def wish_of(visit: Visit, listing: Listing, asked: Form | None = None) -> Wish:
    """What the address (or a form) asks for; a view that there is not is all of them."""
    asked = asked or visit.query
    view = asked.text("view")
    return Wish(
        today=visit.caller.today(),
        view=view if view in listing.views else "",
        search=asked.text("q")[:LONGEST],
        customer_id=asked.id("customer"),
        since=asked.text("since")[:10],
        until=asked.text("until")[:10],
        page=page_of(asked),
    )


async def list_page(visit: Visit, room: str, listing: Listing) -> Response:
    """A page of the list."""
    wish = wish_of(visit, listing)
    found = await visit.caller.read(listed, listing, wish)
    return visit.page(f"{room.replace('-', '_')}.html", place=room, listing=listing, wish=wish, listed=found)
