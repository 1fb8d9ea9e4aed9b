"""What a page of settings is made of: a table of what is set, and forms that ask one command each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from avoir.app.reads.console_settings import Settings
from avoir.core.command import Command
from avoir.faces.console.acts import Asked
from avoir.faces.console.forms import Form
from avoir.faces.console.sheets import Cell, Row
from avoir.faces.console.visit import Visit


class Deed(NamedTuple):
    """A form: what it does (the name that is sent), its title, its button and its fields."""

    do: str
    title: str
    button: str
    asked: Sequence[Asked] = ()
    about: str = ""


class Taking(NamedTuple):
    """A row's own button: what it does, what it is called, and which row."""

    do: str
    words: str
    id: str


class Sheet(NamedTuple):
    """What a page of settings shows: a table (rows may have a button), and forms."""

    title: str
    about: str
    heads: Sequence[str] = ()
    rows: Sequence[tuple[Row, Taking | None]] = ()
    deeds: Sequence[Deed] = ()


class Place(NamedTuple):
    """A page of settings: what it shows, and what its forms ask."""

    title: str
    show: Callable[[Visit, Settings], Awaitable[Sheet]]
    command: Callable[[Form, str], Command]


def texts(*cells: str) -> Row:
    """A row of texts."""
    return Row([Cell(text) for text in cells])
