"""Lists as contract A pages through them, and children of many parents in one statement."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from avoir.app.reads.graph_filter import EVERYTHING, Column, Columns, Condition, Type
from avoir.app.reads.query import Query
from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

R = TypeVar("R", bound=Row)
AT_ONCE = 500
"""Ids in one statement."""
MOST_ROWS = 10_000
"""Children that one statement brings back."""

NUMERIC = (Type.NUMBER, Type.MONEY, Type.FLAG, Type.DECIMAL)
TEXTS = frozenset({"code", "created_at", "currency", "month"})
"""Columns of keys that are texts; all others are numbers."""

MOST_TERMS = 4
"""Fields that a list is sorted by."""

_SORT = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.ASCII | re.IGNORECASE)


class MalformedSort(Refusal):
    """A list is sorted by its fields, a few at most, each `asc` or `desc`."""

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
    """A kind of row as a list: what of it is shown, and by which names it is filtered and sorted.

    `source` is a table, or a SELECT in brackets whose columns are the kind's fields; the kind's own table
    if it is empty. `key` are the columns that name a row in it. `directory` marks what is kept there: what
    is shown of it speaks of `:tenancy`. `hidden` is what of the kind is not shown, as `Query.standing` takes
    it; None if only counting tells how many there are.
    """

    kind: type[Any]
    shown: str
    columns: Columns
    source: str = ""
    key: tuple[str, ...] = ("id",)
    directory: bool = False
    hidden: tuple[str, ...] | None = None

    def showing(self, condition: str) -> "Listing":
        """The same list, but with these rows: how many, only counting tells."""
        return self._replace(shown=condition, hidden=None)

    @property
    def table(self) -> str:
        """What stands behind FROM."""
        return self.source or str(self.kind.TABLE)

    @property
    def by_key(self) -> "Order":
        """The order if none is asked for."""
        return Order(key=self.key)


class Term(NamedTuple):
    """One column that a list is sorted by, and its way."""

    name: str
    column: Column
    descending: bool = False


class Order(NamedTuple):
    """How a list is sorted: by some columns, then by its key; by the key alone if there are none.

    The key goes the way of the last column.
    """

    by_columns: tuple[Term, ...] = ()
    key: tuple[str, ...] = ("id",)
    key_descending: bool = False

    @property
    def name(self) -> str:
        """What a cursor remembers of it: a cursor of another order names no place in this one."""
        if len(self.by_columns) == 1:
            return self.by_columns[0].name
        said = [f"{each.name} {_way(each.descending)}" for each in self.by_columns]
        return ", ".join(said) or ("id" if self.key_descending else "")

    @property
    def terms(self) -> list[str]:
        """What rows are compared by."""
        return [term for term, _ in self._ways]

    @property
    def _ways(self) -> list[tuple[str, bool]]:
        columns = [(each.column.sql, each.descending) for each in self.by_columns]
        return [*columns, *((f"t.{name}", self.key_descending) for name in self.key)]

    def by(self, *, reverse: bool) -> str:
        """The ORDER BY."""
        return "ORDER BY " + ", ".join(f"{term} {_way(way is not reverse)}" for term, way in self._ways)

    def beyond(self, mark: str, place: "Place", *, reverse: bool) -> tuple[str, dict[str, Any]]:
        """The condition on the rows after a place, or before it if reversed; and its parameters."""
        params = {f"{mark}_{n}": part for n, part in enumerate(place)}
        signs = ["<" if way is not reverse else ">" for _, way in self._ways]
        if len({*signs}) == 1:  # One comparison, which an index knows.
            return (
                f"({', '.join(self.terms)}) {signs[0]} ({', '.join(f':{name}' for name in params)})",
                params,
            )
        equal, ways = "", []
        for term, sign, name in zip(self.terms, signs, params, strict=True):
            ways.append(f"{equal}{term} {sign} :{name}")
            equal += f"{term} = :{name} AND "
        return " OR ".join(f"({way})" for way in ways), params


def _way(descending: bool) -> str:
    return "DESC" if descending else "ASC"


BY_ID = Order()
Place = tuple[Any, ...]
"""Where a row stands in a list: the value that it is sorted by, if it is by one, and its key."""


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
        return listing.by_key
    terms: list[Term] = []
    for said in sort.split(",", MOST_TERMS):
        match = _SORT.fullmatch(said)
        column = listing.columns.get(match[1]) if match else None
        if match is None or column is None or len(terms) == MOST_TERMS:
            raise MalformedSort(
                f"a list is sorted by its fields, {MOST_TERMS} at most, each asc or desc", sort=sort[:100]
            )
        terms.append(Term(match[1], column, (match[2] or "").lower() == "desc"))
    descending = terms[-1].descending
    if listing.key == ("id",) and terms[-1].column.sql == "t.id":
        terms.pop()  # The key is the last to be compared by, whether or not it is named.
    return Order(tuple(terms), listing.key, descending)


def cursor_of(order: Order, place: Place) -> str:
    """A place, opaque to the client."""
    told = msgspec.json.encode((order.name, *place))
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def place_of(order: Order, cursor: str) -> Place:
    """The place that a cursor names. Refuses `MalformedCursor`."""
    try:
        told = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        name, *place = msgspec.json.decode(told, type=tuple[int | str, ...])
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise MalformedCursor("the cursor is none of this list") from None
    numeric = [each.column.type in NUMERIC for each in order.by_columns]
    numeric += [name not in TEXTS for name in order.key]
    suits = [isinstance(part, int) for part in place] == numeric
    exact = all(abs(part) < 2**53 for part in place if isinstance(part, int))
    if name != order.name or not suits or not exact or any("\0" in str(part) for part in place):
        raise MalformedCursor("the cursor is none of this list under this sort")
    return tuple(place)


def page(query: Query, listing: Listing, condition: Condition, order: Order, window: Window) -> Page:
    """One part of a list."""
    kind, params = listing.kind, dict(condition.params)
    where = [listing.shown, condition.sql]
    for mark, place in (("after", window.after), ("before", window.before)):
        if place is not None:
            beyond, more = order.beyond(mark, place, reverse=mark == "before")
            where.append(beyond)
            params |= more
    names = kind.__struct_fields__
    columns = ", ".join([*(f"t.{name}" for name in names), *order.terms])
    found = query.all(
        f"""SELECT {columns} FROM {listing.table} AS t
        WHERE t.organization_id = :o AND {" AND ".join(f"({each})" for each in where)}
        {order.by(reverse=window.backwards)} LIMIT :most""",
        **params,
        most=window.most + 1,
    )
    rows = [kind(*row[: len(names)]) for row in found]
    return cut(rows, [row[len(names) :] for row in found], window)


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
        row for row in rows if (after is None or (row.id,) > after) and (before is None or (row.id,) < before)
    ]
    return cut(rows, [(row.id,) for row in rows], window)


def count(query: Query, listing: Listing, condition: Condition) -> int:
    """How many rows the whole list has."""
    if listing.hidden is not None and condition.sql == EVERYTHING:
        return query.standing(listing.kind, listing.hidden)
    sql = f"""SELECT count(*) FROM {listing.table} AS t
        WHERE t.organization_id = :o AND ({listing.shown}) AND ({condition.sql})"""
    return query.counted(sql, **condition.params)


def one(query: Query, listing: Listing, values: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """The row of a list whose columns have these values, or None; the oldest, if there are several."""
    names = listing.kind.__struct_fields__
    wanted = " AND ".join(f"t.{name} = :v_{name}" for name in values)
    found = query.all(
        f"""SELECT {", ".join(f"t.{name}" for name in names)} FROM {listing.table} AS t
        WHERE t.organization_id = :o AND ({listing.shown}) AND {wanted}
        {listing.by_key.by(reverse=False)} LIMIT 1""",
        **params,
        **{f"v_{name}": value for name, value in values.items()},
    )
    return listing.kind(*found[0]) if found else None


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
        mine, marks = query.among(f"t.{column}", values[start : start + AT_ONCE])
        condition = f"{mine} AND ({where})"
        found += query.rows(kind, condition, f"{rest} LIMIT {MOST_ROWS + 1}", **marks, **(params or {}))
        if len(found) > MOST_ROWS:
            raise TooMuchAsked(f"a request brings back {MOST_ROWS} objects at most; ask for fewer at once")
    return found


def together(
    query: Query, read: Callable[[Query, Sequence[int]], list[Any]], values: Sequence[int]
) -> list[Any]:
    """What a read finds for all of the values, so many at a time. Refuses `TooMuchAsked`."""
    found: list[Any] = []
    for start in range(0, len(values), AT_ONCE):
        found += read(query, values[start : start + AT_ONCE])
        if len(found) > MOST_ROWS:
            raise TooMuchAsked(f"a request brings back {MOST_ROWS} objects at most; ask for fewer at once")
    return found
