"""The chart of accounts."""

from avoir.core.account import ACCOUNTS_BY_CODE, ACCOUNTS_BY_NAME, TYPES, Account
from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import Entity
from avoir.core.text import fits

DEFAULT_ENTITY = 1


class UnknownAccountType(Refusal):
    """No such account type."""

    code, kind = "unknown_account_type", Kind.INVALID


class AccountNameTaken(Refusal):
    """Another account has the name."""

    code, kind = "account_name_taken", Kind.CONFLICT


class AccountCodeTaken(Refusal):
    """Another account has the code."""

    code, kind = "account_code_taken", Kind.CONFLICT


class AccountTypeIsBaseCurrency(Refusal):
    """Only cash, bank and credit card accounts keep a foreign currency."""

    code, kind = "account_type_not_multi_currency", Kind.INVALID


class ParentHasDifferentType(Refusal):
    """An account and its parent are of one type."""

    code, kind = "parent_has_different_type", Kind.INVALID


class CreateAccount(Command, frozen=True, kw_only=True):
    """Add a ledger account to the chart."""

    ANSWER = Account
    name: str
    type: str
    code: str = ""
    currency: str = ""  # The base currency, if not given.
    description: str = ""
    parent_id: int | None = None
    active: bool = True

    def decide(self, desk: Desk) -> Account:
        """Refuses a taken name or code, an unknown type or currency, and a parent of another type."""
        fits(self.name, "name")
        fits(self.code, "code")
        type_ = TYPES.get(self.type)
        if type_ is None:
            raise UnknownAccountType("no such account type", type=self.type)
        base = desk.get(Entity, DEFAULT_ENTITY).base_currency
        currency = self.currency or base
        exponent(currency)
        if currency != base and not type_.multi_currency:
            raise AccountTypeIsBaseCurrency("accounts of this type keep the base currency", type=self.type)
        if self.parent_id is not None and desk.get(Account, self.parent_id).type != self.type:
            raise ParentHasDifferentType("the parent account is of another type", parentId=self.parent_id)
        if desk.of(Account, ACCOUNTS_BY_NAME, self.name):
            raise AccountNameTaken("another account has the name", name=self.name)
        if self.code and desk.of(Account, ACCOUNTS_BY_CODE, self.code):
            raise AccountCodeTaken("another account has the code", code=self.code)
        account = Account(
            organization_id=desk.organization_id,
            id=desk.next("account"),
            name=self.name,
            slug=self.name.lower().replace(" ", "-"),
            code=self.code,
            type=self.type,
            role="",
            currency=currency,
            parent_id=self.parent_id,
            description=self.description,
            active=int(self.active),
            predefined=0,
            created_at=desk.now,
        )
        desk.tell("account.created", account)
        return desk.add(account)
