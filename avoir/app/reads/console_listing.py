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
    sort: str = ""  # One of the list's columns; as it was written, the newest first, if it is none.
    falling: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether something is looked for among all rows of a view."""
        return bool(self.search or self.since or self.until or self.customer_id is not None)


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
    `hidden` is what of the kind is in no view, as `Query.standing` takes it. The views that are `held` are in
    the words of an index of few rows; `rest` is the view of what is in no other one.
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
    hidden: tuple[str, ...]
    held: frozenset[str]
    summed_view: str = ""
    """The view that `sum` is of: it is nothing of what is not in it."""
    rest: str = ""
    sums: Mapping[str, tuple[str, str]] = {}
    """What a view sums to instead, and what that is."""
    besides: Callable[[Query, Sequence[Any]], Mapping[int, str]] = _nothing_besides
    """The standing of those rows that have one by other rows than themselves."""

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
    """A page of a list; `counts` by view, `sums` by currency of all that is wished for: `summed`.

    Of a long list views are not counted, and nothing is `summed`, where no index holds it.
    """

    page: Page
    counts: dict[str, int]
    sums: dict[str, int]
    summed: str
    who: str = ""
