"""What a command says: text for people, or exactly one JSON object for programs.

What draws for people is loaded when there is something to draw: a server says next to nothing.
"""

import logging
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from avoir.app.clerk import Weather
from avoir.config import BadSetting
from avoir.core.errors import Refusal
from avoir.store.database import BadDatabaseUrl
from avoir.store.lock import AlreadyServed

if TYPE_CHECKING:
    from rich.console import RenderableType

log = logging.getLogger(__name__)
encode = msgspec.json.Encoder(decimal_format="number").encode


class Stop(Exception):
    """A command cannot go on: a code for programs, a sentence for people, facts for both."""

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.facts = code, message, facts


class Failure(NamedTuple):
    """Why a command failed, as it is told."""

    code: str
    message: str
    facts: dict[str, Any]


def say(facts: dict[str, Any], text: "RenderableType", *, as_json: bool) -> None:
    """Tell what was done, on standard output."""
    if as_json:
        _write_json(facts)
    else:
        from rich.console import Console

        # Names of people and companies are no markup.
        Console().print(text, soft_wrap=isinstance(text, str), markup=False, highlight=False)


def fail(code: str, message: str, *, as_json: bool, **facts: Any) -> None:
    """Tell why nothing was done: a JSON object on standard output, or a sentence on standard error."""
    if as_json:
        _write_json({"error": code, "message": message, "facts": facts})
    else:
        from rich.console import Console

        Console(stderr=True).print(f"avoir: {message}", style="red", markup=False, soft_wrap=True)


def failure_of(problem: Exception) -> Failure:
    """What an exception is to the caller. What nobody foresaw is a bug, and its trace is logged."""
    match problem:
        case Stop():
            return Failure(problem.code, problem.message, problem.facts)
        case Refusal():
            return Failure(problem.code, problem.message, problem.facts)
        case BadSetting():
            return Failure("bad_setting", str(problem), {})
        case BadDatabaseUrl():
            return Failure("bad_database_url", str(problem), {})
        case AlreadyServed():
            return Failure("already_served", str(problem), {})
        case Weather() | sqlite3.DatabaseError():
            return Failure("database_unavailable", f"the database is not to be had: {problem}", {})
        case _:
            log.error("a command failed", exc_info=problem)
            return Failure("bug", f"{type(problem).__name__}: {problem}", {})


def _write_json(value: dict[str, Any]) -> None:
    sys.stdout.write(encode(value).decode() + "\n")
    sys.stdout.flush()
