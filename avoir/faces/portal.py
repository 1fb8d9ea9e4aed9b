"""GET /portal?token=: a customer's own account, by the token of `portalSessionCreate` (contract A, 1.7)."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from avoir.app.reads import portal as reads
from avoir.faces.access import Access
from avoir.faces.console import session, words
from avoir.faces.console.templates import render
from avoir.faces.console.visit import HEADERS, no_of, plain_page


def portal_routes() -> list[BaseRoute]:
    """The routes of the portal."""
    return [Route(path, portal) for path in ("/portal", "/portal/transactions")]


async def portal(request: Request) -> Response:
    """What the customer of the token sees; nothing for any other token."""
    try:
        access: Access = request.app.state.access
        claims = access.portal(request.query_params.get("token", ""))
        seen = setup = None
        if claims is not None:
            setup = await access.setup(claims["organization_id"])
            seen = await access.door.read(reads.portal, claims["organization_id"], claims["sub"])
        if claims is None or seen is None or setup is None:
            return plain_page(request, 401, "This link has ended", "Ask for a new one where you had it from.")
        locale = words.locale_of(setup.organization.language)
        back = claims["return_url"]
        body = render(
            "portal.html", seen=seen, organization=setup.organization.name, theme=session.theme_of(request),
            locale=locale, money=lambda minor, currency: words.money(minor, currency, locale),
            day=lambda text: words.day(text, locale),
            back=back if urlsplit(back).scheme in ("http", "https") else "",
        )  # fmt: skip
        return HTMLResponse(body, 200, HEADERS)
    except Exception as problem:
        return no_of(request, problem)
