"""Consent (RFC 6749, 4.1, with PKCE): a signed-in person lets an API client act in their name."""

import re
import secrets
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from avoir.app.clients import AuthorizeClient
from avoir.core.access import Client, User
from avoir.faces.access import Access
from avoir.faces.body import body_of
from avoir.faces.console import session
from avoir.faces.console.forms import Form, form_of
from avoir.faces.console.templates import render
from avoir.faces.console.visit import HEADERS, ROOT, ForeignForm, no_of, plain_page
from avoir.faces.oauth import TokenRefused, scope_of

PATH = "/oauth/authorize"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
ASKED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class Wish(NamedTuple):
    """What a client asks a person for; `error` is why it cannot have it."""

    client: Client
    scope: str
    state: str
    challenge: str
    error: str = ""


async def authorize(request: Request) -> Response:
    """GET and POST /oauth/authorize: ask the person, and send the client a code or a no."""
    try:
        said = Form(request.query_params.multi_items())
        form = form_of(await body_of(request)) if request.method == "POST" else Form()
        wish = await _wish(request.app.state.access, form if request.method == "POST" else said)
        if wish is None:
            # Nobody is sent to an address that the client is not known by.
            text = "No client of ours asks from that address. Nothing was given to anybody."
            return plain_page(request, 400, "Who is asking?", text)
        if wish.error:
            return _back(wish, error=wish.error)
        user = await session.user_of(request)
        if user is None:
            here = f"{PATH}?{urlencode([(name, said.text(name)) for name in ASKED if said.text(name)])}"
            return RedirectResponse(f"{ROOT}/sign-in?next={quote(here, safe='')}", 303, HEADERS)
        if not await request.app.state.access.is_member(user.id, wish.client.tenancy_id):
            return _back(wish, error="access_denied")
        if request.method == "POST":
            return await _decided(request, wish, user, form)
        return await _asked(request, wish, user, said)
    except Exception as problem:
        return no_of(request, problem)


async def _wish(access: Access, said: Form) -> Wish | None:
    client = await access.client(said.text("client_id")) if said.text("client_id") else None
    if client is None or not client.code_grant or said.text("redirect_uri") != client.redirect_uri:
        return None
    challenge, error, scope = said.text("code_challenge"), "", ""
    if said.text("response_type") != "code":
        error = "unsupported_response_type"
    elif (challenge or client.pkce) and not (
        CHALLENGE.fullmatch(challenge) and said.text("code_challenge_method") == "S256"
    ):
        error = "invalid_request"
    try:
        scope = scope_of(client, said.text("scope"))
    except TokenRefused as refused:
        error = error or refused.args[0]
    return Wish(client, scope, said.text("state"), challenge, error)


async def _asked(request: Request, wish: Wish, user: User, said: Form) -> Response:
    access: Access = request.app.state.access
    setup = await access.setup(wish.client.tenancy_id)
    where = urlsplit(wish.client.redirect_uri)
    body = render(
        "consent.html", client=wish.client, scopes=wish.scope.split(), user=user, host=where.netloc,
        organization=setup.organization.name if setup else "", token=session.form_token(request),
        asked=[(name, said.text(name)) for name in ASKED], theme=session.theme_of(request), locale="en",
    )  # fmt: skip
    # The browser holds the answer's redirect to this policy too.
    policy = HEADERS["Content-Security-Policy"].replace(
        "form-action 'self'", f"form-action 'self' {where.scheme}://{where.netloc}"
    )
    return HTMLResponse(body, 200, HEADERS | {"Content-Security-Policy": policy})


async def _decided(request: Request, wish: Wish, user: User, form: Form) -> Response:
    access: Access = request.app.state.access
    if not session.genuine(request, form.text("token")):
        raise ForeignForm
    if form.text("do") != "allow":
        return _back(wish, error="access_denied")
    code = secrets.token_urlsafe(32)
    command = AuthorizeClient(
        tenancy_id=wish.client.tenancy_id,
        client_number=wish.client.id,
        digest=access.digest(f"code {code}"),
        user_id=user.id,
        scopes=wish.scope,
        redirect_uri=wish.client.redirect_uri,
        challenge=wish.challenge,
    )
    await access.ask(command, actor=f"user:{user.id}")
    return _back(wish, code=code)


def _back(wish: Wish, **said: str) -> Response:
    told = said | ({"state": wish.state} if wish.state else {})
    uri = wish.client.redirect_uri
    return RedirectResponse(f"{uri}{'&' if '?' in uri else '?'}{urlencode(told)}", 303, HEADERS)
