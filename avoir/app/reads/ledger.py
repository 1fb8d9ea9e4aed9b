"""The books as they are read: what a document posted, and the trial balance."""

import msgspec

from avoir.app.reads.figures import figures, period
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

    @property
    def balance_minor(self) -> int:
        """Positive is a debit."""
        return self.debit_minor - self.credit_minor


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


def trial_balance(query: Query, since: str, until: str) -> list[Standing]:
    """Every account with its debits and credits from one day to another, both included; by id."""
    days = period(since, until)
    found = figures(query, None, days, opening=not days[0])
    accounts = sorted(found.accounts, key=lambda account: account.id)
    return [Standing(account, *found.within(account.id, since, until)) for account in accounts]
