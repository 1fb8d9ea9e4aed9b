"""The chart of accounts: a tree of accounts of one type and currency, five levels deep at most."""

from collections.abc import Iterator
from typing import Any

import msgspec

from avoir.core.account import (
    ACCOUNTS_BY_CODE,
    ACCOUNTS_BY_NAME,
    CHILD_ACCOUNTS,
    TYPES,
    Account,
)
from avoir.core.chart import parent_of, under
from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.remark import ACCOUNT as REMARKED
from avoir.core.remark import Remark, note
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits, named

Needs = Iterator[tuple[type[Row], Any]]


class UnknownAccountType(Refusal):
    """No such account type."""

    code, kind = "unknown_account_type", Kind.INVALID


class AccountTypeStays(Refusal):
    """An account keeps its type: what was posted to it stands in its part of the reports."""

    code, kind = "account_type_stays", Kind.INVALID


class AccountNameTaken(Refusal):
    """Another account has the name."""

    code, kind = "account_name_taken", Kind.CONFLICT


class AccountCodeTaken(Refusal):
    """Another account has the code."""

    code, kind = "account_code_taken", Kind.CONFLICT


class AccountTypeIsBaseCurrency(Refusal):
    """Only cash, bank and credit card accounts keep a foreign currency."""

    code, kind = "account_type_not_multi_currency", Kind.INVALID


class AccountHasRole(Refusal):
    """The posting rules post to the account; it stays, and active."""

    code = "account_has_role"


class AccountIsPredefined(Refusal):
    """The account belongs to the chart that every organization has."""

    code = "account_predefined"


class AccountHasChildren(Refusal):
    """Other accounts stand under the account."""

    code = "account_has_children"


class AccountIsUsed(Refusal):
    """Documents, items or entries name the account; it stays, but may be made inactive."""

    code = "account_is_used"


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
    names: dict[str, str] | None = None  # What other systems call it; no law reads them.

    def decide(self, desk: Desk) -> Account:
        """Refuses an unknown parent, type or currency, a taken name or code, a parent that does not fit."""
        parent = None if self.parent_id is None else parent_of(desk, self.parent_id)
        fits(self.description, "description", LONG)
        type_ = TYPES.get(self.type)
        if type_ is None:
            raise UnknownAccountType("no such account type", type=self.type)
        base = desk.get(Entity, DEFAULT_ENTITY).base_currency
        currency = self.currency or base
        exponent(currency)
        if currency != base and not type_.multi_currency:
            raise AccountTypeIsBaseCurrency("accounts of this type keep the base currency", type=self.type)
        account = Account(
            organization_id=desk.organization_id,
            id=desk.next("account"),
            name=_free_name(desk, self.name),
            slug=_slug(self.name),
            code=_free_code(desk, self.code),
            type=self.type,
            role="",
            currency=currency,
            parent_id=None,
            description=self.description,
            active=int(self.active),
            predefined=0,
            created_at=desk.now,
        )
        if parent is not None:
            account = under(desk, account, parent)
        desk.tell("account.created", account)
        account = desk.add(account)
        _keep_names(desk, account.id, self.names)
        return account


class EditAccount(Command, frozen=True, kw_only=True):
    """Change what an account is called and where it stands. What is not given stays as it is.

    A parent of 0 takes it out from under its parent.
    """

    ANSWER = Account
    account_id: int
    name: str | None = None
    type: str | None = None
    code: str | None = None
    description: str | None = None
    parent_id: int | None = None
    active: bool | None = None
    names: dict[str, str] | None = None  # What other systems call it; what is not named stays.

    def needs(self) -> Needs:
        yield Account, self.account_id

    def decide(self, desk: Desk) -> Account:
        """Refuses `NotFound`, `AccountTypeStays`, `AccountHasRole` for one that is to end, a parent that

        does not fit, a taken name or code.
        """
        account = old = desk.get(Account, self.account_id)
        if self.type not in (None, old.type):
            raise AccountTypeStays("an account keeps its type", accountId=old.id, type=old.type)
        if self.name not in (None, old.name):
            account = changed(account, name=_free_name(desk, self.name or ""), slug=_slug(self.name or ""))
        if self.code not in (None, old.code):
            account = changed(account, code=_free_code(desk, self.code or ""))
        if self.description is not None:
            account = changed(account, description=fits(self.description, "description", LONG))
        if self.parent_id == 0:
            account = changed(account, parent_id=None)
        elif self.parent_id not in (None, old.parent_id):
            account = under(desk, account, parent_of(desk, self.parent_id))
        if self.active is not None and self.active != bool(old.active):
            if not self.active:
                _without_role(account)
            account = changed(account, active=int(self.active))
        _keep_names(desk, account.id, self.names)
        desk.tell("account.edited", old)
        return desk.put(account)


class ActivateAccount(Command, frozen=True, kw_only=True):
    """Let an account be named again."""

    ANSWER = Account
    account_id: int

    def needs(self) -> Needs:
        yield Account, self.account_id

    def decide(self, desk: Desk) -> Account:
        """Refuses `NotFound`."""
        account = desk.get(Account, self.account_id)
        desk.tell("account.activated", account)
        return desk.put(changed(account, active=1))


class InactivateAccount(Command, frozen=True, kw_only=True):
    """Let nothing new name an account. What was posted to it stays, and is reversed on it."""

    ANSWER = Account
    account_id: int

    def needs(self) -> Needs:
        yield Account, self.account_id

    def decide(self, desk: Desk) -> Account:
        """Refuses `NotFound`, `AccountHasRole`."""
        account = desk.get(Account, self.account_id)
        _without_role(account)
        desk.tell("account.inactivated", account)
        return desk.put(changed(account, active=0))


class DeleteAccount(Command, frozen=True, kw_only=True):
    """Take an account out of the chart that nothing names."""

    ANSWER = Account
    account_id: int

    def needs(self) -> Needs:
        yield Account, self.account_id

    def decide(self, desk: Desk) -> Account:
        """Refuses, in this order, what is predefined, has a role or children, or is used."""
        account = desk.get(Account, self.account_id)
        if account.predefined:
            raise AccountIsPredefined("every chart has this account", accountId=account.id)
        _without_role(account)
        if desk.of(Account, CHILD_ACCOUNTS, account.id):
            raise AccountHasChildren("other accounts stand under it", accountId=account.id)
        if account.used:
            raise AccountIsUsed("something names the account", accountId=account.id)
        desk.remove(account)
        desk.tell("account.deleted", account)
        return account


def _keep_names(desk: Desk, account_id: int, names: dict[str, str] | None) -> None:
    if not names:
        return
    known = desk.find(Remark, REMARKED, account_id)
    kept = msgspec.json.decode(known.text) if known else {}
    kept = {name: value for name, value in (kept | names).items() if value}
    note(desk, REMARKED, account_id, fits(msgspec.json.encode(kept).decode(), "names", LONG))


def _without_role(account: Account) -> None:
    if account.role:
        raise AccountHasRole("the posting rules post to it", accountId=account.id, role=account.role)


def _free_name(desk: Desk, name: str) -> str:
    named(name, "an account")
    if desk.of(Account, ACCOUNTS_BY_NAME, name):
        raise AccountNameTaken("another account has the name", name=name)
    return name


def _free_code(desk: Desk, code: str) -> str:
    fits(code, "code")
    if code and desk.of(Account, ACCOUNTS_BY_CODE, code):
        raise AccountCodeTaken("another account has the code", code=code)
    return code


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
