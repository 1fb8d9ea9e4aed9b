"""The floor: the very statements and rows that the store writes for refunds, prepared, without the law."""

import itertools
import time
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from avoir.app.clerk import Clerk
from avoir.core.row import Columns, Row
from avoir.store import postgres, sqlite
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.protocol import Change, Database
from bench.ground import Ground

Statement = tuple[str, Any]


class Recorder:
    """A database that also remembers what was written, as statements."""

    def __init__(self, database: Any) -> None:
        self.database, self.batch = database, []
        dialect = sqlite if isinstance(database, sqlite.Sqlite) else postgres
        self.insert_into, self.update_of = dialect.insert_into, dialect.update_of
        self.pack, self.pack_some = (_tuples, _some_tuples) if dialect is sqlite else (_json, _some_json)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def write(
        self, new: Sequence[list[Row]], changed: Sequence[Change], gone: Sequence[list[Row]] = ()
    ) -> None:
        self.batch += [(self.insert_into(type(rows[0])), self.pack(rows)) for rows in new]
        self.batch += [
            (self.update_of(kind, columns), self.pack_some((*columns, *kind.KEY), rows))
            for kind, columns, rows in changed
        ]
        self.database.write(new, changed, gone)

    def taken(self) -> list[Statement]:
        """What was written since the last time this was asked."""
        batch, self.batch = self.batch, []
        return batch


class Floor:
    """Batches of refunds decided on one database, to be written to a copy of it."""

    def __init__(self, url: str, copy: str, ground: Ground) -> None:
        self.recorder = Recorder(open_database(url))
        self.clerk = Clerk(Books(self.recorder), lambda _: None)
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


def write_sqlite(bare: Any, batch: list[Statement]) -> None:
    """One transaction, a statement for each table."""
    bare.db.execute("BEGIN IMMEDIATE")
    for sql, rows in batch:
        bare.db.executemany(sql, rows)
    bare.db.execute("COMMIT")


def write_postgres(bare: Any, batch: list[Statement]) -> None:
    """One transaction, a statement for each table, sent in one go."""
    line = bare.pipeline
    line.open()
    line.send("BEGIN")
    for sql, rows in batch:
        line.send(sql, rows)
    line.send("COMMIT")
    line.answers()
    line.close()


def _tuples(rows: list[Row]) -> list[tuple[Any, ...]]:
    return list(map(sqlite.tuples, rows))


def _some_tuples(columns: Columns, rows: list[Row]) -> list[tuple[Any, ...]]:
    return list(map(attrgetter(*columns), rows))


def _json(rows: list[Row]) -> bytes:
    return postgres.encode(rows)


def _some_json(columns: Columns, rows: list[Row]) -> bytes:
    return postgres.as_json(columns, map(attrgetter(*columns), rows))
