"""Searching customers and document numbers from everywhere."""

from starlette.responses import Response

from avoir.app.reads import console
from avoir.faces.console.visit import Visit

LONGEST = 80


async def search(visit: Visit) -> Response:
    """What a word finds: a page, or under the search field what a script asks for."""
    text = visit.query.text("q")[:LONGEST]
    found = await visit.caller.read(console.search, text) if text else []
    return visit.page("found.html" if visit.by_script else "search.html", found=found, text=text)
