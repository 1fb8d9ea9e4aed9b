"""What stood on every account at the end of some days: one question to the balances, whatever the report.

Amounts are in the minor units of the entity's base currency. No line of the journal is looked at: the
balances of days and of months are kept with every batch, and `verify` proves them against the lines.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.errors import Kind, Refusal

BEGINNING = "0001-01-01"
FEW_CUTS = 40
"""Up to so many days the database sums months and days up to each; for more the days are summed here."""

MOST_CUTS = 4000

Terms = tuple[tuple[int, int], ...]
"""Accounts, and whether each counts as it stands (1: debit is positive) or with the other sign (-1)."""


class TooManyColumns(Refusal):
    """A report has at most a thousand columns: a wider one is asked for by month or by year."""

    code, kind = "too_many_columns", Kind.INVALID


class Sides(NamedTuple):
    """What was posted to an account on either side."""

    debit: int = 0
    credit: int = 0

    @property
    def balance(self) -> int:
        return self.debit - self.credit


class Figures:
    """The sides of every account up to and including each of the `cuts`, days in their order."""

    def __init__(
        self, accounts: Sequence[Account], cuts: Sequence[str], sums: Mapping[int, list[Sides]]
    ) -> None:
        self.accounts, self.cuts, self.sums = accounts, cuts, sums
        self._place = {cut: place for place, cut in enumerate(cuts)}

    def up_to(self, account_id: int, day: str) -> Sides:
        """All that was posted to an account up to the end of a day, which must be one of the cuts."""
        if not day:
            return Sides()
        sums = self.sums.get(account_id)
        return sums[self._place[day]] if sums else Sides()

    def within(self, account_id: int, since: str, until: str) -> Sides:
        """What was posted from one day to another, both included; `period` makes the cuts for it."""
        before, after = self.up_to(account_id, day_before(since)), self.up_to(account_id, until)
        return Sides(after.debit - before.debit, after.credit - before.credit)

    def at(self, terms: Terms, day: str) -> int:
        """What some accounts together stand at, at the end of a day."""
        return sum(sign * self.up_to(id, day).balance for id, sign in terms)

    def over(self, terms: Terms, since: str, until: str) -> int:
        """What some accounts together moved by, from one day to another."""
        return sum(sign * self.within(id, since, until).balance for id, sign in terms)


def chart(query: Query) -> list[Account]:
    """Every account, in the order of their codes: sorted here, since databases differ about texts."""
    return sorted(query.rows(Account), key=lambda account: (account.code, account.id))


def period(since: str, until: str) -> tuple[str, ...]:
    """The cuts that say what happened from one day to another."""
    return (day_before(since), until)


def day_before(day: str) -> str:
    """The day before; nothing before the first of all days."""
    return "" if day <= BEGINNING else (date.fromisoformat(day) - timedelta(1)).isoformat()


def figures(
    query: Query,
    entity_id: int | None,
    days: Iterable[str],
    *,
    branch_ids: Sequence[int] = (),
    opening: bool = True,
) -> Figures:
    """Every account of the chart, by code, with what stood on it at the end of each day.

    Of one entity, or of all. `branch_ids` narrow it to lines of these branches, when any are given. Without
    `opening` all accounts stand at nothing on the first of the days: enough where only movements are asked
    for, and less to read. Refuses `TooManyColumns`.
    """
    cuts = sorted({day for day in days if day})
    if len(cuts) > MOST_CUTS:
        raise TooManyColumns("a report has at most a thousand columns", most=1000)
    accounts = chart(query)
    sums: dict[int, list[Sides]] = {}
    for account_id, place, debit, credit in _sums(query, entity_id, cuts, branch_ids, opening):
        of_account = sums.setdefault(account_id, [Sides()] * len(cuts))
        known = of_account[place]
        of_account[place] = Sides(known.debit + debit, known.credit + credit)
    for of_account in sums.values():
        debit = credit = 0
        for place, each in enumerate(of_account):
            debit, credit = debit + each.debit, credit + each.credit
            of_account[place] = Sides(debit, credit)
    return Figures(accounts, cuts, sums)


def _sums(
    query: Query, entity_id: int | None, cuts: Sequence[str], branch_ids: Sequence[int], opening: bool
) -> list[tuple[int, int, int, int]]:
    """Account, place of the first cut that holds it, debits, credits."""
    if not cuts:
        return []
    params: dict[str, Any] = {"last": cuts[-1]}
    where = ""
    if entity_id is not None:
        # With a sign, so that no key is looked up by it: days are found by their index.
        where, params = f"{where} AND +t.entity_id = :entity", params | {"entity": entity_id}
    if branch_ids:
        mine, more = query.among("t.branch_id", branch_ids)
        where, params = f"{where} AND {mine}", params | more
    if not opening:
        params["first"] = cuts[0]
    if len(cuts) > FEW_CUTS:
        days = _rows("balances", "t.booked_on", where, opening)
        rows = query.all(_summed("x.day", days), **params)
        return [(id, bisect_left(cuts, day), debit, credit) for id, day, debit, credit in rows]
    parted = sorted({cut[:7] for cut in cuts if not _ends_its_month(cut)})
    months = _rows("month_balances", "t.month || '-00'", where, opening)
    if parted:
        params["parted"] = parted
        months += " AND NOT (t.month IN (:parted[]))"
    parts = [months]
    for place, month in enumerate(parted):
        params |= {f"first_{place}": f"{month}-01", f"last_{place}": f"{month}-31"}
        within = f"{where} AND t.booked_on BETWEEN :first_{place} AND :last_{place}"
        parts.append(_rows("balances", "t.booked_on", within, opening))
    params |= {f"cut_{place}": cut for place, cut in enumerate(cuts)}
    whens = " ".join(f"WHEN x.day <= :cut_{place} THEN {place}" for place in range(len(cuts)))
    return query.all(_summed(f"CASE {whens} END", " UNION ALL ".join(parts)), **params)


def _ends_its_month(day: str) -> bool:
    return monthrange(int(day[:4]), int(day[5:7]))[1] == int(day[8:])


def _rows(table: str, day: str, where: str, opening: bool) -> str:
    """Balances of days or of months, each with its day: a month's is before its first.

    No cut parts a month that is taken as a whole, so all of it lies on the same side of each.
    """
    since = "" if opening else f"AND {day} > :first"
    return f"""SELECT t.account_id, {day} AS day, t.base_debit_minor, t.base_credit_minor FROM {table} AS t
        WHERE t.organization_id = :o AND {day} <= :last {since} {where}"""


def _summed(place: str, rows: str) -> str:
    return f"""SELECT x.account_id, {place}, CAST(SUM(x.base_debit_minor) AS BIGINT),
        CAST(SUM(x.base_credit_minor) AS BIGINT) FROM ({rows}) AS x GROUP BY 1, 2"""
