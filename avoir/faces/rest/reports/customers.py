"""Reports on customers: what each owes on a day, and what moved it in a period. Base currency."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from avoir.app.reads.postings import Posting, Scope, postings
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import Standing, receivable_accounts, standings
from avoir.app.reads.sources import Known, sources_of
from avoir.core.account import Account
from avoir.core.customer import Customer
from avoir.faces.render import midnight
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, day, flag
from avoir.faces.rest.reports.shape import (
    COMMON,
    NONE_TRANSACTIONS,
    NONE_ZERO,
    ONLY_ACTIVE,
    PERIOD,
    Asked,
    Made,
    Numbers,
    answered,
    share,
)
from avoir.faces.rest.reports.words import TYPES
from avoir.faces.tables import Cell, Column, Line, Table

NOTHING = Standing(0, 0)
BALANCES = Body(
    *COMMON, day("asDate", optional=True), flag("percentageColumn"),
    flag("noneTransactions", default=True), NONE_ZERO, ONLY_ACTIVE, anything("customersIds"),
)  # fmt: skip
TRANSACTIONS = Body(*COMMON, *PERIOD, NONE_TRANSACTIONS, NONE_ZERO, anything("customersIds"))
BALANCES_TITLE, TRANSACTIONS_TITLE = "Customer Balance Summary", "Transactions By Customers"
TRANSACTION_COLUMNS = (
    Column("customer_name", "Customer name"), Column("account_name", "Account Name"),
    Column("ref_type", "Reference Type"), Column("transaction_type", "Transaction Type"),
    Column("credit", "Credit"), Column("debit", "Debit"), Column("running_balance", "Running Balance"),
)  # fmt: skip


async def balance_summary(call: Call) -> Any:
    """What every customer owes on a day."""
    asked = Asked(call)
    return await answered(call, lambda query: _balances(asked, query))


async def transactions(call: Call) -> Any:
    """What every customer was charged, paid and was given back in a period, with the balance after each."""
    asked = Asked(call, show_zero=True)
    return await answered(call, lambda query: _transactions(asked, query))


def _customers(query: Query, ids: Sequence[int]) -> list[Customer]:
    found = query.by_ids(Customer, ids) if ids else query.rows(Customer)
    return sorted(found, key=lambda customer: (customer.name, customer.id))


# Balances.


def _balances(asked: Asked, query: Query) -> Made:
    given, numbers, ids = asked.query, asked.numbers, asked.ids("customersIds")
    scope = Scope(asked.entity_id, asked.on, asked.on, asked.branch_ids, ids)
    found = standings(query, scope)
    rows = [
        (customer, minor)
        for customer in _customers(query, ids)
        if _shown(given, customer, customer.id in found, minor := found.get(customer.id, NOTHING).closing)
    ]
    sum_ = sum(minor for _, minor in rows)
    percents = given["percentageColumn"]
    data = {
        "customers": [
            {
                "id": customer.id,
                "customer_name": customer.name,
                "total": numbers.amount(minor),
                **({"percentage_of_column": share(minor, sum_)} if percents else {}),
            }
            for customer, minor in rows
        ],
        "total": {
            "total": numbers.amount(sum_, total=True),
            **({"percentage_of_column": share(sum_, sum_)} if percents else {}),
        },
    }
    echo = {
        "as_date": asked.on,
        "number_format": asked.number_format(),
        "percentage_column": percents,
        "none_transactions": given["noneTransactions"],
        "none_zero": given["noneZero"],
        "only_active": given["onlyActive"],
        "customers_ids": ids,
    }
    named = [(customer.name, minor) for customer, minor in rows]
    meta = asked.meta(BALANCES_TITLE, on=asked.on)
    return Made(data, lambda: _balances_table(named, sum_, numbers, percents), echo, meta)


def _shown(given: dict[str, Any], customer: Customer, moved: bool, minor: int) -> bool:
    if given["noneTransactions"] and not moved:
        return False
    return not (given["noneZero"] and not minor) and not (
        given.get("onlyActive") and not customer.active and not minor
    )


def _balances_table(rows: Sequence[tuple[str, int]], sum_: int, numbers: Numbers, percents: bool) -> Table:
    columns = [Column("name", "Customer name"), Column("total", "Total")]
    if percents:
        columns.append(Column("percentage_of_column", "% of Column"))

    def line(name: str, minor: int, kind: str) -> Line:
        cells = [Cell(name), numbers.cell(minor, total=kind == "TOTAL")]
        if percents:
            part = share(minor, sum_)
            cells.append(Cell(part["formatted_amount"], part["amount"]))
        return Line(cells, (kind,))

    lines = [*(line(name, minor, "CUSTOMER") for name, minor in rows), line("Total", sum_, "TOTAL")]
    return Table(BALANCES_TITLE, columns, lines)


# Transactions.


class Statement(NamedTuple):
    """A customer's receivable in a period."""

    customer: Customer
    standing: Standing
    lines: list[Posting]


