"""Customers as the console shows them: the list with balances, and one with what is open."""

import msgspec

from avoir.app.reads.amounts import DUE, IS_DUE, LEFT, UNAPPLIED
from avoir.app.reads.console import Conditions, Page, like, page
from avoir.app.reads.customers import customer_views
from avoir.app.reads.query import Query
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment

MOST = 100
"""Open items of a kind that a customer's page shows."""
MINE = "t.customer_id = :customer"
ISSUED = f"{MINE} AND t.state = 'issued'"


class Balance(msgspec.Struct, frozen=True):
    """What stands open with a customer in one currency, in its minor units."""

    currency: str
    due_minor: int
    overdue_minor: int
    credit_minor: int
    unapplied_minor: int

    @property
    def net_minor(self) -> int:
        """What is owed in the end; negative is owed to the customer."""
        return self.due_minor - self.credit_minor - self.unapplied_minor


class CustomerPage(msgspec.Struct, frozen=True):
    """A customer and all that is open."""

    customer: Customer
    balances: list[Balance]
    invoices: list[Invoice]
    notes: list[CreditNote]
    payments: list[Payment]
    refunded: list[tuple[str, int]]  # By currency, what was given back ever.


def customers(query: Query, search: str, number: int, size: int = 50) -> Page:
    """A page of customers by name, with what they owe."""
    where = Conditions("1 = 1")
    if search:
        where.add(
            " OR ".join(f"lower(t.{each}) LIKE :p ESCAPE '!'" for each in ("name", "email", "code")),
            p=like(search),
        )
    found = page(query, Customer, where, "t.name, t.id", number, size)
    return msgspec.structs.replace(found, rows=customer_views(query, found.rows))


def customer(query: Query, id: int, today: str) -> CustomerPage | None:
    """One customer, or None."""
    found = query.one(Customer, id)
    if found is None:
        return None
    mine = {"customer": id, "most": MOST}
    return CustomerPage(
        found,
        _balances(query, id, today),
        query.rows(
            Invoice, f"{ISSUED} AND {IS_DUE}", "ORDER BY t.due_on, t.id LIMIT :most",
            **mine,
        ),
        query.rows(
            CreditNote, f"{ISSUED} AND {LEFT} > 0", "ORDER BY t.id LIMIT :most",
            **mine,
        ),
        query.rows(Payment, f"{MINE} AND {UNAPPLIED} > 0", "ORDER BY t.id LIMIT :most", **mine),
        [
            (currency, minor)
            for currency, minor in query.all(
                """SELECT t.currency, CAST(SUM(t.amount_minor) AS BIGINT) FROM refunds AS t
                    WHERE t.organization_id = :o AND t.customer_id = :customer
                    AND t.state IN ('pending', 'unknown', 'settled') GROUP BY t.currency ORDER BY 1""",
                customer=id,
            )
        ],
    )  # fmt: skip


def _balances(query: Query, id: int, today: str) -> list[Balance]:
    zero = "0 AS due, 0 AS late, 0 AS credit, 0 AS unapplied"
    parts = [
        f"""SELECT t.currency, {DUE} AS due,
            CASE WHEN t.due_on < :today THEN {DUE} ELSE 0 END AS late, 0 AS credit, 0 AS unapplied
            FROM invoices AS t WHERE t.organization_id = :o AND {ISSUED}""",
        f"""SELECT t.currency, 0, 0, {LEFT}, 0 FROM credit_notes AS t
            WHERE t.organization_id = :o AND {ISSUED}""",
        f"""SELECT t.currency, 0, 0, 0, {UNAPPLIED} FROM payments AS t
            WHERE t.organization_id = :o AND {MINE}""",
        f"""SELECT t.currency, {zero} FROM customers AS t
            WHERE t.organization_id = :o AND t.id = :customer""",
    ]
    sums = ", ".join(f"CAST(SUM(x.{name}) AS BIGINT)" for name in ("due", "late", "credit", "unapplied"))
    rows = query.all(
        f"SELECT x.currency, {sums} FROM ({' UNION ALL '.join(parts)}) AS x GROUP BY x.currency ORDER BY 1",
        customer=id, today=today,
    )  # fmt: skip
    return [Balance(*row) for row in rows]
