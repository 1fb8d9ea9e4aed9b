"""Lists: a page of rows, sorted, searched and filtered, by a table of what each list may be asked.

The SQL is made of the tables below and of `:named` parameters; nothing of what a client writes enters it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from avoir.app.reads.query import Query
from avoir.core.currency import EXPONENTS
from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

TEXT, NUMBER, MICRO, MONEY, DAY, CHOICE = "text", "number", "micro", "money", "day", "choice"
MOST_ROLES = 50
_FAR = 2**62


class BadFilter(Refusal):
    """A filter is a list of objects, each with a field, a comparator that suits it, and a value."""

    code, kind = "bad_filter", Kind.INVALID


class UnknownFilterField(Refusal):
    """The list knows no such field to filter by."""

    code, kind = "unknown_filter_field", Kind.INVALID


class UnknownSortColumn(Refusal):
    """The list knows no such field to sort by."""

    code, kind = "unknown_sort_column", Kind.INVALID


class UnknownView(Refusal):
    """The list knows no such view."""

    code, kind = "unknown_view", Kind.INVALID


class Column(NamedTuple):
    """A field of a list: its SQL, and how it compares. A choice has a condition for each of its words."""

    sql: str
    kind: str = TEXT
    words: Mapping[str, str] = {}


def yes_or_no(sql: str) -> dict[str, str]:
    """The words of a choice between yes and no, as clients write them."""
    return {word: f"{sql} = {int(word in ('true', '1'))}" for word in ("true", "1", "false", "0")}


class Listing(NamedTuple):
    """What a list may be asked: its rows, fields, searched fields, and views (by slug, each a condition).

    `inactive` is the condition of rows that are shown only when they are asked for, and then alone.
    `first_view` is the number of the first view; the others are counted from it. `hidden` is what `where`
    leaves out, as `Query.standing` takes it; None if only counting tells how many there are.
    """

    kind: type[Row]
    columns: Mapping[str, Column]
    searched: Sequence[str] = ()
    views: Mapping[str, str] = {}
    where: str = ""
    inactive: str = ""
    first_view: int = 0
    hidden: tuple[str, ...] | None = None


class Role(NamedTuple):
    """One condition of a filter; `joined` says how it is tied to those before it."""

    field: str
    comparator: str
    value: Any
    joined: str = "and"


class Wish(NamedTuple):
    """Which page of a list is wanted."""

    page: int = 1
    size: int = 12
    sort_by: str = "created_at"
    descending: bool = True
    search: str = ""
    view: str = ""
    roles: tuple[Role, ...] = ()
    view_id: int | None = None
    inactive: bool = False


class Page(NamedTuple):
    """A page of rows, and how many there are in all."""

    rows: list[Any]
    total: int


def page_of(query: Query, listing: Listing, wish: Wish) -> Page:
    """Refuses `BadFilter`, `UnknownFilterField`, `UnknownSortColumn`, `UnknownView`."""
    column = listing.columns.get(wish.sort_by)
    if column is None:
        raise UnknownSortColumn("the list has no such field to sort by", field=wish.sort_by)
    params: dict[str, Any] = {}
    conditions = [listing.where] if listing.where else []
    if listing.inactive:
        conditions.append(listing.inactive if wish.inactive else f"NOT ({listing.inactive})")
    if view := view_of(listing, wish):
        conditions.append(listing.views[view])
    if wish.search:
        conditions.append(_searched(listing, wish.search, params))
    if wish.roles:
        conditions.append(_filtered(listing, wish.roles, params))
    where = " AND ".join(f"({each})" for each in conditions)
    if listing.hidden is not None and where in ("", f"({listing.where})"):
        total = query.standing(listing.kind, listing.hidden)
    else:
        total = query.count(listing.kind, where, **params)
    skip = min((wish.page - 1) * wish.size, _FAR)
    size = max(0, min(wish.size, total - skip))
    # What lies nearer to the end is read from there: a database goes through all that it leaves out.
    behind = total - skip - size
    from_end = behind < skip
    way = "DESC" if wish.descending != from_end else "ASC"
    ties = ", ".join(f"t.{name} {way}" for name in listing.kind.KEY[1:])
    rest = f"ORDER BY {column.sql} {way}, {ties} LIMIT :size OFFSET :skip"
    params |= {"size": size, "skip": behind if from_end else skip}
    rows = query.rows(listing.kind, where, rest, **params) if size else []
    if from_end:
        rows.reverse()
    return Page(rows, total)


def view_of(listing: Listing, wish: Wish) -> str:
    """The slug of the view that is wanted, by slug or number; empty for none. Refuses `UnknownView`."""
    view = wish.view
    if not view and wish.view_id is not None:
        slugs, place = list(listing.views), wish.view_id - listing.first_view
        view = slugs[place] if 0 <= place < len(slugs) else str(wish.view_id)
    if view and view not in listing.views:
        raise UnknownView("the list has no such view", view=view)
    return view


def _searched(listing: Listing, keyword: str, params: dict[str, Any]) -> str:
    conditions = []
    for name in listing.searched:
        column = listing.columns[name]
        if column.kind == TEXT:
            conditions.append(_text(column, "contains", keyword, params))
        elif (number := _number(keyword)) is not None:
            conditions.append(_amount(column, "equals", number, params))
    return " OR ".join(conditions) or "1 = 0"


def _filtered(listing: Listing, roles: Sequence[Role], params: dict[str, Any]) -> str:
    if len(roles) > MOST_ROLES:
        raise BadFilter(f"a filter has at most {MOST_ROLES} conditions", most=MOST_ROLES)
    joined = ""
    for role in roles:
        column = listing.columns.get(role.field)
        if column is None:
            raise UnknownFilterField("the list has no such field to filter by", field=role.field)
        if "\0" in str(role.value):
            raise BadFilter("no value holds the character NUL", field=role.field)
        condition = _COMPARED[column.kind](column, role.comparator, role.value, params)
        joined = f"({joined} {'OR' if role.joined == 'or' else 'AND'} {condition})" if joined else condition
    return joined


# Comparators by kind of field; contract B's clients spell them in two ways.

_EQUAL, _NOT = ("equals", "equal", "is"), ("not_equals", "not_equal", "is_not")
_NUMBERS = {
    "bigger_than": ">", "bigger": ">", "bigger_or_equals": ">=",
    "smaller_than": "<", "smaller": "<", "smaller_or_equals": "<=",
} | dict.fromkeys(_EQUAL, "=") | dict.fromkeys(_NOT, "<>")  # fmt: skip
_DAYS = {"after": ">", "before": "<", "in": "="} | dict.fromkeys(_EQUAL, "=") | dict.fromkeys(_NOT, "<>")
_LIKE = {
    "contains": "%{}%", "contain": "%{}%", "not_contains": "%{}%", "not_contain": "%{}%",
    "starts_with": "{}%", "start_with": "{}%", "ends_with": "%{}", "end_with": "%{}",
} | dict.fromkeys((*_EQUAL, *_NOT), "{}")  # fmt: skip


_SPECIAL = re.compile(r"[\\%_]")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def _text(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    """Letters of ASCII are alike in both cases; of others, a database may or may not know as much."""
    if comparator == "in":
        values = value if isinstance(value, list) else str(value).split(",")
        each = [_text(column, "equals", one, params) for one in values[:100]]
        return f"({' OR '.join(each)})" if each else "1 = 0"
    if comparator not in _LIKE or not isinstance(value, str | int | Decimal):
        raise BadFilter("the comparator does not suit a text", comparator=comparator)
    # SQLite leaves É as it is, and PostgreSQL makes it é: what is meant is found by both.
    either = []
    for literal in dict.fromkeys((str(value).translate(_LOWER), str(value).lower())):
        name = _named(params, _LIKE[comparator].format(_SPECIAL.sub(r"\\\g<0>", literal)))
        either.append(f"lower({column.sql}) LIKE {name} ESCAPE '\\'")
    no = "NOT " if comparator.startswith(("not_", "is_not")) else ""
    return f"{no}({' OR '.join(either)})"


def _plain_number(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    return _compared(column.sql, comparator, value, params, 0)


def _micro(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    return _compared(column.sql, comparator, value, params, 6)


def _amount(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    """Amounts are kept in minor units: what is asked in major units is as many as the currency says."""
    by_places = {
        places: [c for c, n in EXPONENTS.items() if n == places] for places in set(EXPONENTS.values())
    }
    conditions = []
    for places, currencies in sorted(by_places.items()):
        listed = ", ".join(f"'{currency}'" for currency in currencies)
        compared = _compared(column.sql, comparator, value, params, places)
        conditions.append(f"(t.currency IN ({listed}) AND {compared})")
    return f"({' OR '.join(conditions)})"


def _compared(sql: str, comparator: str, value: Any, params: dict[str, Any], places: int) -> str:
    number, sign = _number(value), _NUMBERS.get(comparator)
    if number is None or sign is None:
        raise BadFilter("the comparator does not suit a number", comparator=comparator)
    exact = number.scaleb(places) if abs(number.adjusted()) < 100 else number
    # Between two whole numbers: below the one is at most the other, and nothing equals it.
    up = sign in ("<", ">=")
    bound = exact.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if sign in ("=", "<>") and bound != exact:
        return "1 = 0" if sign == "=" else "1 = 1"
    near = int(bound) if bound.adjusted() < 18 else (_FAR if bound > 0 else -_FAR)
    return f"{sql} {sign} {_named(params, near)}"


def _on(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    if comparator not in _DAYS or not isinstance(value, str):
        raise BadFilter("the comparator does not suit a day", comparator=comparator)
    return f"substr({column.sql}, 1, 10) {_DAYS[comparator]} {_named(params, value[:10])}"


def _chosen(column: Column, comparator: str, value: Any, params: dict[str, Any]) -> str:
    condition = column.words.get(str(value).lower())
    if condition is None or comparator not in (*_EQUAL, *_NOT):
        raise BadFilter("the field has no such value or comparator", comparator=comparator, value=str(value))
    return f"NOT ({condition})" if comparator in _NOT else f"({condition})"


_COMPARED: dict[str, Callable[[Column, str, Any, dict[str, Any]], str]] = {
    TEXT: _text,
    NUMBER: _plain_number,
    MICRO: _micro,
    MONEY: _amount,
    DAY: _on,
    CHOICE: _chosen,
}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _named(params: dict[str, Any], value: Any) -> str:
    name = f"p{len(params)}"
    params[name] = value
    return f":{name}"
