"""Writing years of books in minutes: rows made by the database itself, with nothing in their way.

While they are written nothing guards the tables and nothing checks keys; indexes are made anew at the end. So
a row costs microseconds, and what it says is up to whoever has it written: `avoir verify` must find nothing.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from msgspec.structs import astuple

from avoir.core.books import KINDS
from avoir.core.journal import JournalLine
from avoir.core.row import Row
from avoir.store.database import is_sqlite, sqlite_path
from avoir.store.protocol import on_conflict

Run = Callable[[str], list[tuple[Any, ...]]]
"""Runs a statement, and gives its rows."""
SUMS = tuple(kind for kind in KINDS if kind.GROWS)
_FAST_FILE = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -1000000")
_PARTS = "type = 'trigger' OR type = 'index' AND sql IS NOT NULL"
_OF_TABLES = """SELECT {what} FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE t.relname IN ({tables}) AND NOT i.indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)"""
_FAST_SERVER = (
    # Neither guards nor keys between tables: it takes a superuser, as our own server's is.
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '512MB'",
    "SET work_mem = '256MB'",
    "SET jit = off",
)


@contextlib.contextmanager
def loading(url: str, kinds: Sequence[type[Row]]) -> Iterator[Run]:
    """Write to these tables with nothing in the way. Nobody else may be at the database.

    What is broken off leaves the database of no use. At the end everything is on the disk, so that nothing
    of it is still being written while something else is measured.
    """
    with (_file if is_sqlite(url) else _server)(url, [kind.TABLE for kind in kinds]) as run:
        yield run


@contextlib.contextmanager
def _file(url: str, tables: Sequence[str]) -> Iterator[Run]:
    path = sqlite_path(url)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in _FAST_FILE:
            db.execute(f"PRAGMA {pragma}")

        def run(sql: str) -> list[tuple[Any, ...]]:
            return db.execute(sql).fetchall()

        which = f"tbl_name IN ({_listed(tables)}) AND ({_PARTS})"
        parts = run(f"SELECT type, name, sql FROM sqlite_schema WHERE {which} ORDER BY type, name")
        # What the planner is told of an index goes with it.
        known = run("SELECT tbl, idx, stat FROM sqlite_stat1")
        for kind, name, _ in parts:
            run(f"DROP {kind} {name}")
        yield run
        for _, _, sql in parts:
            run(sql)
        run("DELETE FROM sqlite_stat1")
        db.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", known)
        run("PRAGMA locking_mode = NORMAL")
        run("PRAGMA journal_mode = WAL")
    file = os.open(path, os.O_RDWR)
    os.fsync(file)
    os.close(file)


@contextlib.contextmanager
def _server(url: str, tables: Sequence[str]) -> Iterator[Run]:
    with psycopg.connect(url, autocommit=True) as db:
        for setting in _FAST_SERVER:
            db.execute(setting)

        def run(sql: str) -> list[tuple[Any, ...]]:
            ran = db.execute(sql.encode())
            return ran.fetchall() if ran.description else []

        listed = {"tables": _listed(tables)}
        indexes = run(_OF_TABLES.format(what="c.relname, pg_get_indexdef(c.oid)", **listed))
        for name, _ in indexes:
            run(f"DROP INDEX {name}")
        yield run
        for _, sql in indexes:
            run(sql)
        # As autovacuum does it some minutes after so much was written.
        run(f"VACUUM ANALYZE {', '.join(tables)}")
        run("CHECKPOINT")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def numbered(first: int, last: int) -> str:
    """A table `n` of the numbers `i` from the first to the last, in both databases' SQL."""
    return f"n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


def written(rows: Sequence[Row], marks: Mapping[int | str, str], source: str) -> str:
    """The statement that writes rows like these, all of them for each row of the source, in their order.

    The source is a SELECT of `{columns}` that ends with what it is FROM. `marks` are values that stand for
    others, wherever they stand, inside a text too: a number or a text that can be nothing else, and the SQL
    of what it stands for.
    """
    columns = list[str]()
    for values in zip(*map(astuple, rows), strict=True):
        said = [_said(value, marks) for value in values]
        each = " ".join(f"WHEN {place} THEN {sql}" for place, sql in enumerate(said))
        columns.append(said[0] if len(set(said)) == 1 else f"CASE side.k {each} END")
    if len(rows) > 1:
        sides = " UNION ALL ".join(f"SELECT {place} AS k" for place in range(len(rows)))
        source += f" CROSS JOIN ({sides}) AS side"
    return f"INSERT INTO {type(rows[0]).TABLE} {source.replace('{columns}', ', '.join(columns))}"


def _said(value: Any, marks: Mapping[int | str, str]) -> str:
    """A value in SQL. A column of text takes texts only, and one of numbers numbers."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return marks.get(value, str(value))
    known = {str(mark): f"CAST({sql} AS TEXT)" for mark, sql in marks.items()}
    parts = re.split(f"({'|'.join(map(re.escape, known))})", value)
    texts = (known.get(part) or "'" + part.replace("'", "''") + "'" for part in parts if part)
    return " || ".join(texts) or "''"


def summed(organization: int, first: int, last: int) -> Iterator[str]:
    """The statements that add the lines of these entries to every sum that the store keeps of lines."""
    for kind in SUMS:
        own = {"branch_id": "COALESCE(branch_id, 0)", "month": "substr(booked_on, 1, 7)"}
        key = ", ".join(own.get(name, name) for name in kind.KEY)
        sides = [name for name in kind.__struct_fields__ if name not in kind.KEY]
        sums = ", ".join(f"CAST(SUM({side}) AS BIGINT)" for side in sides)
        named = "AND customer_id IS NOT NULL" if "customer_id" in kind.KEY else ""
        yield f"""INSERT INTO {kind.TABLE} ({", ".join((*kind.KEY, *sides))}) SELECT {key}, {sums}
            FROM {JournalLine.TABLE}
            WHERE organization_id = {organization} AND entry_id BETWEEN {first} AND {last} {named}
            GROUP BY {key} {on_conflict(kind)}"""
