"""Lists as contract A pages through them, and children of many parents in one statement."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from avoir.app.reads.graph_filter import Column, Columns, Condition, Type
from avoir.app.reads.query import Query
from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

R = TypeVar("R", bound=Row)
AT_ONCE = 500
"""Ids in one statement."""
MOST_ROWS = 10_000
"""Children that one statement brings back."""

_SORT = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.ASCII | re.IGNORECASE)


class MalformedSort(Refusal):
    """A list is sorted by one of its fields, `asc` or `desc`."""

    code, kind = "malformed_sort", Kind.INVALID


class MalformedCursor(Refusal):
    """A cursor is one that this list gave out, under this sort."""

    code, kind = "malformed_cursor", Kind.INVALID


class TooMuchAsked(Refusal):
    """One request brings back a bounded number of objects."""

    code, kind = "too_much_asked", Kind.INVALID


class MalformedPage(Refusal):
    """`first` and `last` count elements, from nothing on."""

    code, kind = "malformed_page", Kind.INVALID


class Listing(NamedTuple):
    """A kind of row as a list: what of it is shown, and by which names it is filtered and sorted."""

    kind: type[Row]
    shown: str
    columns: Columns


class Order(NamedTuple):
    """How a list is sorted: by one column, then by id."""

    name: str = "id"
    column: Column = Column("t.id", Type.NUMBER)
    descending: bool = False

    def by(self, *, reverse: bool) -> str:
        """The ORDER BY."""
        way = "DESC" if self.descending is not reverse else "ASC"
        return f"ORDER BY {self.column.sql} {way}, t.id {way}"

    def beyond(self, mark: str, *, reverse: bool) -> str:
        """The condition on the rows after a place; before it, if reversed."""
        sign = "<" if self.descending is not reverse else ">"
        return f"({self.column.sql}, t.id) {sign} (:{mark}, :{mark}_id)"


BY_ID = Order()


class Place(NamedTuple):
    """Where a row stands in a list: the value that it is sorted by, and its id."""

    value: Any
    id: int


class Window(NamedTuple):
    """Which part of a list: `most` rows between two places, the first of them or the last."""

    most: int
    after: Place | None = None
    before: Place | None = None
    backwards: bool = False


class Page(NamedTuple):
    """Part of a list in the list's order, the place of each row, and whether there are others around it."""

    rows: list[Any]
    places: list[Place]
    has_next: bool
    has_previous: bool


def window_of(
    order: Order, first: int | None, after: str | None, last: int | None, before: str | None,
    *, default: int, most: int,
) -> Window:  # fmt: skip
    """The window that a connection's arguments ask for. Refuses `MalformedPage`, `MalformedCursor`."""
    if min(first or 0, last or 0) < 0:
        raise MalformedPage("first and last are not negative")
    backwards = last is not None and first is None
    wanted = last if backwards else first
    return Window(
        most=min(most, default if wanted is None else wanted),
        after=None if after is None else place_of(order, after),
        before=None if before is None else place_of(order, before),
        backwards=backwards,
    )


def order_of(listing: Listing, sort: str) -> Order:
    """The order that a text asks for; by id if it asks for none. Refuses `MalformedSort`."""
    if not sort.strip():
        return BY_ID
    match = _SORT.fullmatch(sort)
    column = listing.columns.get(match[1]) if match else None
    if match is None or column is None:
        raise MalformedSort("a list is sorted by one of its fields, asc or desc", sort=sort[:100])
    return Order(match[1], column, (match[2] or "").lower() == "desc")


def cursor_of(order: Order, place: Place) -> str:
    """A place, opaque to the client."""
    told = msgspec.json.encode((order.name, place.value, place.id))
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def place_of(order: Order, cursor: str) -> Place:
    """The place that a cursor names. Refuses `MalformedCursor`."""
    numeric = order.column.type in (Type.NUMBER, Type.MONEY)
    try:
        told = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        name, value, id = msgspec.json.decode(told, type=tuple[str, int | str, int])
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise MalformedCursor("the cursor is none of this list") from None
    exact = all(abs(part) < 2**53 for part in (value, id) if isinstance(part, int))
    if name != order.name or isinstance(value, int) is not numeric or "\0" in str(value) or not exact:
        raise MalformedCursor("the cursor is none of this list under this sort")
    return Place(value, id)


def page(query: Query, listing: Listing, condition: Condition, order: Order, window: Window) -> Page:
    """One part of a list."""
    kind, params = listing.kind, dict(condition.params)
    where = [listing.shown, condition.sql]
    for mark, place in (("after", window.after), ("before", window.before)):
        if place is not None:
            where.append(order.beyond(mark, reverse=mark == "before"))
            params |= {mark: place.value, f"{mark}_id": place.id}
    columns = ", ".join(f"t.{column}" for column in kind.__struct_fields__)
    found = query.all(
        f"""SELECT {columns}, {order.column.sql} FROM {kind.TABLE} AS t
        WHERE t.organization_id = :o AND {" AND ".join(f"({each})" for each in where)}
        {order.by(reverse=window.backwards)} LIMIT :most""",
        **params,
        most=window.most + 1,
    )
    rows: list[Any] = [kind(*row[:-1]) for row in found]
    places = [Place(row[-1], each.id) for row, each in zip(found, rows, strict=True)]
    return cut(rows, places, window)


def cut(rows: list[Any], places: list[Place], window: Window) -> Page:
    """A page of what was found: in the order that it was looked for, and one too many if there are more."""
    more = len(rows) > window.most
    rows, places = rows[: window.most], places[: window.most]
    if window.backwards:
        return Page(rows[::-1], places[::-1], window.before is not None, more or window.after is not None)
    return Page(rows, places, more or window.before is not None, window.after is not None)


def part(rows: list[Any], window: Window) -> Page:
    """A page of rows that are at hand, by id."""
    rows = sorted(rows, key=lambda row: row.id, reverse=window.backwards)
    after, before = window.after, window.before
    rows = [
        row for row in rows if (after is None or row.id > after.id) and (before is None or row.id < before.id)
    ]
    return cut(rows, [Place(row.id, row.id) for row in rows], window)


def count(query: Query, listing: Listing, condition: Condition) -> int:
    """How many rows the whole list has."""
    return query.count(listing.kind, f"({listing.shown}) AND ({condition.sql})", **condition.params)


def one(query: Query, listing: Listing, column: str, value: Any) -> Any:
    """The row of a list whose column has that value, or None."""
    found = query.rows(listing.kind, f"({listing.shown}) AND t.{column} = :v", "LIMIT 1", v=value)
    return found[0] if found else None


def among(
    query: Query,
    kind: type[R],
    column: str,
    values: Sequence[int],
    where: str = "1 = 1",
    rest: str = "",
    params: Mapping[str, Any] | None = None,
) -> list[R]:
    """All rows whose column is among the values, whatever their number. Refuses `TooMuchAsked`."""
    found: list[R] = []
    for start in range(0, len(values), AT_ONCE):
        some = values[start : start + AT_ONCE]
        marks = {f"v{i}": value for i, value in enumerate(some)}
        condition = f"t.{column} IN ({', '.join(f':{mark}' for mark in marks)}) AND ({where})"
        found += query.rows(kind, condition, f"{rest} LIMIT {MOST_ROWS + 1}", **marks, **(params or {}))
        if len(found) > MOST_ROWS:
            raise TooMuchAsked(f"a request brings back {MOST_ROWS} objects at most; ask for fewer at once")
    return found
