"""Where cash goes that comes in without saying so."""

from avoir.core.account import ACCOUNTS_BY_CURRENCY, Account
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal


class NoDepositAccount(Refusal):
    """No active bank account keeps the payment's currency or the base currency."""

    code, kind = "no_deposit_account", Kind.INVALID


def deposit_account(desk: Desk, currency: str, base: str) -> int:
    """The first active bank account in that currency, else in the base. Refuses `NoDepositAccount`."""
    for each in dict.fromkeys((currency, base)):
        for account in desk.of(Account, ACCOUNTS_BY_CURRENCY, each):
            if account.active and account.type == "bank":
                return account.id
    raise NoDepositAccount(f"no bank account is there for {currency}", currency=currency)
