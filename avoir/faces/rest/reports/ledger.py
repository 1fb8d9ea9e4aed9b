"""The general ledger: every account with its lines in a period and the balance after each. Base currency."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from avoir.app.reads.figures import Figures, figures, period
from avoir.app.reads.postings import Posting, Scope, postings, postings_of_account
from avoir.app.reads.query import Query
from avoir.app.reads.sources import Known, Source, sources_of
from avoir.core.account import TYPES as ACCOUNT_TYPES
from avoir.core.account import Account
from avoir.core.customer import Customer
from avoir.core.money import major_of
from avoir.faces.render import Number, midnight, spelled
from avoir.faces.rest.accept import JSON, TABLE
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, flag
from avoir.faces.rest.reports.shape import BASIS, COMMON, NONE_ZERO, PERIOD, Asked, Made, answered
from avoir.faces.rest.reports.words import TYPES
from avoir.faces.tables import Cell, Column, Line, Table

LEDGER = Body(
    *COMMON, *PERIOD, BASIS, NONE_ZERO,
    flag("noneTransactions", default=True), anything("accountsIds"),
)  # fmt: skip
TITLE = "General Ledger"
COLUMNS = (
    Column("date", "Date"), Column("account_name", "Account Name"),
    Column("reference_type", "Transaction Type"), Column("reference_number", "Transaction #"),
    Column("description", "Description"), Column("credit", "Credit"), Column("debit", "Debit"),
    Column("amount", "Amount"), Column("running_balance", "Running Balance"),
)  # fmt: skip


async def general_ledger(call: Call) -> Any:
    """Every account's lines in a period, with the balances before, after each, and after all."""
    asked = Asked(call)
    return await answered(call, lambda query: _made(asked, query, call.wants in (JSON, TABLE)))


def names_of(query: Query, ids: Sequence[int | None], known: dict[int, str]) -> None:
    """Put the names of customers into what is known."""
    missing = sorted({id for id in ids if id is not None and id not in known})
    for at in range(0, len(missing), 5000):
        among, params = query.among("t.id", missing[at : at + 5000])
        sql = f"SELECT t.id, t.name FROM {Customer.TABLE} AS t WHERE t.organization_id = :o AND {among}"
        known.update(query.all(sql, **params))


class Transaction(msgspec.Struct, frozen=True, gc=False):
    """One line as the contract tells it: the fields are the answer's, in their order."""

    date: str | None
    index: int
    note: str | None
    credit: Number
    debit: Number
    amount: Number
    date_formatted: str
    entry_id: int
    reference_type: str
    reference_id: int
    transaction_number: str | None
    transaction_type_formatted: str
    contact_name: str | None
    contact_type: str | None
    transaction_type: str
    running_balance: Number
    formatted_amount: str
    formatted_credit: str
    formatted_debit: str
    formatted_running_balance: str
    currency_code: str


class Ledger:
    """The ledger of one request: what stands on the accounts, and how a line is told."""

    def __init__(self, asked: Asked, query: Query) -> None:
        self.asked, self.query = asked, query
        self.numbers = asked.numbers._replace(show_zero=True)
        self.scope = Scope(asked.entity_id, asked.since, asked.until, asked.branch_ids)
        self.figures: Figures = figures(
            query, asked.entity_id, period(asked.since, asked.until), branch_ids=asked.branch_ids
        )
        self.told = Told(self.numbers.teller())
        self.days = Told(lambda day: (midnight(day), spelled(day, "YYYY MMM DD")))
        self.customers: dict[int, str] = {}
        self.sources: Known = {}
        ids = {account.id for account in self.figures.accounts}
        self.below: dict[int | None, list[Account]] = {}
        for account in self.figures.accounts:
            parent = account.parent_id if account.parent_id in ids else None
            self.below.setdefault(parent, []).append(account)
        self.chosen = set(asked.ids("accountsIds"))

    def opening(self, account: Account) -> int:
        """What stood on the account before the period, on its normal side."""
        day, _ = period(self.asked.since, self.asked.until)
        return _normal(account) * self.figures.up_to(account.id, day).balance

    def closing(self, account: Account) -> int:
        """What stood on it at the end."""
        return _normal(account) * self.figures.up_to(account.id, self.asked.until).balance

    def closing_with_below(self, account: Account) -> int:
        """What stood on it and on all accounts under it."""
        return self.closing(account) + sum(
            self.closing_with_below(each) for each in self.below.get(account.id, ())
        )

    def shown(self, account: Account) -> bool:
        """Whether the account is wanted."""
        query, asked = self.asked.query, self.asked
        if self.chosen and account.id not in self.chosen:
            return False
        if query["noneTransactions"] and not any(self.figures.within(account.id, asked.since, asked.until)):
            return False
        return not (query["noneZero"] and not self.closing(account) and not self.opening(account))

    def look_up(self, lines: Sequence[Posting]) -> None:
        """Fetch the documents and customers of some lines."""
        sources_of(self.query, {line.source for line in lines}, self.sources)
        names_of(self.query, [line.customer_id for line in lines], self.customers)

    def balance(self, minor: int, day: str) -> dict[str, Any]:
        """A balance at the end of a day."""
        return {
            "amount": major_of(minor, self.asked.base),
            "date": day,
            "formatted_amount": self.numbers.total(minor),
            "currency_code": self.asked.base,
        }


def _normal(account: Account) -> int:
    """1 where a debit is more, -1 where a credit is."""
    return 1 if ACCOUNT_TYPES[account.type].normal == "debit" else -1


