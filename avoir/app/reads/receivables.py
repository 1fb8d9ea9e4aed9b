"""What customers owe on a day, from the journal: by customer, and by what is still open. Base currency.

The receivable's lines say what each document put there; allocations say what was set against which invoice.
So the open items of a day sum to the receivable account on that day, whatever was done since.
"""

from collections.abc import Sequence
from typing import NamedTuple

from avoir.app.reads.postings import Scope, within
from avoir.app.reads.query import Query

RECEIVABLES = "SELECT r.id FROM accounts AS r WHERE r.organization_id = :o AND r.role = 'receivable'"


class OpenItem(NamedTuple):
    """What one document leaves open with a customer; negative is what the customer is owed.

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
    """Of every customer with a line up to the end of the period: what was owed before it, and since."""
    accounts = receivable_accounts(query)
    where, params = within(query, scope._replace(since=""), accounts)
    amount = "l.base_debit_minor - l.base_credit_minor"
    rows = query.all(
        f"""SELECT l.customer_id,
                CAST(SUM(CASE WHEN l.booked_on < :first THEN {amount} ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN l.booked_on < :first THEN 0 ELSE {amount} END) AS BIGINT)
            FROM journal_lines AS l WHERE {where} AND l.customer_id IS NOT NULL GROUP BY l.customer_id""",
        **params, first=scope.since,
    )  # fmt: skip
    return {id: Standing(opening, moved) for id, opening, moved in rows}


def open_items(
    query: Query,
    entity_id: int | None,
    on: str,
    *,
    customer_ids: Sequence[int] = (),
    branch_ids: Sequence[int] = (),
) -> list[OpenItem]:
    """What was open at the end of a day, with an entity or with all. Journals' own claims are due at once."""
    scope = Scope(entity_id, "", on, branch_ids, customer_ids)
    where, params = within(query, scope, receivable_accounts(query))
    of_invoice = of_source = "1 = 1"
    if customer_ids:
        of_invoice, more = query.among("i.customer_id", customer_ids)
        of_source, params = of_invoice, params | more
    if branch_ids:
        params |= {"branches": branch_ids}
        of_invoice += " AND i.branch_id IN (:branches[])"
        of_source += " AND coalesce(p.branch_id, c.branch_id) IN (:branches[])"
    live = """a.organization_id = :o AND a.allocated_on <= :until
        AND (a.deallocated_on = '' OR a.deallocated_on > :until)"""
    if entity_id is not None:
        live += " AND i.entity_id = :entity"
    allocated = """allocations AS a JOIN invoices AS i
        ON i.organization_id = a.organization_id AND i.id = a.invoice_id"""
    # What is due by itself is told apart by its document; all the rest is the customer's credit.
    rows = query.all(
        f"""SELECT x.customer_id, coalesce(i.due_on, x.day), CAST(x.n AS BIGINT) FROM (
            SELECT y.customer_id, y.invoice_id, y.day, SUM(y.n) AS n FROM (
            SELECT l.customer_id, CASE e.source_kind WHEN 'invoice' THEN e.source_id ELSE 0 END AS invoice_id,
                CASE WHEN e.source_kind = 'manual_journal' AND l.base_debit_minor > 0 THEN l.booked_on
                ELSE '' END AS day, l.base_debit_minor - l.base_credit_minor AS n
            FROM journal_lines AS l JOIN journal_entries AS e
                ON e.organization_id = l.organization_id AND e.id = l.entry_id
            WHERE {where} AND l.customer_id IS NOT NULL
            UNION ALL SELECT i.customer_id, a.invoice_id, '', -a.base_invoice_minor
            FROM {allocated} WHERE {live} AND {of_invoice}
            UNION ALL SELECT i.customer_id, 0, '', a.base_invoice_minor
            FROM {allocated}
            LEFT JOIN payments AS p ON p.organization_id = a.organization_id AND p.id = a.payment_id
            LEFT JOIN credit_notes AS c ON c.organization_id = a.organization_id AND c.id = a.credit_note_id
            WHERE {live} AND {of_source}
            ) AS y GROUP BY y.customer_id, y.invoice_id, y.day HAVING SUM(y.n) <> 0
            ) AS x LEFT JOIN invoices AS i ON i.organization_id = :o AND i.id = x.invoice_id""",
        **params,
    )
    return [OpenItem(*row) for row in rows]
