"""Load a desk and save it: one statement per table, one commit for all."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from avoir.core.books import KINDS
from avoir.core.desk import Desk
from avoir.core.journal import Balance, CustomerBalance, JournalLine, MonthBalance
from avoir.core.row import Row
from avoir.core.want import Wanted
from avoir.store.protocol import Batch, Change, Database, Fetch

S = TypeVar("S", JournalLine, Balance)
T = TypeVar("T", bound=Row)
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
    sums = _summed(lines, _OF_DAY)
    return _in_order([Balance(*(*key[:4], key[4] or 0, key[5]), *sides) for key, sides in sums])


def month_balances(balances: Sequence[Balance]) -> list[MonthBalance]:
    """What balances of days add to those of their months, in key order."""
    sums = _summed(balances, lambda x: (*_OF_DAY(x)[:5], x.booked_on[:7]))
    return _in_order([MonthBalance(*key, *sides) for key, sides in sums])


def customer_balances(lines: Sequence[JournalLine]) -> list[CustomerBalance]:
    """What the lines that name a customer add to what stands with each, in key order."""
    sums = _summed([x for x in lines if x.customer_id is not None], _OF_CUSTOMER)
    return _in_order([CustomerBalance(*(*key[:5], key[5] or 0), *sides) for key, sides in sums])


_OF_DAY = attrgetter("organization_id", "entity_id", "account_id", "currency", "branch_id", "booked_on")
_OF_CUSTOMER = attrgetter(
    "organization_id", "customer_id", "account_id", "entity_id", "currency", "branch_id"
)
_SIDES = attrgetter("debit_minor", "credit_minor", "base_debit_minor", "base_credit_minor")


def _summed(
    rows: Sequence[S], key_of: Callable[[S], tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The four sides of what has one key, each summed. A line of no branch has None where a sum has 0."""
    sides = defaultdict(list)
    for key, x in zip(map(key_of, rows), map(_SIDES, rows), strict=True):
        sides[key].append(x)
    return ((key, map(sum, zip(*found, strict=True))) for key, found in sides.items())


def _in_order(rows: list[T]) -> list[T]:
    return sorted(rows, key=type(rows[0]).key) if rows else rows
