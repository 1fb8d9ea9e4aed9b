"""Staying signed in: a signed cookie that no script reads, and a token in every form."""

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from avoir.core.access import User
from avoir.faces.access import Access

SESSION, STRANGER, THEME = "avoir-session", "avoir-visit", "avoir-theme"


def secure(request: Request) -> bool:
    """Whether the browser reaches us by https."""
    base: str = request.app.state.settings.base_url
    return base.startswith("https:") if base else request.url.scheme == "https"


async def user_of(request: Request) -> User | None:
    """Who is signed in."""
    access: Access = request.app.state.access
    token = request.cookies.get(_named(request, SESSION), "")
    return await access.user_by_token(token) if token else None


def sign_in(request: Request, response: Response, user: User) -> None:
    """Remember who it is, for as long as a sign-in is good."""
    access: Access = request.app.state.access
    _keep(request, response, SESSION, access.sign_in_token(user), access.token_seconds)
    response.delete_cookie(_named(request, STRANGER), path="/")


def sign_out(request: Request, response: Response) -> None:
    """Forget who it was."""
    response.delete_cookie(
        _named(request, SESSION), path="/", httponly=True, samesite="lax", secure=secure(request)
    )


def strange(request: Request) -> str:
    """What a browser that nobody is signed in with is known by; made on its first visit."""
    return request.cookies.get(_named(request, STRANGER), "") or secrets.token_urlsafe(16)


def greet(request: Request, response: Response, name: str) -> None:
    """Know the browser again when its sign-in comes."""
    _keep(request, response, STRANGER, name, 3600)


def form_token(request: Request, visitor: str = "") -> str:
    """What a form of this session carries, and no other site knows."""
    access: Access = request.app.state.access
    session = visitor or request.cookies.get(_named(request, SESSION), "")
    return access.digest(f"form of {session}")[:40]


def genuine(request: Request, token: str, visitor: str = "") -> bool:
    """Whether a form came from our own page."""
    return hmac.compare_digest(form_token(request, visitor).encode(), token.encode())


def theme_of(request: Request) -> str:
    """light, dark, or auto: as the system has it."""
    theme = request.cookies.get(THEME, "")
    return theme if theme in ("light", "dark") else "auto"


def _keep(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _named(request, name), value, max_age=seconds, path="/",
        httponly=True, samesite="lax", secure=secure(request),
    )  # fmt: skip


def _named(request: Request, name: str) -> str:
    # A browser takes this name over https only, and from no other host.
    return f"__Host-{name}" if secure(request) else name
