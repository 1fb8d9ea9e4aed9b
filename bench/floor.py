"""The floor: what the store writes for refunds, without reading, deciding or making statements of it.

Batches are decided on one database, recorded as the store's own statements and parameters, one statement for
each table, and written to a copy. So the floor has every row of a refund (answer, event and balances too),
every index, constraint and trigger, one commit for each batch with the same durability, and the same way of
emptying SQLite's log. It reads nothing, takes no pen and counts no rows; on PostgreSQL a batch is sent in one
go, with no wait between reading and writing.
"""

import itertools
import time
from typing import Any

from avoir.app.clerk import Clerk
from avoir.store import postgres, sqlite
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.protocol import Batch, Database
from bench.ground import Ground

SIZES = (64, 256)


class Recorder:
    """A database that also remembers what was written, as statements."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.statements = (sqlite if isinstance(database, sqlite.Sqlite) else postgres).statements
        self._taken: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def write(self, batch: Batch) -> None:
        self._taken += self.statements(batch)
        self.database.write(batch)

    def commit(self, batch: Batch) -> None:
        self._taken += self.statements(batch)
        self.database.commit(batch)

    def taken(self) -> list[Any]:
        """What was written since the last time this was asked."""
        taken, self._taken = self._taken, []
        return taken


class Floor:
    """Batches of refunds decided on one database, to be written to a copy of it."""

    def __init__(self, url: str, copy: str, ground: Ground) -> None:
        self.recorder = Recorder(open_database(url))
        self.clerk = Clerk(Books(self.recorder), lambda _: None, part=max(SIZES))
        self.bare: Database = open_database(copy)
        self.asks = ground.spread()
        self.written = 0

    def rate(self, size: int, commands: int) -> float:
        """Decide so many commands in batches of a size, then write their rows: how many a second."""
        batches = []
        for _ in range(max(1, commands // size)):
            outs = self.clerk.record(list(itertools.islice(self.asks, size)))
            assert not any(isinstance(out, BaseException) for out in outs), outs
            batches.append(self.recorder.taken())
        write = write_sqlite if isinstance(self.bare, sqlite.Sqlite) else write_postgres
        start = time.perf_counter()
        for batch in batches:
            write(self.bare, batch)
        seconds = time.perf_counter() - start
        self.written += size * len(batches)
        return size * len(batches) / seconds

    def close(self) -> None:
        """Let both databases go."""
        self.clerk.close()
        self.bare.close()


def write_sqlite(bare: Any, statements: list[Any]) -> None:
    """One transaction, ended as the store ends it."""
    bare.begin()
    for sql, parameters, _ in statements:
        bare.db.execute(sql, parameters)
    bare.db.execute("COMMIT")
    bare.checkpoints.committed(sum(rows for _, _, rows in statements))


def write_postgres(bare: Any, statements: list[Any]) -> None:
    """One transaction, sent in one go."""
    line = bare.pipeline
    line.open()
    line.send("BEGIN")
    for sql, parameters in statements:
        line.send(sql, *parameters)
    line.send("COMMIT")
    line.answers()
    line.close()
