"""Statements: the balance sheet, profit and loss, cash flow. Each is a tree over the chart of accounts.

A part of a statement is accounts with signs, and nothing else: so its figure is had for any day or period,
and what is a sum of other parts cannot differ from them. Names and ids are those of contract B.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from avoir.app.reads.figures import Terms
from avoir.core.account import TYPES, Account

AGGREGATE, ACCOUNTS, ACCOUNT = "AGGREGATE", "ACCOUNTS", "ACCOUNT"
EQUATION, NET_INCOME, TOTAL, AT_BEGINNING = "EQUATION", "NET_INCOME", "TOTAL", "CASH_AT_BEGINNING"


class Part(NamedTuple):
    """A part of a statement, and what it is made of. `footer` names its sum."""

    id: str | int
    name: str
    kind: str
    terms: Terms
    under: "tuple[Part, ...]" = ()
    account: Account | None = None
    always: bool = False
    footer: str = ""


class Plan(NamedTuple):
    """A part as it is planned: of which types of accounts, of which parts under it, or of which before it.

    `sign` is 1 where a debit makes it more.
    """

    id: str
    name: str
    kind: str
    types: tuple[str, ...] = ()
    under: "tuple[Plan, ...]" = ()
    sign: int = 1
    of: tuple[tuple[str, int], ...] = ()
    always: bool = False
    footer: str = ""


CASH_TYPES = ("cash", "bank")
RESULT_TYPES = tuple(name for name, each in TYPES.items() if each.root in ("income", "expense"))

BALANCE_SHEET = (
    Plan("ASSETS", "Assets", AGGREGATE, always=True, under=(
        Plan("CURRENT_ASSETS", "Current Asset", AGGREGATE, always=True, under=(
            Plan("CASH_EQUIVALENTS", "Cash and Cash Equivalents", ACCOUNTS, CASH_TYPES),
            Plan("ACCOUNTS_RECEIVABLE", "Accounts Receivable", ACCOUNTS, ("accounts-receivable",)),
            Plan("INVENTORY", "Inventory", ACCOUNTS, ("inventory",)),
            Plan("OTHER_CURRENT_ASSET", "Other Current Asset", ACCOUNTS, ("other-current-asset",)),
        )),
        Plan("FIXED_ASSET", "Fixed Asset", ACCOUNTS, ("fixed-asset",)),
        Plan("NON_CURRENT_ASSET", "Non-Current Asset", ACCOUNTS, ("non-current-asset",)),
    )),
    Plan("LIABILITY_EQUITY", "Liabilities and Equity", AGGREGATE, always=True, sign=-1, under=(
        Plan("LIABILITY", "Liabilities", AGGREGATE, sign=-1, under=(
            Plan("CURRENT_LIABILITY", "Current Liabilities", ACCOUNTS,
                 ("other-current-liability", "tax-payable", "accounts-payable", "credit-card"), sign=-1),
            Plan("LOGN_TERM_LIABILITY", "Long-Term Liabilities", ACCOUNTS, ("long-term-liability",), sign=-1),
            Plan("NON_CURRENT_LIABILITY", "Non-Current Liabilities", ACCOUNTS,
                 ("non-current-liability",), sign=-1),
        )),
        Plan("EQUITY", "Equity", ACCOUNTS, ("equity",), sign=-1, under=(
            Plan("NET_INCOME", "Net Income", NET_INCOME, RESULT_TYPES, sign=-1),
        )),
    )),
)  # fmt: skip
"""Net income is all that was earned and spent so far, which nobody closes at the end of a year."""

PROFIT_AND_LOSS = (
    Plan("INCOME", "Income", ACCOUNTS, ("income",), sign=-1, always=True),
    Plan("COST_OF_SALES", "Cost of Sales", ACCOUNTS, ("cost-of-goods-sold",)),
    Plan("GROSS_PROFIT", "Gross Profit", EQUATION, of=(("INCOME", 1), ("COST_OF_SALES", -1))),
    Plan("EXPENSES", "Expenses", ACCOUNTS, ("expense",), always=True),
    Plan("NET_OPERATING_INCOME", "Net Operating Income", EQUATION,
         of=(("GROSS_PROFIT", 1), ("EXPENSES", -1))),
    Plan("OTHER_INCOME", "Other Income", ACCOUNTS, ("other-income",), sign=-1),
    Plan("OTHER_EXPENSES", "Other Expenses", ACCOUNTS, ("other-expense",)),
    Plan("NET_INCOME", "Net Income", EQUATION,
         of=(("NET_OPERATING_INCOME", 1), ("OTHER_INCOME", 1), ("OTHER_EXPENSES", -1))),
)  # fmt: skip

CASH_FLOW = (
    Plan("OPERATING", "Operating Activities", AGGREGATE, sign=-1, always=True,
         footer="Net Cash from Operating Activities", under=(
        Plan("NET_INCOME", "Net Income", NET_INCOME, RESULT_TYPES, sign=-1),
        Plan("OPERATING_ACCOUNTS", "Adjustments to Net Income", ACCOUNTS,
             ("accounts-receivable", "inventory", "non-current-asset", "accounts-payable", "credit-card",
              "tax-payable", "other-current-asset", "other-current-liability", "non-current-liability"),
             sign=-1),
    )),
    Plan("INVESTMENT", "Investing Activities", ACCOUNTS, ("fixed-asset",), sign=-1, always=True,
         footer="Net Cash from Investing Activities"),
    Plan("FINANCIAL", "Financing Activities", ACCOUNTS, ("long-term-liability", "equity"), sign=-1,
         always=True, footer="Net Cash from Financing Activities"),
    Plan("NET_CASH_INCREASE", "Net Change in Cash", TOTAL,
         of=(("OPERATING", 1), ("INVESTMENT", 1), ("FINANCIAL", 1))),
)  # fmt: skip
"""Every account that is not cash stands in it once: so its sum is what cash moved by."""


def tree(plans: Sequence[Plan], accounts: Sequence[Account]) -> tuple[Part, ...]:
    """A statement over a chart of accounts."""
    by_type: dict[str, list[Account]] = {}
    for account in accounts:
        by_type.setdefault(account.type, []).append(account)
    made: dict[str, Part] = {}
    return tuple(_part(plan, by_type, made) for plan in plans)


def cash_accounts(accounts: Sequence[Account]) -> Terms:
    """The accounts that hold cash."""
    return tuple((account.id, 1) for account in accounts if account.type in CASH_TYPES)


def pruned(parts: Sequence[Part], keep: Callable[[Part], bool]) -> tuple[Part, ...]:
    """Without the accounts that are not to be kept, and without the parts that are empty then."""
    found = []
    for part in parts:
        under = pruned(part.under, keep)
        if part.kind == ACCOUNT:
            shown = bool(under) or keep(part)
        elif part.kind in (ACCOUNTS, AGGREGATE):
            shown = bool(under) or part.always
        else:
            shown = True
        if shown:
            found.append(part._replace(under=under))
    return tuple(found)


def _part(plan: Plan, by_type: dict[str, list[Account]], made: dict[str, Part]) -> Part:
    own: tuple[Part, ...] = ()
    accounts = [account for type_ in plan.types for account in by_type.get(type_, ())]
    if plan.kind == ACCOUNTS:
        own = _nested(accounts, plan.sign)
    under = (*own, *(_part(each, by_type, made) for each in plan.under))
    if plan.kind == NET_INCOME:
        terms: Terms = tuple((account.id, plan.sign) for account in accounts)
    elif plan.of:
        terms = tuple((id, sign * way) for name, way in plan.of for id, sign in made[name].terms)
    else:
        terms = tuple(term for part in under for term in part.terms)
    part = Part(plan.id, plan.name, plan.kind, terms, under, None, plan.always, plan.footer)
    made[plan.id] = part
    return part


def _nested(accounts: Sequence[Account], sign: int) -> tuple[Part, ...]:
    """Accounts in the order of their codes, each with those under it; its figure holds theirs."""
    ids = {account.id for account in accounts}
    below: dict[int | None, list[Account]] = {}
    for account in sorted(accounts, key=lambda account: (account.code, account.id)):
        below.setdefault(account.parent_id if account.parent_id in ids else None, []).append(account)

    def of(parent: int | None) -> tuple[Part, ...]:
        parts = []
        for account in below.get(parent, ()):
            under = of(account.id)
            terms = ((account.id, sign), *(term for part in under for term in part.terms))
            parts.append(Part(account.id, account.name, ACCOUNT, terms, under, account))
        return tuple(parts)

    return of(None)
