"""SQLite: WAL, FULL, one writer. Rows travel as tuples."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from avoir.app.clerk import Weather
from avoir.core.access import DIRECTORY
from avoir.core.errors import invariant
from avoir.core.row import Columns, Row
from avoir.core.want import Key
from avoir.store.checkpoint import Checkpoints
from avoir.store.migrate import migrate
from avoir.store.protocol import Batch, Fetch, Params, numbered_only, on_conflict

encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(list[list[Any]]).decode
anything = msgspec.json.Decoder().decode
tuples = msgspec.structs.astuple
_MANY = re.compile(r"IN \(:([a-z_][a-z_0-9]*)\[\]\)")
AT_ONCE = 32
"""Rows of one statement: Python's lock is let go and taken again for each statement, not for each row."""
Statement = tuple[str, Sequence[Any], int]
"""SQL, its parameters, and how many rows it must write."""

OPENED = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
READING = ("query_only = ON", "cache_size = -16384")
WRITING = (
    # Keys and notes lie all over the file: what the clerk keeps, it need not read again.
    "cache_size = -65536",
    # What a statement overwrites is kept until it ends: in memory, not in a file that is made for it.
    "temp_store = MEMORY",
    # `Checkpoints` empties the log; beyond so many pages it could not keep up, and the clerk does.
    "wal_autocheckpoint = 16000",
)

_NOTHING: dict[None, None] = {}
# Asked to store None, the driver looks for an adapter in three places before it does without. This one it
# finds at once, and what it gives back is None.
sqlite3.register_adapter(type(None), _NOTHING.get)


@cache
def select(kind: type[Row], by: Columns, keys: int) -> str:
    # CROSS JOIN fixes the order, so that the whole key of the index is used; `IN (SELECT ...)` uses a column.
    # All rows come as one value: for each value Python's lock is let go, and another thread may take it.
    # Keys go in one by one: to take them out of one JSON value again takes as long as to find the rows.
    return f"""SELECT json_group_array(json_array({", ".join("t." + c for c in kind.__struct_fields__)}))
        FROM (VALUES {_values(len(by), keys)}) AS k CROSS JOIN {kind.TABLE} AS t
        ON {" AND ".join(f"t.{c} = k.column{i}" for i, c in enumerate(by, 1))} {numbered_only(by)}"""


@cache
def insert_into(kind: type[Row], rows: int) -> str:
    return f"INSERT INTO {kind.TABLE} VALUES {_values(len(kind.__struct_fields__), rows)} {on_conflict(kind)}"


@cache
def update_of(kind: type[Row], columns: Columns, rows: int) -> str:
    # A column that is named is written, and its indexes and foreign keys are gone through, changed or not.
    # The columns of VALUES are called column1, column2 and so on.
    at = {c: f"{c} = v.column{i}" for i, c in enumerate((*kind.KEY, *columns), 1)}
    return f"""UPDATE {kind.TABLE} AS t SET {", ".join(at[c] for c in columns)}
        FROM (VALUES {_values(len(at), rows)}) AS v WHERE {" AND ".join("t." + at[c] for c in kind.KEY)}"""


@cache
def delete_from(kind: type[Row]) -> str:
    return f"DELETE FROM {kind.TABLE} WHERE {' AND '.join(f'{c} = ?' for c in kind.KEY)}"


def statements(batch: Batch) -> Iterator[Statement]:
    """What writes a batch."""
    for rows in batch.new:
        kind = type(rows[0])
        for part in _parts(list(map(tuples, rows))):
            yield insert_into(kind, len(part)), [*chain(*part)], len(part)
    for kind, columns, rows in batch.changed:
        for part, room in _filled(list(map(attrgetter(*kind.KEY, *columns), rows))):
            # A row that is named twice is written once.
            yield update_of(kind, columns, len(part)), [*chain(*part)], len(part) - room
    for rows in batch.gone:
        for row in rows:
            yield delete_from(type(row)), type(row).key(row), 1


@lru_cache(2048)
def with_lists(sql: str) -> tuple[str, list[str]]:
    """`:name[]` as SQLite has it: a list of JSON; and the names that stand so."""
    return _MANY.sub(r"IN (SELECT value FROM json_each(:\1))", sql), _MANY.findall(sql)


