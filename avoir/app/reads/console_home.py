"""The first page: what was given back, what waits for somebody, what is owed by age; in base currency."""

from datetime import date, timedelta
from functools import lru_cache

import msgspec

from avoir.app.reads.amounts import IS_DUE, IS_UNAPPLIED
from avoir.app.reads.console import names
from avoir.app.reads.console_lists import REFUNDS
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import RECEIVABLES
from avoir.core.customer import DisputeReason
from avoir.core.dispute import Dispute
from avoir.core.payment import Payment
from avoir.core.refund import Refund

MONTH = "substr(t.refunded_on, 1, 7)"
SINCE = f"""t.id IN (SELECT e.source_id FROM journal_lines AS l
    JOIN journal_entries AS e ON e.organization_id = :o AND e.id = l.entry_id AND e.source_kind = 'refund'
    WHERE l.organization_id = :o AND l.account_id IN ({RECEIVABLES})
        AND l.booked_on BETWEEN :last || '-01' AND :this || '-31')"""
"""The refunds of two months, by what they posted: refunds have no index of their days, lines have."""
GIVEN = "t.state IN ('pending', 'unknown', 'settled')"
"""What waits for approval is not given back yet."""
AWAITING, FAILED = REFUNDS.views["awaiting_approval"], REFUNDS.views["failed"]
FEW = 6
AGES = ("Not due yet", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")
"""How late a claim may be."""


class Share(msgspec.Struct, frozen=True):
    """One part of what was given back, this month and last."""

    name: str
    now_minor: int
    then_minor: int


class Age(msgspec.Struct, frozen=True):
    """What is owed and how late it is."""

    name: str
    minor: int
    count: int


Waiter = Refund | Dispute | Payment


class Item(msgspec.Struct, frozen=True):
    """Something that waits for somebody."""

    row: Waiter
    customer: str


class Home(msgspec.Struct, frozen=True):
    """Amounts in minor units of the base currency; `days` are sums up to each day of the month."""

    now_minor: int
    then_minor: int
    then_so_far_minor: int
    now_days: list[int]
    then_days: list[int]
    reasons: list[Share]
    rails: list[Share]
    waiting: list[Item]
    waiting_count: int
    waiting_minor: int
    failed: list[Item]
    failed_count: int
    ages: list[Age]
    unapplied: list[Item]
    unapplied_count: int
    unapplied_minor: int
    disputes: list[Item]
    disputes_minor: int

    @property
    def owed_minor(self) -> int:
        return sum(age.minor for age in self.ages)

    @property
    def overdue_minor(self) -> int:
        return sum(age.minor for age in self.ages[1:])


def home(query: Query, today: str) -> Home:
    """Everything that the first page shows."""
    this, last = today[:7], (date.fromisoformat(f"{today[:7]}-01") - timedelta(days=1)).isoformat()[:7]
    now, then = _by_day(query, this, last)
    day = int(today[8:10])
    waiting = query.rows(Refund, AWAITING, "ORDER BY t.id LIMIT :few", few=FEW)
    count, sum_ = _counted(query, "refunds", AWAITING, "t.base_amount_minor")
    failed = query.rows(
        Refund, f"{FAILED} AND t.refunded_on >= :since", "ORDER BY t.id DESC LIMIT :few",
        since=f"{last}-01", few=FEW,
    )  # fmt: skip
    free = query.rows(Payment, IS_UNAPPLIED, "ORDER BY t.received_on, t.id LIMIT :few", few=FEW)
    free_count, free_minor = _counted(
        query, "payments", IS_UNAPPLIED, "t.base_amount_minor - t.base_used_minor"
    )
    # The nearest date first; those whose bank has named none, after them, the oldest first.
    near = "ORDER BY CASE WHEN t.respond_by = '' THEN 1 ELSE 0 END, t.respond_by, t.opened_on, t.id"
    disputes = query.rows(Dispute, "t.state = 'open'", f"{near} LIMIT :few", few=FEW)
    _, disputed = _counted(query, "disputes", "t.state = 'open'", "t.base_amount_minor")
    waiters: list[Waiter] = [*waiting, *failed, *free, *disputes]
    who = names(query, [x.customer_id for x in waiters])

    def items(rows: list[Refund] | list[Payment] | list[Dispute]) -> list[Item]:
        return [Item(x, who[x.customer_id]) for x in rows]

    return Home(
        now_minor=sum(now.values()),
        then_minor=sum(then.values()),
        then_so_far_minor=sum(minor for on, minor in then.items() if on <= day),
        now_days=_summed(now, day),
        then_days=_summed(then, 31),
        reasons=_by_reason(query, this, last),
        rails=_shares(query, "t.rail", "refunds AS t", this, last),
        waiting=items(waiting),
        waiting_count=count,
        waiting_minor=sum_,
        failed=items(failed),
        failed_count=query.count(Refund, f"{FAILED} AND t.refunded_on >= :since", since=f"{last}-01"),
        ages=ages(query, today),
        unapplied=items(free),
        unapplied_count=free_count,
        unapplied_minor=free_minor,
        disputes=items(disputes),
        disputes_minor=disputed,
    )


def ages(query: Query, today: str) -> list[Age]:
    """What is owed by how long it is overdue, as it stands in the receivable account."""
    by_day = query.all(
        f"""SELECT t.due_on, CAST(SUM(t.base_total_minor - t.base_settled_minor) AS BIGINT), count(*)
            FROM invoices AS t WHERE t.organization_id = :o AND t.state = 'issued' AND {IS_DUE}
            GROUP BY t.due_on"""
    )
    minors, counts = [0] * len(AGES), [0] * len(AGES)
    for due_on, minor, count in by_day:
        age = age_of(due_on, today)
        minors[age] += minor
        counts[age] += count
    return [Age(*each) for each in zip(AGES, minors, counts, strict=True)]


@lru_cache(4096)
def age_of(due_on: str, today: str) -> int:
    """Which of `AGES` a claim has that was due on a day."""
    late = (date.fromisoformat(today) - date.fromisoformat(due_on)).days
    return 0 if late <= 0 else min((late - 1) // 30 + 1, len(AGES) - 1)


def _by_day(query: Query, this: str, last: str) -> tuple[dict[int, int], dict[int, int]]:
    rows = query.all(
        f"""SELECT t.refunded_on, CAST(SUM(t.base_amount_minor) AS BIGINT) FROM refunds AS t
            WHERE t.organization_id = :o AND {MONTH} IN (:this, :last) AND {GIVEN} AND {SINCE}
            GROUP BY t.refunded_on""",
        this=this, last=last,
    )  # fmt: skip
    now, then = ({int(on[8:]): minor for on, minor in rows if on[:7] == month} for month in (this, last))
    return now, then


def _summed(days: dict[int, int], until: int) -> list[int]:
    sums, so_far = [], 0
    for day in range(1, until + 1):
        so_far += days.get(day, 0)
        sums.append(so_far)
    return sums


def _by_reason(query: Query, this: str, last: str) -> list[Share]:
    joined = """refunds AS t LEFT JOIN credit_notes AS n
        ON n.organization_id = t.organization_id AND n.id = t.credit_note_id"""
    shares = _shares(query, "coalesce(n.dispute_reason_id, 0)", joined, this, last)
    known = {str(x.id): x.name for x in query.rows(DisputeReason)}
    return [msgspec.structs.replace(x, name=known.get(x.name, "No reason given")) for x in shares]


def _shares(query: Query, by: str, rows: str, this: str, last: str) -> list[Share]:
    part = (
        "CAST(SUM(CASE WHEN substr(t.refunded_on, 1, 7) = :{} THEN t.base_amount_minor ELSE 0 END) AS BIGINT)"
    )
    found = query.all(
        f"""SELECT {by}, {part.format("this")}, {part.format("last")} FROM {rows}
            WHERE t.organization_id = :o AND {MONTH} IN (:this, :last) AND {GIVEN} AND {SINCE}
            GROUP BY {by}""",
        this=this, last=last,
    )  # fmt: skip
    return sorted(
        (Share(str(name), now, then) for name, now, then in found),
        key=lambda x: (-x.now_minor, -x.then_minor),
    )


def _counted(query: Query, table: str, where: str, minor: str) -> tuple[int, int]:
    (found,) = query.all(
        f"""SELECT count(*), CAST(coalesce(SUM({minor}), 0) AS BIGINT) FROM {table} AS t
            WHERE t.organization_id = :o AND {where}"""
    )
    return found[0], found[1]
