"""The lines of an account with what they are about, newest first."""

from typing import NamedTuple

from avoir.app.reads.query import Query
from avoir.app.reads.sources import Source, sources_of
from avoir.core.journal import JournalEntry, JournalLine

MOST = 1000


class AccountLine(NamedTuple):
    """A line, the document behind it, and when it was written."""

    line: JournalLine
    source: Source
    created_at: str


def lines_of(query: Query, account_id: int | None, most: int) -> list[AccountLine]:
    """The newest lines of an account, or of all; as many as a page may have."""
    lines = query.rows(
        JournalLine,
        "" if account_id is None else "t.account_id = :account",
        "ORDER BY t.booked_on DESC, t.entry_id DESC, t.number LIMIT :most",
        **({} if account_id is None else {"account": account_id}),
        most=min(most, MOST),
    )
    entries = {row.id: row for row in query.by_ids(JournalEntry, [line.entry_id for line in lines])}
    sources = sources_of(query, {(x.source_kind, x.source_id) for x in entries.values()})
    found = []
    for line in lines:
        entry = entries[line.entry_id]
        found.append(AccountLine(line, sources[entry.source_kind, entry.source_id], entry.created_at))
    return found
