"""Every no as contract B writes it (rest.md, section 0). What it is called stands in `problem`."""

import logging
import uuid
from typing import Any, NamedTuple

from avoir.app.clerk import Weather
from avoir.core.errors import Kind, Refusal
from avoir.faces.body import BadBody, BodyTooLarge
from avoir.faces.problem import HTTP_STATUS, rest_refusal, rest_status, rest_type
from avoir.faces.rest.accept import NotAcceptable
from avoir.faces.rest.fields import BadForm
from avoir.faces.rest.kinds import NOBODY

log = logging.getLogger(__name__)
RETRY_SECONDS = 1


class No(NamedTuple):
    """An answer that is a no."""

    status: int
    body: dict[str, Any]
    retry: int = 0


class Forbidden(Exception):
    """Known, but not allowed to; `args[0]` is the ability that is wanting: `Refund CreditNode`."""


class TooMany(Exception):
    """Too much was asked; `args[0]` is how many seconds to wait."""


class Unauthorized(Exception):
    """Nobody known, or nobody who belongs here; the body is told as it stands."""

    def __init__(self, **body: Any) -> None:
        super().__init__(body.get("message"))
        self.body = body


def no_of(problem: Exception, room: str) -> No:
    """What a client is told of a problem; a refusal's type may depend on the room that it was said in."""
    match problem:
        case Refusal():
            return _refused(problem, room)
        case BadForm():
            return No(400, _plain(400, problem.complaints, "Bad Request"))
        case BadBody():
            return No(400, _plain(400, str(problem), "Bad Request"))
        case BodyTooLarge():
            return No(413, _plain(413, str(problem), "Payload Too Large"))
        case NotAcceptable():
            return No(406, _plain(406, str(problem), "Not Acceptable"))
        case Unauthorized():
            return No(401, problem.body)
        case TooMany():
            words = "ThrottlerException: Too Many Requests"
            return No(429, {"statusCode": 429, "message": words}, problem.args[0])
        case Forbidden():
            return No(403, _plain(403, f"You do not have permission to {problem}", "Forbidden"))
        case Weather():
            log.warning("the books cannot be reached: %s", problem)
            return No(
                503,
                _plain(503, "the books cannot be reached; try again", "Service Unavailable"),
                RETRY_SECONDS,
            )
    id = uuid.uuid4().hex
    log.error("unforeseen, id %s", id, exc_info=problem)
    return No(500, {"statusCode": 500, "message": "Internal server error", "id": id})


def no_route(method: str, path: str) -> No:
    """There is nothing at that address."""
    return No(404, _plain(404, f"Cannot {method} {path}", "Not Found"))


def _refused(refusal: Refusal, room: str) -> No:
    refusal = rest_refusal(refusal)
    # What was no id is nobody's: the number that stands for it is told to nobody.
    facts = {name: fact for name, fact in refusal.facts.items() if fact != NOBODY}
    if locked := facts.get("lockedToDate"):
        facts["formattedLockedToDate"] = str(locked).replace("-", "/")
    type_, more = rest_type(refusal, room), {"payload": facts, "code": refusal.code}
    if refusal.kind is Kind.NOT_FOUND and not type_:
        return No(404, {"statusCode": 404, "message": "NotFoundError"})
    if refusal.kind is Kind.FORBIDDEN:
        return No(403, _plain(403, refusal.message, "Forbidden") | more)
    status = rest_status(refusal, room)
    error = {"statusCode": status, "type": type_ or refusal.code.upper(), "message": refusal.message, **more}
    if status == HTTP_STATUS[Kind.NOT_FOUND]:
        # Some clients look at the type, some at the message.
        return No(status, {"statusCode": status, "message": "NotFoundError", "errors": [error]})
    return No(status, {"errors": [error]}, RETRY_SECONDS if refusal.kind is Kind.BUSY else 0)


def _plain(status: int, message: Any, error: str) -> dict[str, Any]:
    return {"message": message, "error": error, "statusCode": status}