def _parts(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by 32, 16, 8 and so on, so that few statements serve any number of them."""
    at = 0
    while left := len(rows) - at:
        size = min(AT_ONCE, 1 << left.bit_length() - 1)
        yield rows[at : at + size]
        at += size


def _filled(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[list[tuple[Any, ...]], int]]:
    """Rows by 32, the last of them by a power of two: the last row said again fills it up, so often."""
    for at in range(0, len(rows), AT_ONCE):
        part = [*rows[at : at + AT_ONCE]]
        room = (1 << (len(part) - 1).bit_length()) - len(part)
        yield part + part[-1:] * room, room


def _values(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


class Sqlite:
    """One connection to one file."""

    alone = meanwhile = False

    def __init__(self, path: str, *, reading: bool = False) -> None:
        self.path = path
        self.checkpoints, self._written = Checkpoints(path), 0
        try:
            self.db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10, cached_statements=256
            )
            for pragma in (*OPENED, *(READING if reading else WRITING)):
                self.db.execute(f"PRAGMA {pragma}")
            self.db.create_function("detail", 2, detail, deterministic=True)
            self.db.create_function("lower", 1, lower, deterministic=True)
        except sqlite3.OperationalError as problem:
            raise Weather(f"{path}: {problem}") from problem

    def begin(self) -> None:
        self._run("BEGIN IMMEDIATE")
        self._written = 0

    def snapshot(self, organization_id: int = DIRECTORY) -> None:
        self._run("BEGIN")

    def fetch(self, wanted: Sequence[Fetch]) -> list[list[Row]]:
        return [[*self._rows(*each)] for each in wanted]

    def _rows(self, kind: type[Row], by: Columns, keys: Sequence[Key]) -> Iterator[Row]:
        for part, _ in _filled(keys):
            found = self._run(select(kind, by, len(part)), [*chain(*part)]).fetchone()[0]
            yield from [kind(*row) for row in decode(found)]

    def write(self, batch: Batch) -> None:
        for sql, parameters, rows in statements(batch):
            invariant(self._run(sql, parameters).rowcount == rows, "every row was written")
            self._written += rows

    def commit(self, batch: Batch) -> None:
        self.write(batch)
        self._run("COMMIT")
        self.checkpoints.committed(self._written)

    def rollback(self) -> None:
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        text, many = with_lists(sql)
        if many:
            params = {**params, **{name: encode(params[name]).decode() for name in many}}
        return self._run(text, params).fetchall()

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
        self.checkpoints.close()
        self.db.close()

    def _expectations(self) -> Iterator[str]:
        """What the planner is to think of every index: an organization is large, the whole key is exact.

        Without statistics it takes an organization for ten rows, and reads all of them rather than use a
        second index. `ANALYZE` replaces these figures by facts.
        """
        yield "ANALYZE sqlite_schema"
        yield "DELETE FROM sqlite_stat1"
        indexes = self.all(
            """SELECT t.name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END, i."unique", i.partial,
                count(*)
            FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
            WHERE t.type = 'table' GROUP BY t.name, i.name"""
        )
        for table, index, unique, partial, columns in indexes:
            rows = [*(1_000_000, 100_000, 1_000, 100, 20, 15, 12)[:columns], 1 if unique else 10]
            if partial:
                # It is there because few rows are in it: whoever speaks its words finds them by it.
                rows = [max(each // 100, 1) for each in rows]
            yield f"INSERT INTO sqlite_stat1 VALUES ('{table}', '{index}', '{' '.join(map(str, rows))}')"
        yield "ANALYZE sqlite_schema"

    def _run(self, sql: str, params: Params | Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self.db.execute(sql, params)
        except sqlite3.OperationalError as problem:
            raise Weather(str(problem)) from problem


def detail(body: str, name: str) -> str:
    """A text of a JSON object, or true or false; empty where it is neither.

    PostgreSQL has the same function by a migration.
    """
    held = anything(body)
    found = held.get(name) if isinstance(held, dict) else None
    if isinstance(found, bool):
        return "true" if found else "false"
    return found if isinstance(found, str) else ""


def lower(text: Any) -> Any:
    """Small letters of every script, as PostgreSQL has them: SQLite's own knows English only."""
    return text.lower() if isinstance(text, str) else text


def _strict(statement: str) -> str:
    """A table of the migrations as SQLite is to keep it: strict types, clustered by its key."""
    if statement.startswith("ALTER TABLE"):
        return statement.replace("BIGINT", "INTEGER")
    if not statement.startswith("CREATE TABLE"):
        return statement
    return statement.replace("BIGINT", "INTEGER").rstrip().removesuffix(");") + ") STRICT, WITHOUT ROWID;"
