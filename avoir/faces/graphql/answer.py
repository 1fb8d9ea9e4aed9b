"""The answer on the wire: data, errors, and what is no GraphQL at all."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError
from starlette.responses import JSONResponse, Response

from avoir.app.clerk import Busy, Weather
from avoir.core.errors import NotFound, Refusal
from avoir.faces.graphql.wording import worded
from avoir.faces.problem import WORDS

log = logging.getLogger(__name__)
encode = msgspec.json.Encoder(decimal_format="number").encode

SAID_IN_A = {
    "Account": "FinancialAccount",
    "Customer": "Account",
    "InvoiceDeduction": "InvoiceItem",
    "InvoiceLine": "InvoiceItem",
    "Organization": "Warren",
}
"""Contract A's words for our things, where they differ."""


def answered(result: ExecutionResult) -> Response:
    """Data and refusals with 200; weather, business and bugs as what they are."""
    errors = result.errors or []
    for error in errors:
        if trouble := _trouble(error):
            return trouble
    body: dict[str, Any] = {"errors": [told(error) for error in errors]} if errors else {}
    # Null data that was executed is told; of a document that never ran there is none to tell.
    if result.data is not None or not errors or any(error.path for error in errors):
        body["data"] = result.data
    return Response(encode(body), media_type="application/json")


def refused(errors: Sequence[GraphQLError]) -> Response:
    """The document was not executed at all (contract A, 2.4, tier 2)."""
    return Response(encode({"errors": [told(error) for error in errors]}), media_type="application/json")


def told(error: GraphQLError) -> dict[str, Any]:
    """One error: a refusal in contract A's words, or what GraphQL itself has to say."""
    refusal = error.original_error
    if not isinstance(refusal, Refusal):
        told = dict(error.formatted)
        return told if error.path else told | {"message": worded(error)}
    facts = _facts(refusal)
    return {
        "message": _sentence(refusal, facts),
        "locations": [{"line": place.line, "column": place.column} for place in error.locations or ()],
        "path": error.path,
        "extensions": {"code": refusal.code, "kind": refusal.kind, "facts": facts},
    }


def problem(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is no GraphQL (contract A, 2.4, tier 1)."""
    told = {"error": error, "error_description": sentence(description)}
    return JSONResponse(told, status, headers)


def sentence(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def bug(unforeseen: BaseException) -> Response:
    """Something unforeseen: an id for the caller, the rest for the log."""
    id = uuid.uuid4().hex
    log.error("a request failed: %s", id, exc_info=unforeseen)
    return problem(500, "internal_error", f"Something went wrong here. Its id is {id}.")


def _trouble(error: GraphQLError) -> Response | None:
    """The answer to what is no refusal: nobody is told half of it."""
    cause = error.original_error
    if isinstance(cause, Weather):
        return weather()
    if isinstance(cause, Busy):
        return problem(429, cause.code, cause.message, {"retry-after": "1"})
    if cause is None or isinstance(cause, Refusal | GraphQLError):
        return None
    return bug(cause)


def weather() -> Response:
    """The database is away."""
    return problem(503, "unavailable", "The database is not to be had; try again.", {"retry-after": "1"})


def _facts(refusal: Refusal) -> Mapping[str, object]:
    kind = refusal.facts.get("kind")
    if isinstance(refusal, NotFound) and isinstance(kind, str):
        return {**refusal.facts, "kind": SAID_IN_A.get(kind, kind)}
    return refusal.facts


def _sentence(refusal: Refusal, facts: Mapping[str, object]) -> str:
    words = WORDS.get(refusal.code)
    if words is not None and words.graphql_message:
        return words.graphql_message.format_map(facts)
    return sentence(refusal.message)
