"""Ledger accounts: types, roles, and the chart that a new organization starts with."""

from typing import NamedTuple

from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row


class Account(Row, frozen=True, gc=False):
    """A ledger account. `role` names the part it plays in the posting rules, or is empty."""

    TABLE = "accounts"
    GROUPS = (
        ("organization_id", "role"),
        ("organization_id", "code"),
        ("organization_id", "name"),
        ("organization_id", "parent_id"),
        ("organization_id", "currency"),
    )
    organization_id: int
    id: int
    name: str
    slug: str
    code: str
    type: str
    role: str
    currency: str
    parent_id: int | None
    description: str
    active: int
    predefined: int
    created_at: str
    used: int = 0  # 1: something names it, so it stays.


ACCOUNTS_BY_ROLE, ACCOUNTS_BY_CODE, ACCOUNTS_BY_NAME, CHILD_ACCOUNTS, ACCOUNTS_BY_CURRENCY = Account.GROUPS


class AccountType(NamedTuple):
    """What an account is, and where it stands in the reports (contract B, default chart)."""

    label: str
    parent: str
    root: str
    normal: str
    multi_currency: bool = False


TYPES: dict[str, AccountType] = {
    "cash": AccountType("Cash", "current-asset", "asset", "debit", True),
    "bank": AccountType("Bank", "current-asset", "asset", "debit", True),
    "accounts-receivable": AccountType("Accounts Receivable (A/R)", "current-asset", "asset", "debit"),
    "inventory": AccountType("Inventory", "current-asset", "asset", "debit"),
    "other-current-asset": AccountType("Other Current Asset", "current-asset", "asset", "debit"),
    "fixed-asset": AccountType("Fixed Asset", "fixed-asset", "asset", "debit"),
    "non-current-asset": AccountType("Non-Current Asset", "fixed-asset", "asset", "debit"),
    "accounts-payable": AccountType("Accounts Payable (A/P)", "current-liability", "liability", "credit"),
    "credit-card": AccountType("Credit Card", "current-liability", "liability", "credit", True),
    "tax-payable": AccountType("Tax Payable", "current-liability", "liability", "credit"),
    "other-current-liability": AccountType(
        "Other Current Liability", "current-liability", "liability", "credit"
    ),
    "long-term-liability": AccountType("Long Term Liability", "long-term-liability", "liability", "credit"),
    "non-current-liability": AccountType(
        "Non-Current Liability", "non-current-liability", "liability", "credit"
    ),
    "equity": AccountType("Equity", "equity", "equity", "credit"),
    "income": AccountType("Income", "income", "income", "credit"),
    "other-income": AccountType("Other Income", "other-income", "income", "credit"),
    "cost-of-goods-sold": AccountType("Cost of Goods Sold", "expense", "expense", "debit"),
    "expense": AccountType("Expense", "expense", "expense", "debit"),
    "other-expense": AccountType("Other Expense", "expense", "expense", "debit"),
}

MONEY_TYPES = frozenset({"cash", "bank", "other-current-asset"})
"""The types that money may come in to and go out of (contract B, 2.2 and 2.5)."""

# The parts that accounts play in the posting rules.
RECEIVABLE = "receivable"
TAX_PAYABLE = "tax_payable"
DISCOUNT = "discount"
OTHER_CHARGES = "other_charges"
EXCHANGE = "exchange_difference"
BAD_DEBT = "bad_debt"
REFUNDS_IN_TRANSIT = "refunds_in_transit"
DISPUTED_FUNDS = "disputed_funds"
BANK_FEES = "bank_fees"
SALES = "sales"
OPENING_BALANCE = "opening_balance"

