"""A page that asks before something is done: what it does, its few fields, one button."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from avoir.faces.console.visit import Visit

TEXT, AMOUNT, DATE, CHOICE, AREA, PASSWORD = "text", "amount", "date", "choice", "area", "password"


class Asked(NamedTuple):
    """One field. `value` is what stands in it before anything is written; a choice has `options`."""

    name: str
    label: str
    kind: str = TEXT
    value: str = ""
    hint: str = ""
    options: Sequence[tuple[Any, str]] = ()
    none: str = ""


class Act(NamedTuple):
    """What is to be done. `back` is the page it is about, by path and name; `room` the list that is in."""

    title: str
    text: str
    button: str
    back: tuple[str, str]
    room: tuple[str, str]
    asked: Sequence[Asked] = ()
    facts: Sequence[tuple[str, str]] = ()
    danger: bool = False
    hidden: Sequence[tuple[str, str]] = ()


def ask(visit: Visit, act: Act) -> Response:
    """The page of an act."""
    return visit.page("act.html", act=act)
