"""Customers, and what each owes."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.console import like
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import RECEIVABLES
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import ISSUED, Invoice

MOST_NAMED = 1000


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, and what they owe in their own currency's minor units (negative: what they are owed)."""

    customer: Customer
    balance_minor: int
    opening: Invoice | CreditNote | None = None  # What was owed, or owing, when the books were opened.


def customer(query: Query, id: int) -> CustomerView | None:
    """One customer, or None."""
    found = query.one(Customer, id)
    return customer_views(query, [found])[0] if found else None


def opened(query: Query, row: Customer) -> CustomerView:
    """A customer as of the opening balance: nothing else has happened yet."""
    opening = _openings(query, [row]).get(row.id)
    if opening is None:
        return CustomerView(row, 0)
    return CustomerView(row, opening.total_minor * (1 if isinstance(opening, Invoice) else -1), opening)


def named(query: Query, word: str, most: int) -> list[CustomerView]:
    """Customers who may be chosen and whose names hold a word, by name."""
    rows = query.rows(
        Customer,
        "t.active = 1 AND (:word = '' OR lower(t.name) LIKE :pattern ESCAPE '!')",
        "ORDER BY t.name, t.id LIMIT :most",
        word=word,
        pattern=like(word),
        most=min(most, MOST_NAMED),
    )
    return customer_views(query, rows)


def customers_by_id(query: Query, ids: Sequence[int]) -> dict[int, CustomerView]:
    """Customers by their ids."""
    rows = query.by_ids(Customer, ids)
    return {row.id: view for row, view in zip(rows, customer_views(query, rows), strict=True)}


def customer_views(query: Query, rows: Sequence[Customer]) -> list[CustomerView]:
    """Rows with their balances, in the order given."""
    owed, openings = _owed(query, [row.id for row in rows]), _openings(query, rows)
    return [CustomerView(row, owed.get(row.id, 0), openings.get(row.id)) for row in rows]


def _openings(query: Query, rows: Sequence[Customer]) -> dict[int, Invoice | CreditNote]:
    """Opening balances that stand, by customer."""
    found: list[Invoice | CreditNote] = [
        *query.by_ids(Invoice, [row.opening_invoice_id for row in rows]),
        *query.by_ids(CreditNote, [row.opening_credit_note_id for row in rows]),
    ]
    return {each.customer_id: each for each in found if each.state == ISSUED}


def _owed(query: Query, ids: Sequence[int]) -> dict[int, int]:
    """What stands on the receivable with some customers, each in their own currency."""
    if not ids:
        return {}
    mine, params = query.among("t.customer_id", ids)
    return dict(query.all(f"SELECT b.id, CAST(b.minor AS BIGINT) FROM ({balances(mine)}) AS b", **params))


def balances(mine: str = "1 = 1") -> str:
    """What customers owe, as SQL: `id` and `minor`; `mine` is a condition on `t.customer_id`.

    It is what their lines on the receivable sum to, a journal's included, in their own currency. Who has no
    line in that is not among them.
    """
    return f"""SELECT c.id AS id, SUM(t.debit_minor - t.credit_minor) AS minor FROM customer_balances AS t
        JOIN customers AS c ON c.organization_id = :o AND c.id = t.customer_id AND c.currency = t.currency
        WHERE t.organization_id = :o AND {mine} AND t.account_id IN ({RECEIVABLES})
        GROUP BY c.id"""


def balances_by_currency(mine: str = "1 = 1") -> str:
    """What customers owe in every currency there ever was, as SQL: `id`, `currency` and `minor`.

    As `balances`, whatever the customer's own currency is.
    """
    owed = "SUM(t.debit_minor - t.credit_minor)"
    return f"""SELECT t.customer_id AS id, t.currency AS currency, {owed} AS minor
        FROM customer_balances AS t WHERE t.organization_id = :o AND {mine}
        AND t.account_id IN ({RECEIVABLES}) GROUP BY t.customer_id, t.currency"""
