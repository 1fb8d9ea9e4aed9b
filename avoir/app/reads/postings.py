"""Lines of the journal as the ledgers show them: of some accounts, in a period, in the base currency.

A line is shown without its document; `sources` finds those, many at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from avoir.app.reads.query import Query

AT_ONCE = 5000
"""Lines that are held at a time, where a reader takes them one after another."""

COLUMNS = """l.account_id, l.booked_on, l.entry_id, l.number, l.customer_id, l.base_debit_minor,
    l.base_credit_minor, e.source_kind, e.source_id, e.created_at"""
JOINED = """journal_lines AS l JOIN journal_entries AS e
    ON e.organization_id = l.organization_id AND e.id = l.entry_id"""


class Posting(NamedTuple):
    """One line, and what its entry is about."""

    account_id: int
    booked_on: str
    entry_id: int
    number: int
    customer_id: int | None
    debit: int
    credit: int
    source_kind: str
    source_id: int
    created_at: str

    @property
    def source(self) -> tuple[str, int]:
        return self.source_kind, self.source_id


class Scope(NamedTuple):
    """Which lines: of an entity or all, in a period, of branches and customers if any are named."""

    entity_id: int | None
    since: str
    until: str
    branch_ids: Sequence[int] = ()
    customer_ids: Sequence[int] = ()


def within(query: Query, scope: Scope, account_ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The condition on `l` that a line is of some accounts and in scope, and its parameters."""
    mine, params = query.among("l.account_id", account_ids)
    where = f"l.organization_id = :o AND {mine} AND l.booked_on BETWEEN :since AND :until"
    params |= {"since": scope.since, "until": scope.until}
    if scope.entity_id is not None:
        where, params = f"{where} AND l.entity_id = :entity", params | {"entity": scope.entity_id}
    for column, ids in (("l.branch_id", scope.branch_ids), ("l.customer_id", scope.customer_ids)):
        if ids:
            among, more = query.among(column, ids)
            where, params = f"{where} AND {among}", params | more
    return where, params


def postings(query: Query, scope: Scope, account_ids: Sequence[int], order: str) -> list[Posting]:
    """All lines of some accounts, at least one; `order` is of the columns above."""
    where, params = within(query, scope, account_ids)
    rows = query.all(f"SELECT {COLUMNS} FROM {JOINED} WHERE {where} ORDER BY {order}", **params)
    return list(map(Posting._make, rows))


def postings_of_account(query: Query, scope: Scope, account_id: int) -> Iterator[list[Posting]]:
    """An account's lines from the oldest on, some thousands at a time."""
    where, params = within(query, scope, [account_id])
    behind = "(l.booked_on, l.entry_id, l.number) > (:day, :entry, :line)"
    sql = f"""SELECT {COLUMNS} FROM {JOINED} WHERE {where} AND {behind}
        ORDER BY l.booked_on, l.entry_id, l.number LIMIT {AT_ONCE}"""
    last: tuple[str, int, int] = ("", 0, 0)
    while True:
        rows = [Posting(*row) for row in query.all(sql, **params, day=last[0], entry=last[1], line=last[2])]
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        last = (rows[-1].booked_on, rows[-1].entry_id, rows[-1].number)
        # The planner goes by days: without this every page would be looked for from the first day on.
        params["since"] = last[0]


def days_posted(query: Query, scope: Scope) -> list[str]:
    """The days on which anything was posted: asked of the balances, which are few."""
    where, params = "", dict[str, Any]()
    if scope.entity_id is not None:
        where, params = "AND t.entity_id = :entity", {"entity": scope.entity_id}
    if scope.branch_ids:
        among, more = query.among("t.branch_id", scope.branch_ids)
        where, params = f"{where} AND {among}", params | more
    rows = query.all(
        f"""SELECT DISTINCT t.booked_on FROM balances AS t WHERE t.organization_id = :o
            AND t.booked_on BETWEEN :since AND :until {where} ORDER BY 1""",
        since=scope.since, until=scope.until, **params,
    )  # fmt: skip
    return [day for (day,) in rows]
