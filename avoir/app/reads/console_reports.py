"""Reports in the base currency: trial balance, profit and loss, balance sheet, aging, sales tax."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from avoir.app.reads.accounts import AccountView, account_views
from avoir.app.reads.console import names
from avoir.app.reads.console_home import AGES, age_of
from avoir.app.reads.figures import BEGINNING, figures, period
from avoir.app.reads.ledger import Standing, trial_balance
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import open_items
from avoir.app.reads.sales import taxes_moved
from avoir.core.account import TYPES, Account
from avoir.core.tax import TaxRate

CREDIT = len(AGES)
"""The place behind the ages: what is owed to the customer, which is never late."""
BUCKETS = CREDIT + 1


class Sum(msgspec.Struct, frozen=True):
    """An account, and what stands on it on its normal side."""

    account: Account
    minor: int


class Section(msgspec.Struct, frozen=True):
    """Part of a report: its accounts and what they sum to."""

    name: str
    sums: list[Sum]

    @property
    def minor(self) -> int:
        return sum(each.minor for each in self.sums)


class ProfitAndLoss(msgspec.Struct, frozen=True):
    """What was earned and spent in a period."""

    income: Section
    expense: Section

    @property
    def minor(self) -> int:
        return self.income.minor - self.expense.minor


class BalanceSheet(msgspec.Struct, frozen=True):
    """What there was on a day. `earned_minor` is the profit that no year's end has booked yet."""

    assets: Section
    liabilities: Section
    equity: Section
    earned_minor: int

    @property
    def claims_minor(self) -> int:
        """What stands against the assets; the same as they."""
        return self.liabilities.minor + self.equity.minor + self.earned_minor


class Owing(msgspec.Struct, frozen=True):
    """What one customer owes by age."""

    customer_id: int
    customer: str
    buckets: list[int]

    @property
    def minor(self) -> int:
        return sum(self.buckets)


class Turnover(msgspec.Struct, frozen=True):
    """An account in a period, in the base currency: positive is a debit."""

    account: Account
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debit_minor - self.credit_minor


class TaxLine(msgspec.Struct, frozen=True):
    """One tax rate in a period: what was charged, and what was given back."""

    rate: TaxRate
    charged_minor: int
    back_minor: int

    @property
    def minor(self) -> int:
        return self.charged_minor - self.back_minor


ROOTS = ("asset", "liability", "equity", "income", "expense")
"""What an account can be at all, as a chart has it."""


def place_of(account: Account) -> tuple[int, int]:
    """Where an account stands in a chart: by what it is, then by number."""
    return ROOTS.index(TYPES[account.type].root), account.id


def totals(rows: Sequence[msgspec.Struct], *names: str) -> list[int]:
    """What the rows of a report sum to, by the names of their amounts."""
    return [sum(getattr(row, name) for row in rows) for name in names]


def chart(query: Query) -> list[AccountView]:
    """Every account with its balance."""
    views = account_views(query, query.rows(Account, "", "ORDER BY t.id"))
    return sorted(views, key=lambda view: place_of(view.account))


def trial(query: Query, since: str, until: str) -> list[Standing]:
    """The trial balance of a period, without the accounts that nothing was posted to."""
    rows = [x for x in trial_balance(query, since, until) if x.debit_minor or x.credit_minor]
    return sorted(rows, key=lambda row: place_of(row.account))


def general_ledger(query: Query, since: str, until: str) -> list[Turnover]:
    """Every account that something was ever posted to: what stood on it before, what moved, what stands."""
    before, last = period(since, until)
    standing = figures(query, None, (before, last))
    found = []
    for account in sorted(standing.accounts, key=place_of):
        opening = standing.up_to(account.id, before).balance
        debit, credit = standing.within(account.id, since, until)
        if opening or debit or credit:
            found.append(Turnover(account, opening, debit, credit))
    return found


def profit_and_loss(query: Query, since: str, until: str) -> ProfitAndLoss:
    """Income and expense of a period."""
    rows = trial(query, since, until)
    return ProfitAndLoss(
        _section("Income", rows, "income", _credit), _section("Expenses", rows, "expense", _debit)
    )


def balance_sheet(query: Query, on: str) -> BalanceSheet:
    """Assets, liabilities and equity at the end of a day."""
    rows = trial(query, BEGINNING, on)
    earned = _section("", rows, "income", _credit).minor - _section("", rows, "expense", _debit).minor
    return BalanceSheet(
        _section("Assets", rows, "asset", _debit),
        _section("Liabilities", rows, "liability", _credit),
        _section("Equity", rows, "equity", _credit),
        earned,
    )


def aging(query: Query, entity_id: int, on: str) -> list[Owing]:
    """Who owed what for how long at the end of a day, the largest first, as the journal has it; with credits.

    All of it together is the receivable account on that day, whatever was done since.
    """
    by_customer: dict[int, list[int]] = defaultdict(lambda: [0] * BUCKETS)
    for item in open_items(query, entity_id, on):
        age = age_of(item.due_on, on) if item.due_on else CREDIT
        by_customer[item.customer_id][age] += item.minor
    who = names(query, by_customer)
    found = [Owing(id, who[id], buckets) for id, buckets in by_customer.items()]
    return sorted(found, key=lambda each: (-each.minor, each.customer))


def sales_tax(query: Query, since: str, until: str) -> list[TaxLine]:
    """What was charged and given back by tax rate, in a period."""
    moved = taxes_moved(query, None, since, until)
    rates = sorted(query.by_ids(TaxRate, list(moved)), key=lambda rate: rate.id)
    return [TaxLine(rate, *moved[rate.id]) for rate in rates]


def aged(rows: Sequence[Owing]) -> list[int]:
    """What everybody owes together, by age."""
    return [sum(row.buckets[age] for row in rows) for age in range(BUCKETS)]


def _debit(row: Standing) -> int:
    return row.balance_minor


def _credit(row: Standing) -> int:
    return -row.balance_minor


def _section(name: str, rows: list[Standing], root: str, side: Callable[[Standing], int]) -> Section:
    return Section(name, [Sum(x.account, side(x)) for x in rows if TYPES[x.account.type].root == root])
