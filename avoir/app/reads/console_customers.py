"""Customers as the console shows them: the list with balances, and one with what is open."""

from collections import defaultdict

import msgspec

from avoir.app.reads.amounts import DUE, IS_DUE, LEFT, UNAPPLIED
from avoir.app.reads.console import Conditions, Page, like
from avoir.app.reads.console_listing import Order, Wish
from avoir.app.reads.customers import balances_by_currency
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


class Standing(msgspec.Struct, frozen=True):
    """How customers stand in one currency: what is owed by those who owe, and to those who are owed."""

    currency: str
    owing_minor: int
    owed_minor: int


class Row(msgspec.Struct, frozen=True):
    """A customer, and what they owe by currency: their own first, none that is nothing; negative is owed to

    them.
    """

    customer: Customer
    balances: list[tuple[str, int]]


class Customers(msgspec.Struct, frozen=True):
    """A page of customers, and how all of them stand that were searched for."""

    page: Page
    standings: list[Standing]
    counts: dict[str, int]


VIEWS = {"": "1 = 1", "owes": "COALESCE(b.most, 0) > 0", "owed": "COALESCE(b.least, 0) < 0"}
"""Everybody, who owes in any currency, and who is owed in any: one may be both."""
ORDERS = {
    "name": Order(("lower(t.name)",)),
    "email": Order(("lower(t.email)",), within="CASE WHEN t.email = '' THEN 1 ELSE 0 END"),
    "currency": Order(("t.currency", "lower(t.name)")),
    "balance": Order(("COALESCE(b.minor, 0)",), True, "t.currency"),
}
"""What the columns of the list are sorted by; balances by the one in the customer's own currency."""
STANDS = f"""SELECT x.id AS id, MAX(x.minor) AS most, MIN(x.minor) AS least,
    SUM(CASE WHEN x.currency = c.currency THEN x.minor ELSE 0 END) AS minor
    FROM ({balances_by_currency()}) AS x JOIN customers AS c ON c.organization_id = :o AND c.id = x.id
    GROUP BY x.id"""
"""Of each customer the most and the least that they owe in a currency, and what they owe in their own."""


def customers(query: Query, wish: Wish) -> Customers:
    """A page of customers, with what they owe; by name, if nothing else is wished for."""
    where = Conditions("t.organization_id = :o")
    if wish.search:
        where.add(
            " OR ".join(f"lower(t.{each}) LIKE :p ESCAPE '!'" for each in ("name", "email", "code")),
            p=like(wish.search),
        )
    found = f"FROM customers AS t LEFT JOIN ({STANDS}) AS b ON b.id = t.id WHERE {where.sql}"
    each = ", ".join(f"CAST(SUM(CASE WHEN {view} THEN 1 ELSE 0 END) AS BIGINT)" for view in VIEWS.values())
    ((*counted,),) = query.all(f"SELECT {each} {found}", **where.params)
    counts = {view: count or 0 for view, count in zip(VIEWS, counted, strict=True)}
    order = ORDERS.get(wish.sort, ORDERS["name"]).sql(wish.falling)
    ids = query.all(
        f"SELECT t.id {found} AND {VIEWS[wish.view]} ORDER BY {order} LIMIT :size OFFSET :skip",
        **where.params, size=wish.size, skip=(wish.page - 1) * wish.size,
    )  # fmt: skip
    rows = _rows(query, [id for (id,) in ids])
    return Customers(Page(rows, counts[wish.view], wish.page, wish.size), _standings(query, where), counts)


def _rows(query: Query, ids: list[int]) -> list[Row]:
    """Customers in the order of their ids, with what they owe."""
    if not ids:
        return []
    mine, params = query.among("t.customer_id", ids)
    owed: dict[int, list[tuple[str, int]]] = defaultdict(list)
    sql = f"SELECT x.id, x.currency, CAST(x.minor AS BIGINT) FROM ({balances_by_currency(mine)}) AS x"
    for id, currency, minor in query.all(f"{sql} WHERE x.minor <> 0", **params):
        owed[id].append((currency, minor))
    found = {each.id: each for each in query.by_ids(Customer, ids)}
    return [Row(found[id], _own_first(found[id], owed[id])) for id in ids]


def _own_first(customer: Customer, owed: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(owed, key=lambda each: (each[0] != customer.currency, each[0]))


def _standings(query: Query, where: Conditions) -> list[Standing]:
    owing, owed = ("CASE WHEN x.minor > 0 THEN x.minor END", "CASE WHEN x.minor < 0 THEN -x.minor END")
    each = ", ".join(f"CAST(COALESCE(SUM({sum}), 0) AS BIGINT)" for sum in (owing, owed))
    rows = query.all(
        f"""SELECT x.currency, {each} FROM ({balances_by_currency()}) AS x
            JOIN customers AS t ON t.organization_id = :o AND t.id = x.id
            WHERE {where.sql} GROUP BY x.currency ORDER BY x.currency""",
        **where.params,
    )
    return [Standing(*row) for row in rows]


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
