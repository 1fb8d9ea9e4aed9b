"""The law of API clients (contract A, 1.2): what one may ask for, and what a person's consent is good for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from avoir.core.access import Authorization, Client
from avoir.core.errors import Kind, Refusal
from avoir.core.text import fits

REACHES = (
    "admin", "analytics", "billing", "developer", "owner", "platform", "plugins", "portal", "product",
    "quoting", "security", "signup", "standard", "workflow",
)  # fmt: skip
SCOPES = frozenset(f"{reach}:{ability}" for reach in REACHES for ability in ("read", "write"))
"""Every scope that contract A publishes (1.4)."""
LONGEST_TOKEN = 365 * 86_400
CODE_SECONDS = 60
"""How long a code waits to be redeemed."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UnknownScope(Refusal):
    """Contract A has no such scope."""

    code, kind = "unknown_scope", Kind.INVALID


class BadTokenLifetime(Refusal):
    """A token is good for at least a second, and for a year at most."""

    code, kind = "bad_token_lifetime", Kind.INVALID


class BadRedirectUri(Refusal):
    """A redirect URI is an absolute address without a fragment: https, or http on one's own machine."""

    code, kind = "bad_redirect_uri", Kind.INVALID


class InvalidGrant(Refusal):
    """The code is unknown, used, expired, another client's, or does not match what it was asked for with."""

    code, kind = "invalid_grant", Kind.INVALID


class ScopeNotHeld(Refusal):
    """Nobody gives away a scope that they do not have themselves, nor acts as somebody who has more."""

    code, kind = "scope_not_held", Kind.FORBIDDEN


def held(holding: str | None, scopes: Iterable[str]) -> None:
    """Refuses `ScopeNotHeld` unless these scopes are among `holding`, separated by blanks; None is all."""
    missing = [] if holding is None else sorted(set(scopes) - set(holding.split()))
    if missing:
        raise ScopeNotHeld("nobody gives away a scope that they do not have", scopes=" ".join(missing))


def known_scopes(scopes: tuple[str, ...]) -> str:
    """The scopes as they are kept, each once. Refuses `UnknownScope`."""
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(f"there is no scope {scope[:60]}", scope=scope[:60])
    return " ".join(dict.fromkeys(scopes))


def well_formed(client: Client) -> Client:
    """The client itself. Refuses `TextTooLong`, `UnknownScope`, `BadRedirectUri`."""
    fits(client.name, "name")
    known_scopes(tuple(client.scopes.split()))
    if client.redirect_uri or client.code_grant:
        _address(client.redirect_uri)
    return client


def lifetime(seconds: int) -> int:
    """The seconds themselves. Refuses `BadTokenLifetime`."""
    if not 0 < seconds <= LONGEST_TOKEN:
        raise BadTokenLifetime("a token is good for a second to a year", field="accessTokenExpiresIn")
    return seconds


def code_ends(now: str) -> str:
    """The instant until which a code that is given now can be redeemed."""
    then = datetime.fromisoformat(now) + timedelta(seconds=CODE_SECONDS)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def redeemable(
    given: Authorization | None, client: Client, redirect_uri: str, challenge: str, now: str
) -> Authorization:
    """The consent, if this client may have a token for it now. Refuses `InvalidGrant`."""
    if given is None or (given.tenancy_id, given.client_number) != (client.tenancy_id, client.id):
        raise InvalidGrant("there is no such code for this client")
    if given.used_at or given.expires_at <= now:
        raise InvalidGrant("the code was used, or has expired")
    if given.redirect_uri != redirect_uri:
        raise InvalidGrant("the code was asked for with another redirect URI")
    if given.challenge != challenge:
        raise InvalidGrant("the code verifier does not match the challenge")
    return given


def _address(uri: str) -> None:
    fits(uri, "redirectUri", 2000)
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        host = None
    if (
        not host
        or parts.fragment
        or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
    ):
        raise BadRedirectUri("a redirect URI is https, or http on the own machine", field="redirectUri")
