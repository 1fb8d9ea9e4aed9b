"""What was committed goes from SQLite's log into the file beside the clerk, not in its way."""

import contextlib
import sqlite3
import threading

ROWS = 8192
"""After so many written rows the log is worth emptying: some 4,000 pages of refunds."""


class Checkpoints:
    """A connection and a thread of their own, from the first time that there is enough to carry.

    Nothing rests on them: what is committed stands in the log and is read from there, and a log that grows
    all the same is emptied by the clerk itself (`wal_autocheckpoint`).
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._rows, self._closing = 0, False
        self._bell = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def committed(self, rows: int) -> None:
        """So many rows were written and committed."""
        self._rows += rows
        if self._rows < ROWS:
            return
        self._rows = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="checkpoints", daemon=True)
            self._thread.start()
        self._bell.release()

    def close(self) -> None:
        """End, when what is under way is done: the file's last connection must be the clerk's."""
        self._closing = True
        if self._thread is not None:
            self._bell.release()
            self._thread.join()

    def _work(self) -> None:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            # Before the log is begun anew, what it held must have reached the disk in its place.
            db.execute("PRAGMA synchronous = FULL")
            while self._bell.acquire() and not self._closing:
                # Full disk, busy file: the clerk will meet it when it empties the log, and say so.
                with contextlib.suppress(sqlite3.OperationalError):
                    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
