"""Refunds of whatever source, with the accounts that paid."""

from collections.abc import Iterable

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.refund import Refund


def refund(query: Query, id: int) -> Refund | None:
    """One refund, whatever became of it, or None."""
    return query.one(Refund, id)


def of_credit_note(query: Query, credit_note_id: int) -> list[Refund]:
    """What was paid out of a credit note, or is to be, or was not after all; oldest first."""
    return query.rows(Refund, "t.credit_note_id = :note", "ORDER BY t.id", note=credit_note_id)


def of_payment(query: Query, payment_id: int) -> list[Refund]:
    """What was paid back out of a payment, whatever became of it; oldest first."""
    return query.rows(Refund, "t.payment_id = :payment", "ORDER BY t.id", payment=payment_id)


def accounts(query: Query, ids: Iterable[int]) -> dict[int, Account]:
    """Accounts by their ids."""
    return {row.id: row for row in query.by_ids(Account, list(ids))}
