"""Proof by replay: what SQL may overlook, going through everything finds, and names."""

import pytest

from avoir.app.reads.query import Query
from avoir.app.reads.replays import REPLAYS, entries_replayed, events_replayed
from avoir.app.reads.verify import broken_replays
from tests.cli.test_verify import ledger, unguarded  # noqa: F401 - the same small books.

WRONGS = [
    # what somebody does to the tables                                 by which replay, which table and row
    ("UPDATE journal_lines SET debit_minor = debit_minor + 1 WHERE entry_id = 2 AND debit_minor > 0",
     entries_replayed, "journal_entries", {"id": 2}),
    ("DELETE FROM journal_lines WHERE entry_id = 3", entries_replayed, "journal_entries", {"id": 3}),
    ("UPDATE balances SET debit_minor = debit_minor + 1 WHERE account_id = 1001", entries_replayed,
     "balances", {"entity_id": 1, "account_id": 1001, "currency": "USD", "branch_id": 0,
                  "booked_on": "2026-11-03"}),
    ("UPDATE invoices SET reference = 'x' WHERE id = 3", events_replayed, "invoices", {"id": 3}),
    ("UPDATE invoices SET state = 'draft' WHERE id = 2", events_replayed, "invoices", {"id": 2}),
    ("UPDATE credit_notes SET total_minor = 1 WHERE id = 2", events_replayed, "credit_notes", {"id": 2}),
    ("UPDATE payments SET received_on = '2020-01-01' WHERE id = 3", events_replayed, "payments", {"id": 3}),
    ("DELETE FROM payments WHERE id = 1", events_replayed, "payments", {"id": 1}),
    ("UPDATE refunds SET state = 'settled' WHERE id = 3", events_replayed, "refunds", {"id": 3}),
    ("UPDATE refunds SET amount_minor = 9 WHERE id = 2", events_replayed, "refunds", {"id": 2}),
    ("UPDATE disputes SET id = 2", events_replayed, "disputes", {"id": 1}),
    ("DELETE FROM events WHERE topic = 'payment.received' AND subject_id = 2", events_replayed,
     "payments", {"id": 2}),
]  # fmt: skip


def test_sound_books_replay(ledger):  # noqa: F811
    assert broken_replays(Query(ledger.database, ledger.organization_id)) == []


@pytest.mark.parametrize(("sql", "replay", "table", "key"), WRONGS, ids=[str(n) for n in range(len(WRONGS))])
def test_what_is_wrong_is_named(ledger, sql, replay, table, key):  # noqa: F811
    with unguarded(ledger) as wrong:
        wrong(sql)
        found = replay(Query(ledger.database, ledger.organization_id))
    assert found is not None
    assert (found.table, found.key) == (table, key)


def test_pages_may_be_small(ledger, monkeypatch):  # noqa: F811
    monkeypatch.setattr("avoir.app.reads.replays.PAGE", 3)
    monkeypatch.setattr("avoir.app.reads.seals.PAGE", 2)
    assert broken_replays(Query(ledger.database, ledger.organization_id)) == []


def test_every_replay_is_broken_by_some_test():
    tried = {replay for _, replay, _, _ in WRONGS}
    assert {each.wrong for each in REPLAYS if each.name != "entries_are_as_sealed"} == tried
