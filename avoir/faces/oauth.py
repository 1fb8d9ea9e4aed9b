"""The token endpoint of contract A, 1.1: client credentials or a code in, a bearer token out."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from avoir.app.clerk import Weather
from avoir.app.clients import RedeemCode
from avoir.core.access import Client
from avoir.core.client import InvalidGrant
from avoir.faces.access import Access
from avoir.faces.body import BadBody, BodyTooLarge, body_of, json_of, nobody_waits

CLIENT_CREDENTIALS, AUTHORIZATION_CODE = "client_credentials", "authorization_code"
MOST_FIELDS = 20
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""A code verifier of PKCE (RFC 7636, 4.1)."""


class Answer(NamedTuple):
    """An error of OAuth 2 (RFC 6749, 5.2), in the words of contract A."""

    status: int
    description: str


ERRORS = {
    "invalid_request": Answer(
        400,
        "The request is missing a required parameter, includes an unsupported parameter value, or is "
        "otherwise malformed.",
    ),
    "unsupported_grant_type": Answer(
        400, "The authorization grant type is not supported by the authorization server."
    ),
    "invalid_client": Answer(
        401,
        "Client authentication failed due to unknown client, no client authentication included, or "
        "unsupported authentication method.",
    ),
    "unauthorized_client": Answer(
        403, "The client is not authorized to perform this request using this method."
    ),
    "invalid_scope": Answer(400, "The requested scope is invalid, unknown, or malformed."),
    "invalid_grant": Answer(
        400, "The code is unknown, used, expired, another client's, or was asked for in another way."
    ),
}


class TokenRefused(Exception):
    """No token; `args[0]` is the error's code."""


async def token(request: Request) -> Response:
    """POST /oauth/token, as multipart, urlencoded or JSON."""
    access: Access = request.app.state.access
    try:
        asked = await _fields(request)
        _granted(asked)
        client = await _client(access, asked, request.headers.get("authorization", ""))
        if asked["grant_type"] == AUTHORIZATION_CODE:
            scope, user_id = await _redeemed(access, client, asked)
        else:
            scope, user_id = scope_of(client, asked.get("scope", "")), None
    except BodyTooLarge as problem:
        return _said("invalid_request", str(problem), 413)
    except BadBody:
        return _refused("invalid_request")
    except ClientDisconnect:
        return nobody_waits()
    except Weather:
        return _said("temporarily_unavailable", "The database is not to be had.", 503, {"retry-after": "1"})
    except TokenRefused as refused:
        return _refused(refused.args[0])
    given = {
        "access_token": access.client_token(client, scope, user_id),
        "token_type": "Bearer",
        "expires_in": client.expires_in,
        "created_at": int(time.time()),
    }
    return JSONResponse(given, headers={"cache-control": "no-store"})


async def _fields(request: Request) -> dict[str, str]:
    """What was sent, whatever its type. Raises `BadBody`, `BodyTooLarge`."""
    body = await body_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        sent = json_of(body)
        if not isinstance(sent, dict):
            raise BadBody("the body is no object")
        return {name: value for name, value in sent.items() if isinstance(value, str)}
    if kind == "multipart/form-data":
        return await _multipart(request, body)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as problem:
        raise BadBody(str(problem)) from None


async def _multipart(request: Request, body: bytes) -> dict[str, str]:
    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        form = await Request(request.scope, replay).form(max_files=0, max_fields=MOST_FIELDS)
    except HTTPException as problem:
        raise BadBody(problem.detail) from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _granted(asked: dict[str, str]) -> None:
    grant = asked.get("grant_type")
    if not grant:
        raise TokenRefused("invalid_request")
    if grant not in (CLIENT_CREDENTIALS, AUTHORIZATION_CODE):
        raise TokenRefused("unsupported_grant_type")


async def _client(access: Access, asked: dict[str, str], authorization: str) -> Client:
    """The client that asks, if it may ask in this way."""
    client_id, secret = _basic(authorization) or (asked.get("client_id", ""), asked.get("client_secret", ""))
    client = await access.client(client_id) if client_id and "\0" not in client_id else None
    # The digest is made and compared for an unknown client too: it must not answer sooner.
    known = hmac.compare_digest(access.digest(secret), client.secret_digest if client else "")
    by_code = asked["grant_type"] == AUTHORIZATION_CODE
    # An app on a person's own machine keeps no secret: the code verifier is in its place (RFC 7636).
    public = client is not None and by_code and client.code_grant and client.pkce and not secret
    if client is None or not (known or public):
        raise TokenRefused("invalid_client")
    if not (client.code_grant if by_code else client.credentials_grant):
        raise TokenRefused("unauthorized_client")
    return client


async def _redeemed(access: Access, client: Client, asked: dict[str, str]) -> tuple[str, int]:
    """The scopes that a person consented to for a code, and who that is."""
    code, verifier = asked.get("code", ""), asked.get("code_verifier", "")
    if not code or (verifier and not VERIFIER.fullmatch(verifier)):
        raise TokenRefused("invalid_request")
    command = RedeemCode(
        tenancy_id=client.tenancy_id,
        client_number=client.id,
        digest=access.digest(f"code {code}"),
        redirect_uri=asked.get("redirect_uri", "").replace("\0", ""),
        challenge=challenge_of(verifier) if verifier else "",
    )
    try:
        given = await access.ask(command, actor=f"client:{client.client_id}")
    except InvalidGrant:
        raise TokenRefused("invalid_grant") from None
    return given.scopes, given.user_id


def challenge_of(verifier: str) -> str:
    """The S256 challenge that a code verifier answers (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _basic(authorization: str) -> tuple[str, str] | None:
    """Client id and secret of HTTP Basic (RFC 6749, 2.3.1)."""
    scheme, _, sent = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(sent, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(client_id), unquote_plus(secret)


def scope_of(client: Client, asked: str) -> str:
    """The scopes asked for, or all that the client has; nothing that it has not. Raises `TokenRefused`."""
    assigned = client.scopes.split()
    wanted = asked.split() or assigned
    if not set(wanted) <= set(assigned):
        raise TokenRefused("invalid_scope")
    return " ".join(dict.fromkeys(wanted))


def _refused(error: str) -> Response:
    status, description = ERRORS[error]
    headers = {"www-authenticate": f'Basic realm="Avoir", error="{error}"'} if status == 401 else {}
    return _said(error, description, status, headers)


def _said(error: str, description: str, status: int, headers: dict[str, str] | None = None) -> Response:
    told = {"error": error, "error_description": description}
    return JSONResponse(told, status, {"cache-control": "no-store", **(headers or {})})
