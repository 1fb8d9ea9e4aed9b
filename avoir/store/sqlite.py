"""SQLite: WAL, FULL, one writer. Rows travel as tuples."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from avoir.app.clerk import Weather
from avoir.core.errors import invariant
from avoir.core.row import Columns, Row
from avoir.store.migrate import migrate
from avoir.store.protocol import Change, Fetch, Params, numbered_only, on_conflict

encode, tuples = msgspec.json.Encoder().encode, msgspec.structs.astuple


@cache
def select(kind: type[Row], by: Columns) -> str:
    # CROSS JOIN fixes the order, so that the whole key of the index is used; `IN (SELECT ...)` uses a column.
    return f"""SELECT {", ".join("t." + c for c in kind.__struct_fields__)}
        FROM json_each(?) AS k CROSS JOIN {kind.TABLE} AS t
        ON {" AND ".join(f"t.{c} = k.value->>{i}" for i, c in enumerate(by))} {numbered_only(by)}"""


@cache
def insert_into(kind: type[Row]) -> str:
    marks = ", ".join("?" for _ in kind.__struct_fields__)
    return f"INSERT INTO {kind.TABLE} VALUES ({marks}) {on_conflict(kind)}"


@cache
def update_of(kind: type[Row], columns: Columns) -> str:
    # A column that is named is written, and its indexes and foreign keys are gone through, changed or not.
    return f"""UPDATE {kind.TABLE} SET {", ".join(f"{c} = ?" for c in columns)}
        WHERE {" AND ".join(f"{c} = ?" for c in kind.KEY)}"""


@cache
def delete_from(kind: type[Row]) -> str:
    return f"DELETE FROM {kind.TABLE} WHERE {' AND '.join(f'{c} = ?' for c in kind.KEY)}"


class Sqlite:
    """One connection to one file."""

    def __init__(self, path: str, *, reading: bool = False) -> None:
        self.path = path
        try:
            self.db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10, cached_statements=256
            )
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "cache_size = -16384",
                "wal_autocheckpoint = 4000",
                f"query_only = {'ON' if reading else 'OFF'}",
            ):
                self.db.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as problem:
            raise Weather(f"{path}: {problem}") from problem

    def begin(self) -> None:
        self._run("BEGIN IMMEDIATE")

    def snapshot(self) -> None:
        self._run("BEGIN")

    def fetch(self, wanted: Sequence[Fetch]) -> list[list[Row]]:
        return [
            [kind(*row) for row in self._run(select(kind, by), (encode(keys).decode(),))]
            for kind, by, keys in wanted
        ]

    def write(
        self, new: Sequence[list[Row]], changed: Sequence[Change], gone: Sequence[list[Row]] = ()
    ) -> None:
        try:
            for rows in new:
                self.db.executemany(insert_into(type(rows[0])), list(map(tuples, rows)))
            for kind, columns, rows in changed:
                values = list(map(attrgetter(*columns, *kind.KEY), rows))
                done = self.db.executemany(update_of(kind, columns), values)
                invariant(done.rowcount == len(rows), "every changed row was there")
            for rows in gone:
                gone_kind = type(rows[0])
                self.db.executemany(delete_from(gone_kind), list(map(gone_kind.key, rows)))
        except sqlite3.OperationalError as problem:
            raise Weather(str(problem)) from problem

    def commit(self) -> None:
        self._run("COMMIT")

    def rollback(self) -> None:
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        return self._run(sql, params).fetchall()

    def execute(self, statements: Iterable[str]) -> None:
        self.begin()
        try:
            for statement in statements:
                self.db.execute(_strict(statement))
            self.db.execute("COMMIT")
        except BaseException:
            self.rollback()
            raise

    def migrate(self) -> int:
        done = migrate(self, "sqlite")
        if done:
            self.execute(self._expectations())
        return done

    def close(self) -> None:
        self.db.close()

    def _expectations(self) -> Iterator[str]:
        """What the planner is to think of every index: an organization is large, the whole key is exact.

        Without statistics it takes an organization for ten rows, and reads all of them rather than use a
        second index. `ANALYZE` replaces these figures by facts.
        """
        yield "ANALYZE sqlite_schema"
        yield "DELETE FROM sqlite_stat1"
        indexes = self.all(
            """SELECT t.name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END, i."unique", count(*)
            FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
            WHERE t.type = 'table' GROUP BY t.name, i.name"""
        )
        for table, index, unique, columns in indexes:
            rows = [*(1_000_000, 100_000, 1_000, 100, 20, 15, 12)[:columns], 1 if unique else 10]
            yield f"INSERT INTO sqlite_stat1 VALUES ('{table}', '{index}', '{' '.join(map(str, rows))}')"
        yield "ANALYZE sqlite_schema"

    def _run(self, sql: str, params: Params | tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self.db.execute(sql, params)
        except sqlite3.OperationalError as problem:
            raise Weather(str(problem)) from problem


def _strict(statement: str) -> str:
    """A table of the migrations as SQLite is to keep it: strict types, clustered by its key."""
    if not statement.startswith("CREATE TABLE"):
        return statement
    return statement.replace("BIGINT", "INTEGER").rstrip().removesuffix(");") + ") STRICT, WITHOUT ROWID;"
