"""What customers owe on a day: by customer, by currency, and by what is still open.

What stands now is kept, for each customer as a sum and for each invoice in its row. A day that is past is
reckoned back to: what happened since is taken off again, lines and allocations alike. So it costs what is
open, and what happened since the day, however old the books are. The open items of a day sum to the
receivable account on that day; what of it is no invoice's and no journal's claim is the customers' credit.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from avoir.app.reads.amounts import is_due
from avoir.app.reads.postings import Scope, within
from avoir.app.reads.query import Query

RECEIVABLES = "SELECT r.id FROM accounts AS r WHERE r.organization_id = :o AND r.role = 'receivable'"
NEVER = "9999-12-31"
IN_BASE = "{0}.base_debit_minor - {0}.base_credit_minor"
IN_OWN = "{0}.debit_minor - {0}.credit_minor"


class OpenItem(NamedTuple):
    """What one document leaves open with a customer; negative is what the customer is owed. Base currency.

    `due_on` is empty for credits: what is owed to a customer is never late.
    """

    customer_id: int
    due_on: str
    minor: int


class Standing(NamedTuple):
    """A customer's receivable: before a period and in it."""

    opening: int
    moved: int

    @property
    def closing(self) -> int:
        return self.opening + self.moved


def receivable_accounts(query: Query) -> list[int]:
    """The accounts that hold what customers owe."""
    return [id for (id,) in query.all(RECEIVABLES)]


def standings(query: Query, scope: Scope) -> dict[int, Standing]:
    """Of every customer with a line up to the end of the period: what was owed before it, and since.

    In the base currency.
    """
    found: dict[int, Standing] = {}
    unsure = []
    for id, closing, moved, later in _standings(query, scope, ("customer_id",), IN_BASE):
        found[id] = Standing(closing - moved, moved)
        if later and not closing and not moved:
            unsure.append(id)
    for id in _came_later(query, unsure, scope.until):
        del found[id]
    return found


def standings_by_currency(query: Query, scope: Scope) -> dict[tuple[int, str], Standing]:
    """As `standings`, for each customer and currency that there ever was, in that currency."""
    rows = _standings(query, scope, ("customer_id", "currency"), IN_OWN)
    return {(id, currency): Standing(closing - moved, moved) for id, currency, closing, moved, _ in rows}


def _standings(query: Query, scope: Scope, by: Sequence[str], amount: str) -> list[tuple[Any, ...]]:
    """What stands at the end of a period, what moved in it, and how many lines came later; by some columns.

    It is what stands now, less what came later.
    """
    accounts = receivable_accounts(query)
    kept, params = _now(query, scope, accounts)
    lines, more = within(query, scope._replace(until=NEVER), accounts)
    columns, of_kept, of_lines = (", ".join(f"{row}.{name}" for name in by) for row in ("x", "b", "l"))
    line = amount.format("l")
    return query.all(
        f"""SELECT {columns}, CAST(SUM(x.closing) AS BIGINT), CAST(SUM(x.moved) AS BIGINT),
                CAST(SUM(x.later) AS BIGINT)
            FROM (SELECT {of_kept}, {amount.format("b")} AS closing, 0 AS moved, 0 AS later
                FROM customer_balances AS b WHERE {kept}
            UNION ALL SELECT {of_lines}, CASE WHEN l.booked_on > :last THEN -({line}) ELSE 0 END,
                CASE WHEN l.booked_on > :last THEN 0 ELSE {line} END,
                CASE WHEN l.booked_on > :last THEN 1 ELSE 0 END
                FROM journal_lines AS l WHERE {lines} AND l.customer_id IS NOT NULL
            ) AS x GROUP BY {columns} ORDER BY {columns}""",
        **params | more, last=scope.until,
    )  # fmt: skip


