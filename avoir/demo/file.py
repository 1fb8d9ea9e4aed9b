"""The demonstration's own database file: marked as such, so that nobody's real books are ever made anew."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

MARK = int.from_bytes(b"AVOD")
"""SQLite's `application_id` of a demonstration."""


class NotADemo(RuntimeError):
    """The file is there, and it is no demonstration: it stays."""


def make_anew(path: str) -> None:
    """Remove an earlier demonstration, and begin an empty, marked file. Raises `NotADemo`."""
    file = Path(path)
    if file.exists() and not is_demo(path):
        raise NotADemo(f"{path} is there already, and is no demonstration: say --database ANOTHER-FILE")
    for suffix in ("", "-wal", "-shm"):
        Path(path + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA application_id = {MARK}")
    os.chmod(path, 0o600)


def is_demo(path: str) -> bool:
    """Whether the file is a demonstration's, or has nothing in it at all."""
    if Path(path).stat().st_size == 0:
        return True
    try:
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as database:
            return bool(database.execute("PRAGMA application_id").fetchone()[0] == MARK)
    except sqlite3.DatabaseError:
        return False
