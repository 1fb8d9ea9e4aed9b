"""Customers, and what each owes."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.customer import Customer


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, and what they owe in their own currency's minor units (negative: what they are owed)."""

    customer: Customer
    balance_minor: int


def customer(query: Query, id: int) -> CustomerView | None:
    """One customer, or None."""
    found = query.one(Customer, id)
    return customer_views(query, [found])[0] if found else None


def customers_by_id(query: Query, ids: Sequence[int]) -> dict[int, CustomerView]:
    """Customers by their ids."""
    rows = query.by_ids(Customer, ids)
    return {row.id: view for row, view in zip(rows, customer_views(query, rows), strict=True)}


def customer_views(query: Query, rows: Sequence[Customer]) -> list[CustomerView]:
    """Rows with their balances, in the order given."""
    owed = _owed(query, [row.id for row in rows])
    return [CustomerView(row, owed.get(row.id, 0)) for row in rows]


def _owed(query: Query, ids: Sequence[int]) -> dict[int, int]:
    """Open items in the customer's own currency: claims less credits less cash, plus cash given back."""
    if not ids:
        return {}
    mine, params = query.among("t.customer_id", ids)
    claims = (
        ("invoices", "t.total_minor", "AND t.state = 'issued'"),
        ("credit_notes", "t.refunded_minor - t.total_minor", "AND t.state = 'issued'"),
        ("payments", "t.refunded_minor - t.amount_minor", ""),
    )
    items = " UNION ALL ".join(
        f"""SELECT t.customer_id, t.currency, {minor} AS minor FROM {table} AS t
            WHERE t.organization_id = :o AND {mine} {state}"""
        for table, minor, state in claims
    )
    sums = query.all(
        f"""SELECT c.id, CAST(SUM(x.minor) AS BIGINT) FROM ({items}) AS x
            JOIN customers AS c ON c.organization_id = :o AND c.id = x.customer_id AND c.currency = x.currency
            GROUP BY c.id""",
        **params,
    )
    return dict(sums)
