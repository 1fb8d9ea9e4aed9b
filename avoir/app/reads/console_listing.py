"""What the console asks of a list, what a list may be asked, and what is answered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from avoir.app.reads.console import Page
from avoir.app.reads.query import Query
from avoir.core.row import Row


class Wish(msgspec.Struct, frozen=True):
    """Which rows are wanted; what is empty does not matter."""

    today: str
    view: str = ""
    search: str = ""
    customer_id: int | None = None
    since: str = ""
    until: str = ""
    page: int = 1
    size: int = 50
    sort: str = ""  # One of the list's columns; by day, the latest first, if it is none.
    falling: bool = False


class Order(NamedTuple):
    """What a column is sorted by: some SQL that turns around, perhaps below some that never does.

    `falls` says that the largest or latest comes first, unless the other way is asked for.
    """

    by: tuple[str, ...]
    falls: bool = False
    within: str = ""

    def sql(self, falling: bool) -> str:
        """The ORDER BY of one way or the other; rows that are alike stand by their age."""
        way = "DESC" if falling else "ASC"
        first = [self.within] if self.within else []
        return ", ".join((*first, *(f"{each} {way}" for each in (*self.by, "t.id"))))


def _nothing_besides(query: Query, rows: Sequence[Any]) -> Mapping[int, str]:
    return {}


class Listing(NamedTuple):
    """What a list may be asked: its views (each a condition), its day, what it is searched by and sums to.

    It is sorted by its `orders` and nothing else; by state as its views are `ranked`, the others last.
    """

    kind: type[Row]
    views: Mapping[str, str]
    day: str
    searched: tuple[str, ...]
    sum: str
    summed: str
    standing: Callable[[Any, str], str]
    ranked: tuple[str, ...]
    orders: Mapping[str, Order]
    sums: Mapping[str, tuple[str, str]] = {}
    """What a view sums to instead, and what that is."""
    besides: Callable[[Query, Sequence[Any]], Mapping[int, str]] = _nothing_besides
    """The standing of those rows that have one by other rows than themselves."""

    @property
    def latest(self) -> str:
        """The column that it is sorted by, falling, if nobody says otherwise."""
        return next(name for name, order in self.orders.items() if order.by == (self.day,))

    @property
    def columns(self) -> dict[str, Order]:
        """Every column that it may be sorted by."""
        ranks = " ".join(f"WHEN {self.views[view]} THEN {place}" for place, view in enumerate(self.ranked))
        return {**self.orders, "state": Order((f"CASE {ranks} ELSE {len(self.ranked)} END",))}


class Line(msgspec.Struct, frozen=True):
    """One row of a list."""

    row: Any
    customer: str
    standing: str


class Listed(msgspec.Struct, frozen=True):
    """A page of a list; `counts` by view, `sums` by currency of all that is wished for: `summed`."""

    page: Page
    counts: dict[str, int]
    sums: dict[str, int]
    summed: str
    who: str = ""
