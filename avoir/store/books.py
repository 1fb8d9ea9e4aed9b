"""Load a desk and save it: one statement per table, one commit for all."""

from collections.abc import Sequence
from typing import Any

from avoir.core.books import KINDS
from avoir.core.desk import Desk
from avoir.core.journal import Balance, CustomerBalance, JournalLine, MonthBalance
from avoir.core.row import Row
from avoir.core.want import Wanted
from avoir.store.protocol import Batch, Change, Database, Fetch

_PLACE = {kind: place for place, kind in enumerate(KINDS)}


class Books:
    """The store as the clerk knows it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.begin, self.rollback, self.close = database.begin, database.rollback, database.close

    def load(self, desk: Desk, wanted: Wanted) -> None:
        """Fetch rows and groups, a statement for each kind; counters come first, and with them the pen."""
        plan = sorted(wanted.items(), key=lambda each: (_PLACE[each[0][0]], each[0][1] or ()))
        fetches = [Fetch(kind, by or kind.KEY, list(keys)) for (kind, by), keys in plan]
        for ((kind, by), keys), found in zip(plan, self.database.fetch(fetches), strict=True):
            if by is None:
                desk.lay(kind, keys, found)
            else:
                desk.lay_group(kind, by, keys, found)

    def write(self, desk: Desk) -> None:
        """Hand over what was written since the last time, to a database that works on it meanwhile."""
        if self.database.meanwhile:
            self.database.write(batch_of(desk))
            desk.handed_over()

    def save(self, desk: Desk) -> None:
        """Write what is left to be written, and commit."""
        self.database.commit(batch_of(desk))


def batch_of(desk: Desk) -> Batch:
    """What the desk has to write, in the order of the kinds; what goes, what refers to it first."""
    desk.count()
    batch = Batch([], [], [])
    for kind in KINDS:
        if desk.touched.get(kind):
            new, changed, gone = desk.written(kind)
            if new:
                batch.new.append(new)
            if changed and (columns := desk.columns(kind)):
                batch.changed.append(Change(kind, columns, changed))
            if gone:
                batch.gone.insert(0, gone)
            if new and kind is JournalLine:
                batch.new.extend(sums(new))
    return batch


def sums(lines: Sequence[JournalLine]) -> list[list[Row]]:
    """What lines add to each sum that is kept of them: a list for each kind that there is anything of."""
    of_days = balances(lines)
    return [[*rows] for rows in (of_days, month_balances(of_days), customer_balances(lines)) if rows]


def balances(lines: Sequence[JournalLine]) -> list[Balance]:
    """What the lines add to each balance, in key order, so that two processes never lock crosswise."""
    sums = _Sums()
    for x in lines:
        sums.add((x.organization_id, x.entity_id, x.account_id, x.currency, x.branch_id or 0, x.booked_on), x)
    return [Balance(*key, *sums[key]) for key in sorted(sums)]


def month_balances(balances: Sequence[Balance]) -> list[MonthBalance]:
    """What balances of days add to those of their months, in key order."""
    sums = _Sums()
    for x in balances:
        sums.add((x.organization_id, x.entity_id, x.account_id, x.currency, x.branch_id, x.booked_on[:7]), x)
    return [MonthBalance(*key, *sums[key]) for key in sorted(sums)]


def customer_balances(lines: Sequence[JournalLine]) -> list[CustomerBalance]:
    """What the lines that name a customer add to what stands with each, in key order."""
    sums = _Sums()
    for x in lines:
        if x.customer_id is not None:
            sums.add(
                (x.organization_id, x.customer_id, x.account_id, x.entity_id, x.currency, x.branch_id or 0),
                x,
            )
    return [CustomerBalance(*key, *sums[key]) for key in sorted(sums)]


class _Sums(dict[tuple[Any, ...], list[int]]):
    """The four sides of what has one key."""

    def add(self, key: tuple[Any, ...], x: JournalLine | Balance) -> None:
        sum_ = self.get(key)
        if sum_ is None:
            self[key] = [x.debit_minor, x.credit_minor, x.base_debit_minor, x.base_credit_minor]
            return
        sum_[0] += x.debit_minor
        sum_[1] += x.credit_minor
        sum_[2] += x.base_debit_minor
        sum_[3] += x.base_credit_minor