def _made(asked: Asked, query: Query, at_once: bool) -> Made:
    ledger = Ledger(asked, query)
    lines: dict[int, list[Posting]] = {}
    if at_once:
        ids = [account.id for account in ledger.figures.accounts if ledger.shown(account)]
        order = "l.account_id, l.booked_on, l.entry_id, l.number"
        found = postings(query, ledger.scope, ids, order) if ids else []
        ledger.look_up(found)
        for line in found:
            lines.setdefault(line.account_id, []).append(line)
    echo = asked.echo(
        basis=asked.query["basis"],
        none_zero=asked.query["noneZero"],
        none_transactions=asked.query["noneTransactions"],
        accounts_ids=asked.ids("accountsIds"),
    )
    echo["number_format"] |= {"no_cents": asked.numbers.precision == 0}
    data = _accounts(ledger, None, lines) if at_once and asked.call.wants == JSON else []
    table = Table(TITLE, COLUMNS, _table_lines(ledger, None, lines if at_once else None))
    return Made(data, lambda: table, echo, asked.meta(TITLE))


def _accounts(ledger: Ledger, parent: int | None, lines: dict[int, list[Posting]]) -> list[dict[str, Any]]:
    rows, asked = [], ledger.asked
    for account in ledger.below.get(parent, ()):
        children = _accounts(ledger, account.id, lines)
        if not children and not ledger.shown(account):
            continue
        opening = ledger.opening(account)
        rows.append(
            {
                "id": account.id,
                "name": account.name,
                "code": account.code,
                "index": 1,
                "transactions": _transactions(ledger, account, opening, lines.get(account.id, ())),
                "parent_account_id": account.parent_id,
                "opening_balance": ledger.balance(opening, asked.since),
                "closing_balance": ledger.balance(ledger.closing(account), asked.until),
                "closing_balance_subaccounts": ledger.balance(
                    ledger.closing_with_below(account), asked.until
                ),
                "children": children,
            }
        )
    return rows


def _transactions(
    ledger: Ledger, account: Account, balance: int, lines: Sequence[Posting]
) -> list["Transaction"]:
    base, sign, known = ledger.asked.base, _normal(account), ledger.sources
    told, days, customers = ledger.told, ledger.days, ledger.customers
    rows = []
    for _, on, entry_id, place, customer_id, debited, credited, kind, source_id, _ in lines:
        minor = sign * (debited - credited)
        balance += minor
        what, id, number, note = known[kind, source_id]
        type_, spoken = TYPES[what]
        day, spelled_day = days[on]
        credit, credit_text = told[credited]
        debit, debit_text = told[debited]
        amount, amount_text = told[minor]
        running, running_text = told[balance]
        rows.append(
            Transaction(
                day, place, note or None, credit, debit, amount, spelled_day, entry_id, type_, id,
                number or None, spoken, customers.get(customer_id or 0),
                "customer" if customer_id else None, type_, running, amount_text, credit_text, debit_text,
                running_text, base,
            )
        )  # fmt: skip
    return rows


class Told(dict[Any, Any]):
    """What many lines say again and again, made once: half of a ledger's amounts are nothing."""

    def __init__(self, tell: Callable[[Any], Any]) -> None:
        super().__init__()
        self.tell = tell

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self.tell(value)
        return made


# The same as a table. As a file it is read while it is written, some thousand lines at a time.


def _table_lines(
    ledger: Ledger, parent: int | None, lines: dict[int, list[Posting]] | None
) -> Iterator[Line]:
    for account in ledger.below.get(parent, ()):
        if ledger.shown(account):
            head = [Cell(f"{account.name} {account.code}".strip()), *[Cell()] * 6]
            closing = ledger.numbers.cell(ledger.closing(account), total=True)
            rows = _account_lines(ledger, account, lines)
            if lines is None:
                yield Line((*head, Cell(), closing), ("ACCOUNT",))
                yield from rows
            else:
                yield Line((*head, closing, closing), ("ACCOUNT",), list(rows), str(account.id))
        yield from _table_lines(ledger, account.id, lines)


def _account_lines(
    ledger: Ledger, account: Account, lines: dict[int, list[Posting]] | None
) -> Iterator[Line]:
    balance = ledger.opening(account)
    yield _balance_line(ledger, "Opening Balance", balance, "OPENING_BALANCE")
    if lines is not None:
        pages: Iterator[list[Posting]] = iter([lines.get(account.id, [])])
    else:
        pages = postings_of_account(ledger.query, ledger.scope, account.id)
    for page in pages:
        if lines is None:
            # Only the lines of one page are known at a time.
            for known in (ledger.sources, ledger.customers, ledger.told):
                known.clear()
            ledger.look_up(page)
        for x in page:
            balance += _normal(account) * (x.debit - x.credit)
            yield _posting_line(ledger, account, x, balance, ledger.sources[x.source])
    yield _balance_line(ledger, f"Closing balance for {account.name}", balance, "CLOSING_BALANCE")


def _posting_line(ledger: Ledger, account: Account, x: Posting, balance: int, source: Source) -> Line:
    amount = _normal(account) * (x.debit - x.credit)
    told = ledger.told
    return Line(
        (
            Cell(x.booked_on),
            Cell(account.name),
            Cell(TYPES[source.kind][1]),
            Cell(source.number),
            Cell(source.note),
            *(
                Cell(text, number)
                for number, text in (told[x.credit], told[x.debit], told[amount], told[balance])
            ),
        ),
        ("TRANSACTION",),
    )


def _balance_line(ledger: Ledger, head: str, minor: int, kind: str) -> Line:
    cell = ledger.numbers.cell(minor, total=True)
    return Line((Cell(head), *[Cell()] * 6, cell, cell), (kind,))
