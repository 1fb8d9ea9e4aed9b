"""The tree of accounts: what may stand under what."""

from avoir.core.account import CHILD_ACCOUNTS, Account
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.row import changed

MOST_LEVELS = 5
"""How deep the tree is at most, the account without a parent counted (contract B, 2.7)."""


class UnknownParent(Refusal):
    """There is no account to stand under."""

    code, kind = "unknown_parent", Kind.INVALID


class ParentHasDifferentType(Refusal):
    """An account and its parent are of one type."""

    code, kind = "parent_has_different_type", Kind.INVALID


class ParentHasDifferentCurrency(Refusal):
    """An account and its parent keep one currency."""

    code, kind = "parent_has_different_currency", Kind.INVALID


class ParentIsBelow(Refusal):
    """An account stands neither under itself nor under what stands under it."""

    code, kind = "parent_is_below", Kind.INVALID


class ChartTooDeep(Refusal):
    """The tree of accounts has five levels at most."""

    code, kind = "chart_too_deep", Kind.INVALID


def parent_of(desk: Desk, parent_id: int) -> Account:
    """The account to stand under. Refuses `UnknownParent`."""
    parent = desk.find(Account, parent_id)
    if parent is None:
        raise UnknownParent("no such account to stand under")
    return parent


def under(desk: Desk, account: Account, parent: Account) -> Account:
    """The account with that parent, and all that stands under it.

    Refuses `ParentHasDifferentType`, `ParentHasDifferentCurrency`, `ParentIsBelow`, `ChartTooDeep`.
    """
    if parent.type != account.type:
        raise ParentHasDifferentType("the parent account is of another type", parentId=parent.id)
    if parent.currency != account.currency:
        raise ParentHasDifferentCurrency(f"the parent account keeps {parent.currency}", parentId=parent.id)
    above = _path(desk, parent)
    if account.id in above:
        raise ParentIsBelow("the parent stands under the account", parentId=parent.id)
    if len(above) + _height(desk, account) > MOST_LEVELS:
        raise ChartTooDeep(f"accounts stand in {MOST_LEVELS} levels at most", parentId=parent.id)
    return changed(account, parent_id=parent.id)


def _path(desk: Desk, account: Account | None) -> list[int]:
    """The ids from an account up to the top of its tree."""
    path = []
    while account is not None:
        path.append(account.id)
        account = None if account.parent_id is None else desk.get(Account, account.parent_id)
    return path


def _height(desk: Desk, account: Account) -> int:
    """The levels of the tree that hangs from an account, itself included."""
    return 1 + max(
        (_height(desk, child) for child in desk.of(Account, CHILD_ACCOUNTS, account.id)), default=0
    )
