"""GET /schema: the OpenAPI description of this server; for a browser, a page to read and try it."""

from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from avoir.faces.rest.openapi import openapi

STATIC = Path(__file__).parent / "static"
PAGE = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
}
"""Headers of the page, whose widgets set styles of their own."""


def reference_routes() -> list[BaseRoute]:
    """The description, and what its page is made of."""
    return [Route("/schema", reference), Mount("/schema/static", StaticFiles(directory=STATIC))]


async def reference(request: Request) -> Response:
    """The page for whoever asks for HTML, as a browser does when it is sent here; else the description."""
    vary = {"vary": "accept"}
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(STATIC / "reference.html", headers=PAGE | vary)
    return Response(_described(), media_type="application/json", headers=vary)


@cache
def _described() -> bytes:
    return msgspec.json.encode(openapi())
