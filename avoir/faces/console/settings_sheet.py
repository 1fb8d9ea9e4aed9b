"""What a page of settings is made of: a table of what is set, and forms that ask one command each."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from avoir.app.reads.console_settings import Settings
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.faces.console import sheets
from avoir.faces.console.abilities import ACTS
from avoir.faces.console.acts import Asked
from avoir.faces.console.forms import Form
from avoir.faces.console.sheets import texts
from avoir.faces.console.visit import Visit

Picked = TypeVar("Picked")


class Deed(NamedTuple):
    """A form: what it does (the name that is sent), the command it asks, its title, button and fields.

    `id` is the row that it changes; it is empty where something new is made.
    """

    do: str
    asks: type[Command]
    title: str
    button: str
    asked: Sequence[Asked] = ()
    id: str = ""


class Taking(NamedTuple):
    """A row's own button: what it does, the command it asks, and what it is called."""

    do: str
    asks: type[Command]
    words: str


class Line(NamedTuple):
    """A row: its texts, its id, its buttons; `edits` is the command that its own form asks, if it has one."""

    texts: Sequence[str]
    id: str = ""
    takings: Sequence[Taking] = ()
    edits: type[Command] | None = None


class Sheet(NamedTuple):
    """What a page of settings shows: a table, and forms."""

    title: str
    about: str
    heads: Sequence[str] = ()
    rows: Sequence[Line] = ()
    deeds: Sequence[Deed] = ()


class Place(NamedTuple):
    """A page of settings: what it shows, and what its forms ask."""

    title: str
    show: Callable[[Visit, Settings], Awaitable[Sheet]]
    command: Callable[[Form, str], Command]


def picked(visit: Visit, rows: Iterable[tuple[str, Picked]]) -> Picked | None:
    """The row that the address asks to edit, by its id; None if it asks for none. Refuses `NotFound`."""
    asked = visit.query.text("edit")
    if not asked:
        return None
    found = dict(rows)
    if asked not in found:
        raise NotFound("there is no such row")
    return found[asked]


def offered(visit: Visit, sheet: Sheet) -> Sheet:
    """The sheet with the forms and buttons that the role of who is there covers."""

    def may(kind: type[Command] | None) -> bool:
        return kind is not None and visit.may(ACTS[kind])

    rows = [
        line._replace(
            takings=[each for each in line.takings if may(each.asks)],
            edits=line.edits if may(line.edits) else None,
        )
        for line in sheet.rows
    ]
    return sheet._replace(rows=rows, deeds=[each for each in sheet.deeds if may(each.asks)])


def as_file(sheet: Sheet) -> sheets.Sheet:
    """The table for a file; of a page that has none, what its fields hold."""
    if sheet.heads:
        rows = [texts(*line.texts) for line in sheet.rows]
        return sheets.Sheet(sheet.title, "", [head or "State" for head in sheet.heads], rows, 0)
    fields = [each for deed in sheet.deeds for each in deed.asked]
    rows = [texts(each.label, _words(each)) for each in fields]
    return sheets.Sheet(sheet.title, "", ("What", "As it is"), rows, 0)


def _words(field: Asked) -> str:
    return next((words for value, words in field.options if str(value) == field.value), field.value)
