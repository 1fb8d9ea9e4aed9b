"""Lists as files: the rows of a page as CSV or as a spreadsheet, where JSON has them with all their details.

A column is a plain field of the rows. What is written out for the eye (`formatted_...`) stays out, for a
file has the number itself; a thing within a row is there by its name.
"""

import asyncio
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import wraps
from typing import Any

from avoir.faces.rest.accept import CSV, JSON, XLSX
from avoir.faces.rest.endpoint import Call, Handler, Way
from avoir.faces.rest.fields import Body
from avoir.faces.rest.lists import LIST
from avoir.faces.rest.replies import known_replies
from avoir.faces.rest.reports.shape import answer_of, filed
from avoir.faces.tables import Cell, Column, Line, Table

FORMS = (CSV, XLSX)
NAMES = ("display_name", "name")
"""What a thing within a row is known by."""

Row = dict[str, Any]


def listing_way(path: str, handle: Handler, *, query: Body | None = LIST) -> Way:
    """The way to a list, in JSON or as a file."""
    return Way("GET", path, _in_forms(handle, path.strip("/")), query=query, offers=FORMS)


def _in_forms(handle: Handler, title: str) -> Handler:
    @wraps(handle)
    async def answer(call: Call) -> Any:
        found = await handle(call)
        if call.wants == JSON:
            return found
        # Writing a thousand rows takes a while, in which others are not to wait.
        table = table_of(title.replace("-", " ").capitalize(), rows_of(found), like=_seen(title))
        return await answer_of(await asyncio.to_thread(filed, table, call.wants, title))

    return answer


def rows_of(answer: Any) -> list[Row]:
    """The rows of a list, whatever it is wrapped in: bare, under `data`, or under its own name."""
    if isinstance(answer, dict):
        answer = (
            answer["data"] if "data" in answer else next(x for x in answer.values() if isinstance(x, list))
        )
    rows: list[Row] = answer
    return rows


def _seen(name: str) -> list[Row]:
    """A row with the fields that the list was seen to answer with, whatever stood in them."""
    return rows_of(_filled_in(known_replies()[f"GET /{name}"]["schema"]))


def _filled_in(schema: dict[str, Any]) -> Any:
    """Something that the schema describes."""
    if "items" in schema:
        each = _filled_in(schema["items"])
        return [each] if isinstance(each, dict) else []
    if "properties" in schema:
        return {name: _filled_in(each) for name, each in schema["properties"].items()}
    return [] if schema.get("type") == "array" else "-"


def table_of(title: str, rows: Sequence[Row], *, like: Sequence[Row] = ()) -> Table:
    """Rows of JSON as a table; those under a row (`children`) follow it. Without any, headed as `like`."""
    every = _each(rows or like)
    keys = list(dict.fromkeys(key for row in every for key, value in row.items() if _shown(key, value)))
    columns = [Column(key, key.replace("_", " ").strip().capitalize()) for key in keys]
    return Table(title, columns, _lines(rows, keys))


def _each(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _each(row.get("children") or ())


def _lines(rows: Sequence[Row], keys: Sequence[str]) -> Iterator[Line]:
    for row in rows:
        under = tuple(_lines(row.get("children") or (), keys))
        yield Line([_cell(row.get(key)) for key in keys], under=under)


def _shown(key: str, value: Any) -> bool:
    written_out = key.startswith(("formatted_", "formtted_")) or key.endswith("_formatted")
    return (
        not written_out
        and not isinstance(value, list)
        and (not isinstance(value, dict) or bool(_name(value)))
    )


def _name(thing: Row) -> str:
    return next((str(thing[name]) for name in NAMES if thing.get(name)), "")


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell(str(value).lower())
    if isinstance(value, int | Decimal):
        return Cell(str(value), value)
    return Cell(_name(value) if isinstance(value, dict) else str(value or ""))