def _now(query: Query, scope: Scope, account_ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The condition that a customer's balance `b` is of some accounts and in scope, whatever the day."""
    mine, params = query.among("b.account_id", account_ids)
    where, more = _of(query, scope, "b")
    return f"{where} AND {mine}", params | more


def _of(query: Query, scope: Scope, row: str) -> tuple[str, dict[str, Any]]:
    """The condition that a row is of the scope's entity, branches and customers, and its parameters."""
    where, params = f"{row}.organization_id = :o", dict[str, Any]()
    if scope.entity_id is not None:
        where, params = f"{where} AND {row}.entity_id = :entity", {"entity": scope.entity_id}
    for column, ids in ((f"{row}.branch_id", scope.branch_ids), (f"{row}.customer_id", scope.customer_ids)):
        if ids:
            among, more = query.among(column, ids)
            where, params = f"{where} AND {among}", params | more
    return where, params


def _came_later(query: Query, ids: Sequence[int], on: str) -> set[int]:
    """Those of some customers who had no document yet at the end of a day: nothing of theirs was posted."""
    if not ids:
        return set()
    among, params = query.among("c.id", ids)
    dated = (("invoices", "issued_on"), ("credit_notes", "issued_on"), ("payments", "received_on"))
    any_of = " OR ".join(
        f"""EXISTS (SELECT 1 FROM {table} AS t WHERE t.organization_id = :o AND t.customer_id = c.id
            AND t.{day} <= :on AND t.entry_id IS NOT NULL)"""
        for table, day in dated
    )
    rows = query.all(
        f"""SELECT c.id FROM customers AS c WHERE c.organization_id = :o AND {among} AND NOT ({any_of}
            OR EXISTS (SELECT 1 FROM manual_journal_lines AS m JOIN manual_journals AS j
                ON j.organization_id = m.organization_id AND j.id = m.journal_id
                WHERE m.organization_id = :o AND m.customer_id = c.id AND m.account_id IN ({RECEIVABLES})
                AND j.journal_on <= :on AND j.entry_id IS NOT NULL))""",
        **params, on=on,
    )  # fmt: skip
    return {id for (id,) in rows}


def open_items(
    query: Query,
    entity_id: int | None,
    on: str,
    *,
    customer_ids: Sequence[int] = (),
    branch_ids: Sequence[int] = (),
) -> list[OpenItem]:
    """What was open at the end of a day, with an entity or with all. Journals' own claims are due at once."""
    scope = Scope(entity_id, on, on, branch_ids, customer_ids)
    accounts = receivable_accounts(query)
    credit = {id: each.closing for id, each in standings(query, scope).items()}
    claims: dict[tuple[int, str, int], int] = defaultdict(int)
    for part in (_invoices_now, _journals_now, _lines_since, _allocations_since):
        for customer_id, due_on, invoice_id, minor in part(query, scope, accounts):
            claims[customer_id, due_on, invoice_id] += minor
    found = []
    for (customer_id, due_on, _), minor in claims.items():
        if minor:
            found.append(OpenItem(customer_id, due_on, minor))
            credit[customer_id] = credit.get(customer_id, 0) - minor
    if branch_ids:
        for customer_id, minor in _across_branches(query, scope):
            credit[customer_id] = credit.get(customer_id, 0) + minor
    # What no claim accounts for is the customer's credit.
    return found + [OpenItem(id, "", minor) for id, minor in credit.items() if minor]


Part = list[tuple[int, str, int, int]]
"""Customer, when it is due, invoice (0: a journal's claim), and what that adds to what is open."""


def _invoices_now(query: Query, scope: Scope, account_ids: Sequence[int]) -> Part:
    where, params = _of(query, scope, "i")
    return query.all(
        f"""SELECT i.customer_id, i.due_on, i.id, i.base_total_minor - i.base_settled_minor
            FROM invoices AS i WHERE {where} AND i.state = 'issued' AND {is_due("i")}""",
        **params,
    )


def _journals_now(query: Query, scope: Scope, account_ids: Sequence[int]) -> Part:
    """Claims that people posted and did not take back; few, and found by whose they are."""
    mine, params = query.among("l.account_id", account_ids)
    whose = "m.customer_id > 0"
    if scope.customer_ids:
        whose, more = query.among("m.customer_id", scope.customer_ids)
        params |= more
    where, more = _of(query, scope, "l")
    params |= more
    # From the journals to their lines, and by no other key: the lines of the account are all that ever was.
    return query.all(
        f"""SELECT l.customer_id, l.booked_on, 0, l.base_debit_minor FROM (
                SELECT DISTINCT j.entry_id FROM manual_journal_lines AS m JOIN manual_journals AS j
                ON j.organization_id = m.organization_id AND j.id = m.journal_id
                WHERE m.organization_id = :o AND {whose} AND j.state = 'published'
            ) AS x CROSS JOIN journal_lines AS l
            WHERE {where} AND +{mine} AND l.entry_id = x.entry_id
                AND l.customer_id IS NOT NULL AND l.base_debit_minor > 0""",
        **params,
    )


def _lines_since(query: Query, scope: Scope, account_ids: Sequence[int]) -> Part:
    """What was posted of invoices and of journals' claims after the day, with the other sign.

    The mirror of a journal's debit belongs to the claim of the day that the debit had.
    """
    where, params = within(query, scope._replace(until=NEVER), account_ids)
    debit = "CASE WHEN e.reverses_id IS NULL THEN l.base_debit_minor ELSE l.base_credit_minor END > 0"
    return query.all(
        f"""SELECT l.customer_id, coalesce(i.due_on, o.booked_on, l.booked_on), coalesce(i.id, 0),
                l.base_credit_minor - l.base_debit_minor
            FROM journal_lines AS l
            JOIN journal_entries AS e ON e.organization_id = l.organization_id AND e.id = l.entry_id
            LEFT JOIN journal_entries AS o ON o.organization_id = e.organization_id AND o.id = e.reverses_id
                AND e.source_kind = 'manual_journal'
            LEFT JOIN invoices AS i ON i.organization_id = e.organization_id AND i.id = e.source_id
                AND e.source_kind = 'invoice'
            WHERE {where} AND l.booked_on > :on AND l.customer_id IS NOT NULL
                AND (e.source_kind = 'invoice' OR e.source_kind = 'manual_journal' AND {debit})""",
        **params, on=scope.until,
    )  # fmt: skip


def _allocations_since(query: Query, scope: Scope, account_ids: Sequence[int]) -> Part:
    """What was set off after the day is not yet, and what was taken back after it still is."""
    where, params = _of(query, scope, "i")
    joined = f"""allocations AS a JOIN invoices AS i
        ON i.organization_id = a.organization_id AND i.id = a.invoice_id
        WHERE a.organization_id = :o AND {where}"""
    return query.all(
        f"""SELECT i.customer_id, i.due_on, i.id, a.base_invoice_minor FROM {joined}
                AND a.allocated_on > :on AND a.deallocated_on = ''
            UNION ALL SELECT i.customer_id, i.due_on, i.id, -a.base_invoice_minor FROM {joined}
                AND a.deallocated_on <> '' AND a.deallocated_on > :on AND a.allocated_on <= :on""",
        **params, on=scope.until,
    )  # fmt: skip


def _across_branches(query: Query, scope: Scope) -> list[tuple[int, int]]:
    """What credits of some branches were set against others' invoices, less the reverse, by customer.

    A settled invoice lies in its own branch, and what settled it in another: each side is told of its own.
    """
    where, params = _of(query, scope._replace(branch_ids=()), "i")
    source, params = "coalesce(p.branch_id, c.branch_id, 0)", params | {"branches": scope.branch_ids}
    mine = "CASE WHEN {} IN (:branches[]) THEN a.base_invoice_minor ELSE 0 END"
    rows = query.all(
        f"""SELECT i.customer_id, CAST(SUM({mine.format(source)} - {mine.format("i.branch_id")}) AS BIGINT)
            FROM allocations AS a
            JOIN invoices AS i ON i.organization_id = a.organization_id AND i.id = a.invoice_id
            LEFT JOIN payments AS p ON p.organization_id = a.organization_id AND p.id = a.payment_id
            LEFT JOIN credit_notes AS c ON c.organization_id = a.organization_id AND c.id = a.credit_note_id
            WHERE a.organization_id = :o AND {where} AND coalesce(i.branch_id, 0) <> {source}
                AND a.allocated_on <= :on AND (a.deallocated_on = '' OR a.deallocated_on > :on)
            GROUP BY i.customer_id""",
        **params, on=scope.until,
    )  # fmt: skip
    return [(id, minor) for id, minor in rows]
