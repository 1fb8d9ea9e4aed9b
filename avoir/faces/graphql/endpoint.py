"""POST /graphql: who calls, what is asked, what comes of it."""

from hashlib import blake2b
from typing import Any, NamedTuple

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from avoir.app.clerk import Weather
from avoir.core.command import checked_key
from avoir.core.errors import Refusal
from avoir.faces.access import Access
from avoir.faces.body import BadBody, BodyTooLarge, body_of, json_of, nobody_waits
from avoir.faces.caller import Caller
from avoir.faces.graphql import answer
from avoir.faces.graphql.documents import Documents
from avoir.faces.graphql.persisted import Persisted, read_list
from avoir.faces.graphql.request import Asked, Request
from avoir.faces.graphql.schema import schema

MOST_OF_A_BATCH = 20


class Known(NamedTuple):
    """The documents that this server remembers: as they are executed, and by their hashes."""

    documents: Documents
    persisted: Persisted


async def graphql(request: HttpRequest) -> Response:
    """One document, or a batch of them, executed in the name of the token's client."""
    try:
        body = await body_of(request)
        caller = await _caller(request)
        if isinstance(caller, Response):
            return caller
        sent = json_of(body)
        if isinstance(sent, list):
            return await _batch(request, caller, sent)
        return await _one(caller, sent, known_documents(request.app))
    except BodyTooLarge as problem:
        return answer.problem(413, "request_too_large", str(problem))
    except BadBody as problem:
        return answer.problem(400, "invalid_request", str(problem))
    except Weather:
        return answer.weather()
    except ClientDisconnect:
        return nobody_waits()
    except Refusal as refusal:  # Of the key; what a resolver refuses is part of the answer.
        return answer.problem(400, refusal.code, refusal.message)
    except Exception as unforeseen:
        return answer.bug(unforeseen)


async def _batch(request: HttpRequest, caller: Caller, sent: list[Any]) -> Response:
    """Several operations, one after the other; trouble with one is the answer to all."""
    if not request.app.state.settings.graphql_batching:
        raise BadBody("several operations in one request are not taken here")
    if not 0 < len(sent) <= MOST_OF_A_BATCH:
        raise BadBody(f"a batch has 1 to {MOST_OF_A_BATCH} operations")
    answers, key = [], caller.key
    for number, each in enumerate(sent):
        if key is not None:
            # Each operation is a request of its own, and the key covers each in its place.
            caller.key = blake2b(f"{key}\0{number}".encode(), digest_size=16).hexdigest()
        one = await _one(caller, each, known_documents(request.app))
        if one.status_code != 200:
            return one
        answers.append(bytes(one.body))
    return Response(b"[" + b",".join(answers) + b"]", media_type="application/json")


async def _one(caller: Caller, sent: Any, known: Known) -> Response:
    try:
        asked = _asked(sent, known.persisted)
    except GraphQLError as unknown:
        return answer.refused([unknown])
    document = await known.documents.get(asked.query)
    if document.prepared is None:
        return answer.refused(document.errors)
    steps = document.steps.get(asked.operation, 0) or max(document.steps.values(), default=0)
    request = Request(caller, asked, steps)
    return answer.answered(await document.prepared.executed(request, asked.variables, asked.operation))


def ready() -> None:
    """Build the schema, once."""
    schema()


def known_documents(app: Starlette) -> Known:
    """The documents that this server remembers."""
    if not hasattr(app.state, "documents"):
        settings = app.state.settings
        listed = read_list(settings.graphql_documents) if settings.graphql_documents else {}
        app.state.documents = Known(
            Documents(schema(), introspection=settings.graphql_introspection),
            Persisted(listed, listed_only=settings.graphql_listed_only),
        )
    known: Known = app.state.documents
    return known


async def _caller(request: HttpRequest) -> Caller | Response:
    """Who calls, or the answer for who is not known."""
    access: Access = request.app.state.access
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return _unauthorized("The access token is missing")
    identity = await access.by_client_token(token.strip())
    if identity is None:
        expired = access.has_expired(token.strip())
        return _unauthorized("The access token expired" if expired else "The access token is invalid")
    setup = await access.setup(identity.organization_id)
    if setup is None:
        return answer.problem(403, "organization_not_built", "The organization's books are not open yet.")
    key = request.headers.get("idempotency-key")
    return Caller(access.door, access, identity, setup, None if key is None else checked_key(key))


def _unauthorized(why: str) -> Response:
    challenge = f'Bearer realm="Avoir", error="invalid_token", error_description="{why}"'
    return answer.problem(401, "invalid_token", why, {"www-authenticate": challenge})


def _asked(sent: Any, persisted: Persisted) -> Asked:
    """What is asked for; fields that are not known are ignored.

    Raises `BadBody`, and `GraphQLError` for a document that is not known.
    """
    if not isinstance(sent, dict):
        raise BadBody("the body is no JSON object")
    query, variables, operation = sent.get("query"), sent.get("variables"), sent.get("operationName")
    extensions = sent.get("extensions")
    hashed = isinstance(extensions, dict) and "persistedQuery" in extensions
    if not isinstance(query, str) and not (query is None and hashed):
        raise BadBody("the body has no query, or it is no text")
    if not isinstance(variables, dict | None):
        raise BadBody("the variables are no JSON object")
    if not isinstance(operation, str | None):
        raise BadBody("the operationName is no text")
    text = persisted.text(query, extensions if isinstance(extensions, dict) else {})
    return Asked(text, variables or {}, operation or None)
