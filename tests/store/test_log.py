"""SQLite's log: what is committed reaches the file beside the clerk, and nothing waits for it."""

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from avoir.core.journal import Answer
from avoir.store import checkpoint
from avoir.store.protocol import Batch
from avoir.store.sqlite import Sqlite


def test_what_is_committed_reaches_the_file_while_the_clerk_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "ROWS", 8)
    database = Sqlite(str(tmp_path / "books.db"))
    database.migrate()
    for number in range(8):
        _write(database, number)
    until = time.monotonic() + 30
    while (found := _in_the_file_alone(tmp_path / "books.db")) < 8 and time.monotonic() < until:
        time.sleep(0.01)
    assert found == 8
    _write(database, 8)
    database.close()


def test_few_rows_start_no_thread(tmp_path):
    database = Sqlite(str(tmp_path / "books.db"))
    database.migrate()
    _write(database, 1)
    assert database.checkpoints._thread is None
    database.close()


def test_a_checkpoint_that_fails_is_the_clerks_and_harms_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "ROWS", 1)
    database = Sqlite(str(tmp_path / "books.db"))
    database.migrate()
    # Whoever reads an old moment keeps the log from being emptied beyond it.
    reader = Sqlite(str(tmp_path / "books.db"), reading=True)
    reader.snapshot()
    assert reader.all("SELECT count(*) FROM answers") == [(0,)]
    for number in range(8):
        _write(database, number)
    assert reader.all("SELECT count(*) FROM answers") == [(0,)]
    reader.rollback()
    assert reader.all("SELECT count(*) FROM answers") == [(8,)]
    reader.close()
    database.close()
    assert _in_the_file_alone(tmp_path / "books.db") == 8


@pytest.mark.parametrize("reading", [True, False])
def test_every_connection_waits_for_the_disk(tmp_path, reading):
    database = Sqlite(str(tmp_path / "books.db"), reading=reading)
    assert database.all("PRAGMA synchronous") == [(2,)]
    assert database.all("PRAGMA journal_mode") == [("wal",)]
    database.close()


def _write(database: Sqlite, number: int) -> None:
    database.begin()
    database.commit(Batch([[Answer(1, f"key {number}", "", "", "")]], [], []))


def _in_the_file_alone(path: Path) -> int:
    """How many answers there are without the log; none, while the file is being written."""
    alone = path.with_name("alone.db")
    shutil.copyfile(path, alone)
    with contextlib.closing(sqlite3.connect(alone)) as db:
        try:
            found: int = db.execute("SELECT count(*) FROM answers").fetchone()[0]
        except sqlite3.DatabaseError:
            return 0
        return found
