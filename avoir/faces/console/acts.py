"""A page that asks before something is done: what it does, its few fields, one button."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from avoir.app.reads.console import Entry, dressed
from avoir.core.command import Command, Preview
from avoir.core.errors import Refusal
from avoir.core.refund import AWAITING_APPROVAL, Refund
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.visit import NotAllowed, Visit

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
    preview: str = ""  # Where what would happen is asked for, if it can be.


class WouldBe(NamedTuple):
    """What would come of a refund, as it is shown."""

    refund: Refund
    entries: list[Entry]


def ask(visit: Visit, act: Act) -> Response:
    """The page of an act."""
    return visit.page("act.html", act=act, would_be=None, said=None)


async def ask_with_preview(visit: Visit, act: Act, command_of: Callable[[], Command]) -> Response:
    """The page of an act with what would happen beside it; for a script, that alone."""
    would_be, said = None, visit.problem
    if said is None:
        try:
            previewed = await visit.try_out(Preview(command=command_of()))
            entries = await visit.caller.read(dressed, previewed.entries)
            would_be = WouldBe(previewed.answer, entries)
        except (Refusal, BadField, NotAllowed) as refused:
            said = refused
    alone = visit.by_script and visit.request.url.path.endswith("/preview")
    waits = would_be is not None and would_be.refund.state == AWAITING_APPROVAL
    return visit.page(
        "act_preview.html" if alone else "act.html", act=act, would_be=would_be, said=said,
        approvers=await visit.approvers() if waits else [],
    )  # fmt: skip


def filled_in(visit: Visit, asked: Sequence[Asked]) -> Form:
    """What was written, or, where nothing was sent yet, what stands in the fields."""
    if visit.form.values:
        return visit.form
    return Form(
        (each.name, str(each.options[0][0]) if each.options and not each.none else each.value)
        for each in asked
    )
