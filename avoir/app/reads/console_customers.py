"""Customers as the console shows them: the list with balances, and one with what is open."""

import msgspec

from avoir.app.reads.amounts import DUE, IS_DUE, LEFT, UNAPPLIED
from avoir.app.reads.console import Conditions, Page, like
from avoir.app.reads.console_listing import Order, Wish
from avoir.app.reads.customers import balances, customers_by_id
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
    """How customers of one currency stand: how many, how many owe or are owed, and how much together."""

    currency: str
    count: int
    owing: int
    owed: int
    owing_minor: int
    owed_minor: int


class Customers(msgspec.Struct, frozen=True):
    """A page of customers, and how all of them stand that were searched for."""

    page: Page
    standings: list[Standing]
    counts: dict[str, int]


VIEWS = {"": "1 = 1", "owes": "COALESCE(b.minor, 0) > 0", "owed": "COALESCE(b.minor, 0) < 0"}
"""Everybody, who owes, and who is owed."""
ORDERS = {
    "name": Order(("lower(t.name)",)),
    "email": Order(("lower(t.email)",), within="CASE WHEN t.email = '' THEN 1 ELSE 0 END"),
    "currency": Order(("t.currency", "lower(t.name)")),
    "balance": Order(("COALESCE(b.minor, 0)",), True, "t.currency"),
}
"""What the columns of the list are sorted by."""


def customers(query: Query, wish: Wish) -> Customers:
    """A page of customers, with what they owe; by name, if nothing else is wished for."""
    where = Conditions("t.organization_id = :o")
    if wish.search:
        where.add(
            " OR ".join(f"lower(t.{each}) LIKE :p ESCAPE '!'" for each in ("name", "email", "code")),
            p=like(wish.search),
        )
    found = f"FROM customers AS t LEFT JOIN ({balances()}) AS b ON b.id = t.id WHERE {where.sql}"
    standings = _standings(query, found, where)
    counts = {
        "": sum(x.count for x in standings),
        "owes": sum(x.owing for x in standings),
        "owed": sum(x.owed for x in standings),
    }
    order = ORDERS.get(wish.sort, ORDERS["name"]).sql(wish.falling)
    ids = query.all(
        f"SELECT t.id {found} AND {VIEWS[wish.view]} ORDER BY {order} LIMIT :size OFFSET :skip",
        **where.params, size=wish.size, skip=(wish.page - 1) * wish.size,
    )  # fmt: skip
    views = customers_by_id(query, [id for (id,) in ids])
    rows = [views[id] for (id,) in ids]
    return Customers(Page(rows, counts[wish.view], wish.page, wish.size), standings, counts)


def _standings(query: Query, found: str, where: Conditions) -> list[Standing]:
    owes, owed = (f"CASE WHEN {VIEWS[view]} THEN" for view in ("owes", "owed"))
    sums = (f"{owes} 1 ELSE 0 END", f"{owed} 1 ELSE 0 END", f"{owes} b.minor ELSE 0 END",
            f"{owed} -b.minor ELSE 0 END")  # fmt: skip
    each = ", ".join(f"CAST(SUM({sum}) AS BIGINT)" for sum in sums)
    rows = query.all(
        f"SELECT t.currency, count(*), {each} {found} GROUP BY t.currency ORDER BY t.currency",
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
