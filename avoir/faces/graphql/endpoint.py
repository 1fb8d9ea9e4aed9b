"""POST /graphql: who calls, what is asked, what comes of it."""

import inspect

from graphql import execute
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from avoir.app.clerk import Weather
from avoir.core.command import checked_key
from avoir.core.errors import Refusal
from avoir.faces import oauth
from avoir.faces.access import Access
from avoir.faces.body import BadBody, BodyTooLarge, body_of, json_of
from avoir.faces.caller import Caller
from avoir.faces.graphql import answer
from avoir.faces.graphql.documents import Documents
from avoir.faces.graphql.request import Asked, Request
from avoir.faces.graphql.schema import schema


def graphql_routes() -> list[BaseRoute]:
    """The routes of contract A."""
    return [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/oauth/token", oauth.token, methods=["POST"]),
    ]


async def graphql(request: HttpRequest) -> Response:
    """One document, executed in the name of the token's client."""
    try:
        body = await body_of(request)
        caller = await _caller(request)
        if isinstance(caller, Response):
            return caller
        return await _executed(caller, _asked(body), _documents(request.app))
    except BodyTooLarge as problem:
        return answer.problem(413, "request_too_large", str(problem))
    except BadBody as problem:
        return answer.problem(400, "invalid_request", str(problem))
    except Weather:
        return answer.weather()
    except Refusal as refusal:  # Of the key; what a resolver refuses is part of the answer.
        return answer.problem(400, refusal.code, refusal.message)
    except Exception as unforeseen:
        return answer.bug(unforeseen)


async def _executed(caller: Caller, asked: Asked, documents: Documents) -> Response:
    document = await documents.get(asked.query)
    if document.node is None:
        return answer.refused(document.errors)
    steps = document.steps.get(asked.operation, 0) or max(document.steps.values(), default=0)
    result = execute(
        schema(),
        document.node,
        context_value=Request(caller, asked, steps),
        variable_values=asked.variables,
        operation_name=asked.operation,
    )
    return answer.answered(await result if inspect.isawaitable(result) else result)


def _documents(app: Starlette) -> Documents:
    """The documents that this server remembers."""
    if not hasattr(app.state, "documents"):
        app.state.documents = Documents(schema())
    known: Documents = app.state.documents
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


def _asked(body: bytes) -> Asked:
    """What the body asks for; fields that are not known are ignored. Raises `BadBody`."""
    sent = json_of(body)
    if not isinstance(sent, dict):
        raise BadBody("the body is no JSON object")
    query, variables, operation = sent.get("query"), sent.get("variables"), sent.get("operationName")
    if not isinstance(query, str):
        raise BadBody("the body has no query, or it is no text")
    if not isinstance(variables, dict | None):
        raise BadBody("the variables are no JSON object")
    if not isinstance(operation, str | None):
        raise BadBody("the operationName is no text")
    return Asked(query, variables or {}, operation)
