"""Manual journals with their lines."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.customer import Customer
from avoir.core.journal import ManualJournal, ManualJournalLine
from avoir.core.manual_journal import DELETED, REVERSED
from avoir.core.organization import Branch

SHOWN = f"t.state NOT IN ('{DELETED}', '{REVERSED}')"
"""The journals that contract B knows: what is deleted or reversed is gone."""


class SideView(msgspec.Struct, frozen=True):
    """One line of a journal, and what it names."""

    line: ManualJournalLine
    account: Account
    customer: Customer | None
    branch: Branch | None


class JournalView(msgspec.Struct, frozen=True):
    """A journal and its lines."""

    journal: ManualJournal
    sides: tuple[SideView, ...]


def journal(query: Query, id: int) -> JournalView | None:
    """One journal, or None."""
    found = query.rows(ManualJournal, f"t.id = :id AND {SHOWN}", id=id)
    return journal_views(query, found)[0] if found else None


def journal_views(query: Query, rows: Sequence[ManualJournal]) -> list[JournalView]:
    """Journals with their lines, in the order given."""
    lines = query.by_ids(ManualJournalLine, [row.id for row in rows], "journal_id")
    accounts = {row.id: row for row in query.by_ids(Account, [line.account_id for line in lines])}
    customers = {row.id: row for row in query.by_ids(Customer, [line.customer_id for line in lines])}
    branches = {row.id: row for row in query.by_ids(Branch, [line.branch_id for line in lines])}
    sides: dict[int, tuple[SideView, ...]] = defaultdict(tuple)
    for line in sorted(lines, key=lambda line: line.position):
        sides[line.journal_id] += (
            SideView(
                line,
                accounts[line.account_id],
                customers.get(line.customer_id or 0),
                branches.get(line.branch_id or 0),
            ),
        )
    return [JournalView(row, sides[row.id]) for row in rows]
