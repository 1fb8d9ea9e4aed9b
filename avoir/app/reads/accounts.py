"""Ledger accounts, and what stands on them."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import TYPES, Account
from avoir.core.organization import Entity


class AccountView(msgspec.Struct, frozen=True):
    """An account, and its balance on its normal side, in its own currency's minor units."""

    account: Account
    amount_minor: int


def account(query: Query, id: int) -> AccountView | None:
    """One account, or None."""
    found = query.one(Account, id)
    return account_views(query, [found])[0] if found else None


def accounts_by_id(query: Query, ids: Sequence[int]) -> dict[int, AccountView]:
    """Accounts by their ids."""
    return {view.account.id: view for view in account_views(query, query.by_ids(Account, ids))}


def account_views(query: Query, rows: Sequence[Account]) -> list[AccountView]:
    """Rows with their balances, in the order given."""
    if not rows:
        return []
    mine, params = query.among("t.account_id", [row.id for row in rows])
    sums = query.all(
        f"""SELECT t.account_id, t.currency, CAST(SUM(t.debit_minor - t.credit_minor) AS BIGINT),
                CAST(SUM(t.base_debit_minor - t.base_credit_minor) AS BIGINT)
            FROM month_balances AS t WHERE t.organization_id = :o AND {mine}
            GROUP BY t.account_id, t.currency""",
        **params,
    )
    base = query.rows(Entity, "", "ORDER BY t.id LIMIT 1")[0].base_currency
    amounts = dict.fromkeys((row.id for row in rows), 0)
    kept_in = {row.id: row.currency for row in rows}
    for account_id, currency, minor, base_minor in sums:
        # An account in a foreign currency holds that; one in the base currency, what everything is worth.
        if kept_in[account_id] == base:
            amounts[account_id] += base_minor
        elif kept_in[account_id] == currency:
            amounts[account_id] += minor
    return [AccountView(row, amounts[row.id] * _side(row)) for row in rows]


def _side(account: Account) -> int:
    return 1 if TYPES[account.type].normal == "debit" else -1
