"""The books as they are read: what a document posted, and the trial balance."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.journal import JournalEntry, JournalLine


class Posting(msgspec.Struct, frozen=True):
    """One side of an entry, and its account."""

    entry: JournalEntry
    line: JournalLine
    account: Account


class Standing(msgspec.Struct, frozen=True):
    """What was posted to one account in a period, in the base currency's minor units."""

    account: Account
    debit_minor: int
    credit_minor: int


def postings_of(query: Query, source_kind: str, source_id: int) -> list[Posting]:
    """All that was posted for a document, reversals included, in the order of posting."""
    entries = query.rows(
        JournalEntry,
        "t.source_kind = :source AND t.source_id = :id",
        "ORDER BY t.id",
        source=source_kind,
        id=source_id,
    )
    by_id = {entry.id: entry for entry in entries}
    lines = sorted(query.by_ids(JournalLine, list(by_id), "entry_id"), key=lambda x: (x.entry_id, x.number))
    accounts = {row.id: row for row in query.by_ids(Account, [line.account_id for line in lines])}
    return [Posting(by_id[line.entry_id], line, accounts[line.account_id]) for line in lines]


def trial_balance(
    query: Query,
    since: str,
    until: str,
    account_ids: Sequence[int] = (),
    branch_ids: Sequence[int] = (),
) -> list[Standing]:
    """Every account with its debits and credits from one day to another, both included; by id.

    `account_ids` and `branch_ids` narrow it, when any are given.
    """
    where, params = ["t.booked_on BETWEEN :since AND :until"], {"since": since, "until": until}
    if branch_ids:
        mine, more = query.among("t.branch_id", branch_ids)
        where.append(mine)
        params |= more
    sums = query.all(
        f"""SELECT t.account_id, CAST(SUM(t.base_debit_minor) AS BIGINT),
                CAST(SUM(t.base_credit_minor) AS BIGINT)
            FROM balances AS t WHERE t.organization_id = :o AND {" AND ".join(where)}
            GROUP BY t.account_id""",
        **params,
    )
    posted = {id: (debit, credit) for id, debit, credit in sums}
    accounts = query.by_ids(Account, account_ids) if account_ids else query.rows(Account)
    accounts.sort(key=lambda account: account.id)
    return [Standing(account, *posted.get(account.id, (0, 0))) for account in accounts]
