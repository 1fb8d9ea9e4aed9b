"""The token endpoint of contract A, 1.1: client credentials in, a bearer token out."""

import base64
import binascii
import hmac
import time
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from avoir.app.clerk import Weather
from avoir.core.access import Client
from avoir.faces.access import Access
from avoir.faces.body import BadBody, BodyTooLarge, body_of, json_of

CLIENT_CREDENTIALS, AUTHORIZATION_CODE = "client_credentials", "authorization_code"
MOST_FIELDS = 20


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
        scope = _scope(client, asked)
    except BodyTooLarge as problem:
        return _said("invalid_request", str(problem), 413)
    except BadBody:
        return _refused("invalid_request")
    except Weather:
        return _said("temporarily_unavailable", "The database is not to be had.", 503, {"retry-after": "1"})
    except TokenRefused as refused:
        return _refused(refused.args[0])
    given = {
        "access_token": access.client_token(client, scope),
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
    client_id, secret = _basic(authorization) or (asked.get("client_id", ""), asked.get("client_secret", ""))
    client = await access.client(client_id) if client_id and "\0" not in client_id else None
    # The digest is made and compared for an unknown client too: it must not answer sooner.
    known = hmac.compare_digest(access.digest(secret), client.secret_digest if client else "")
    if client is None or not known:
        raise TokenRefused("invalid_client")
    if asked["grant_type"] == AUTHORIZATION_CODE:
        raise TokenRefused("unauthorized_client")
    return client


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


def _scope(client: Client, asked: dict[str, str]) -> str:
    """The scopes asked for, or all that the client has; nothing that it has not."""
    assigned = client.scopes.split()
    wanted = asked.get("scope", "").split() or assigned
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