def _transactions(asked: Asked, query: Query) -> Made:
    given, ids = asked.query, asked.ids("customersIds")
    scope = Scope(asked.entity_id, asked.since, asked.until, asked.branch_ids, ids)
    found, accounts = standings(query, scope), receivable_accounts(query)
    lines: dict[int, list[Posting]] = {}
    for line in postings(query, scope, accounts, "l.booked_on, l.entry_id, l.number"):
        if line.customer_id is not None:
            lines.setdefault(line.customer_id, []).append(line)
    sources = sources_of(query, {line.source for of_one in lines.values() for line in of_one})
    statements = [
        Statement(customer, found.get(customer.id, NOTHING), lines.get(customer.id, []))
        for customer in _customers(query, ids)
        if not (given["noneTransactions"] and customer.id not in lines)
        and not (given["noneZero"] and not found.get(customer.id, NOTHING).closing)
    ]
    names = {account.id: account.name for account in query.by_ids(Account, accounts)}
    told = _Told(asked, names, sources)
    echo = asked.echo(
        none_transactions=given["noneTransactions"], none_zero=given["noneZero"], customers_ids=ids
    )
    table = Table(TRANSACTIONS_TITLE, TRANSACTION_COLUMNS, told.lines(statements))
    data = [told.statement(each) for each in statements]
    return Made(data, lambda: table, echo, asked.meta(TRANSACTIONS_TITLE))


class _Told:
    """Statements as the contract tells them, and as rows."""

    def __init__(self, asked: Asked, accounts: dict[int, str], sources: Known) -> None:
        self.style, self.numbers = asked.style, asked.numbers
        self.accounts, self.sources = accounts, sources

    def statement(self, x: Statement) -> dict[str, Any]:
        """A customer with every line."""
        amount, rows, balance = self.numbers.amount, [], x.standing.opening
        for line in x.lines:
            balance += line.debit - line.credit
            source = self.sources[line.source]
            rows.append(
                {
                    "date": midnight(line.booked_on),
                    "formatted_date": self.style.day(line.booked_on),
                    "date_formatted": self.style.day(line.booked_on),
                    "credit": amount(line.credit),
                    "debit": amount(line.debit),
                    "amount": amount(line.debit - line.credit),
                    "account_name": self.accounts[line.account_id],
                    "running_balance": amount(balance),
                    "currency_code": self.numbers.base,
                    "transaction_type": TYPES[source.kind][1],
                    "transaction_number": source.number or None,
                    "reference_type": TYPES[source.kind][0],
                    "reference_id": source.id,
                    "note": source.note or None,
                    "created_at": line.created_at,
                }
            )
        return {
            "customer_id": x.customer.id,
            "customer_name": x.customer.name,
            "opening_balance": amount(x.standing.opening, total=True),
            "transactions": rows,
            "closing_balance": amount(x.standing.closing, total=True),
        }

    def lines(self, statements: Sequence[Statement]) -> Iterator[Line]:
        """A row for each customer, with what moved the balance under it."""
        cell = self.numbers.cell
        for x in statements:
            opening, closing = (cell(m, total=True) for m in (x.standing.opening, x.standing.closing))
            under = [Line((Cell("Opening balance"), *[Cell()] * 5, opening), ("OPENING_BALANCE",))]
            balance = x.standing.opening
            for line in x.lines:
                balance += line.debit - line.credit
                source = self.sources[line.source]
                texts = (line.booked_on, self.accounts[line.account_id], TYPES[source.kind][1], source.number)
                sums = (cell(line.credit), cell(line.debit), cell(balance))
                under.append(Line((*map(Cell, texts), *sums), ("TRANSACTION",)))
            under.append(Line((Cell("Closing balance"), *[Cell()] * 5, closing), ("CLOSING_BALANCE",)))
            yield Line((Cell(x.customer.name), *[Cell()] * 5, closing), ("CUSTOMER",), under)