# id, name, slug, code, type, predefined, role: contract B's seeded chart (rest.md, 3.8), whose ids clients
# know by heart, then ours.
CHART: tuple[tuple[int, str, str, str, str, int, str], ...] = (
    (1000, "Bank Account", "bank-account", "10001", "bank", 1, ""),
    (1001, "Saving Bank Account", "saving-bank-account", "10002", "bank", 0, ""),
    (1002, "Undeposited Funds", "undeposited-funds", "10003", "cash", 1, ""),
    (1003, "Petty Cash", "petty-cash", "10004", "cash", 1, ""),
    (1004, "Computer Equipment", "computer-equipment", "10005", "fixed-asset", 0, ""),
    (1005, "Office Equipment", "office-equipment", "10006", "fixed-asset", 0, ""),
    (1006, "Accounts Receivable (A/R)", "accounts-receivable", "10007", "accounts-receivable", 1, RECEIVABLE),
    (1007, "Inventory Asset", "inventory-asset", "10008", "inventory", 1, ""),
    (1008, "Accounts Payable (A/P)", "accounts-payable", "20001", "accounts-payable", 1, ""),
    (1009, "Owner A Drawings", "owner-drawings", "20002", "other-current-liability", 0, ""),
    (1010, "Loan", "owner-drawings", "20003", "other-current-liability", 0, ""),
    (
        1011,
        "Opening Balance Liabilities",
        "opening-balance-liabilities",
        "20004",
        "other-current-liability",
        0,
        "",
    ),
    (
        1012,
        "Revenue Received in Advance",
        "revenue-received-in-advance",
        "20005",
        "other-current-liability",
        0,
        "",
    ),
    (1013, "Tax Payable", "tax-payable", "20006", "tax-payable", 1, TAX_PAYABLE),
    (1014, "Retained Earnings", "retained-earnings", "30001", "equity", 1, ""),
    (1015, "Opening Balance Equity", "opening-balance-equity", "30002", "equity", 1, OPENING_BALANCE),
    (1016, "Owner's Equity", "owner-equity", "30003", "equity", 1, ""),
    (1017, "Drawings", "drawings", "30003", "equity", 1, ""),
    (1018, "Other Expenses", "other-expenses", "40011", "other-expense", 1, ""),
    (1019, "Cost of Goods Sold", "cost-of-goods-sold", "40002", "cost-of-goods-sold", 1, ""),
    (1020, "Office expenses", "office-expenses", "40003", "expense", 0, ""),
    (1021, "Rent", "rent", "40004", "expense", 0, ""),
    (1022, "Exchange Gain or Loss", "exchange-grain-loss", "40005", "other-expense", 1, EXCHANGE),
    (1023, "Bank Fees and Charges", "bank-fees-and-charges", "40006", "expense", 0, BANK_FEES),
    (1024, "Depreciation Expense", "depreciation-expense", "40007", "expense", 0, ""),
    (1025, "Sales of Product Income", "sales-of-product-income", "50001", "income", 1, SALES),
    (1026, "Sales of Service Income", "sales-of-service-income", "50002", "income", 0, ""),
    (1027, "Uncategorized Income", "uncategorized-income", "50003", "income", 1, ""),
    (1028, "Other Income", "other-income", "50004", "other-income", 0, ""),
    (1029, "Unearned Revenue", "unearned-revenue", "50005", "other-current-liability", 1, ""),
    (1030, "Prepaid Expenses", "prepaid-expenses", "100010", "other-current-asset", 1, ""),
    (1031, "Discount", "discount", "40008", "other-income", 1, DISCOUNT),
    (1032, "Purchase Discount", "purchase-discount", "40009", "other-expense", 1, ""),
    (1033, "Other Charges", "other-charges", "40010", "other-income", 1, OTHER_CHARGES),
    (
        1034,
        "Refunds in Transit",
        "refunds-in-transit",
        "20007",
        "other-current-liability",
        1,
        REFUNDS_IN_TRANSIT,
    ),
    (1035, "Disputed Funds", "disputed-funds", "100011", "other-current-asset", 1, DISPUTED_FUNDS),
    (1036, "Bad Debt", "bad-debt", "40012", "expense", 1, BAD_DEBT),
)


class AccountNotForMoney(Refusal):
    """Money comes in to and goes out of active cash, bank and other current asset accounts only."""

    code, kind = "account_not_for_money", Kind.INVALID


class AccountCurrencyMismatch(Refusal):
    """An account that keeps a foreign currency takes that one only; one in the base currency takes any."""

    code, kind = "account_currency_mismatch", Kind.INVALID


def holds_money(account: Account, currency: str, base: str) -> None:
    """Refuses `AccountNotForMoney`, `AccountCurrencyMismatch` unless cash in `currency` fits the account."""
    if not account.active or account.type not in MONEY_TYPES:
        raise AccountNotForMoney(
            "money moves through active cash, bank and other current asset accounts only",
            accountId=account.id,
            type=account.type,
        )
    takes_currency(account, currency, base)


def takes_currency(account: Account, currency: str, base: str) -> None:
    """Refuses `AccountCurrencyMismatch`. `base` is that of the entity which books.

    Only cash, bank and credit cards keep a currency; the others keep each entity's base currency.
    """
    if TYPES[account.type].multi_currency and account.currency not in (currency, base):
        raise AccountCurrencyMismatch(f"the account is in {account.currency}", accountId=account.id)
