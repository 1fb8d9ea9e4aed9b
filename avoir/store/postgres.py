"""PostgreSQL: rows of a table travel as one JSON parameter, the statements of a batch in one pipeline."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, get_args

import msgspec
import psycopg

from avoir.app.clerk import Weather
from avoir.core.errors import invariant
from avoir.core.organization import Counters
from avoir.core.row import Columns, Row
from avoir.store.migrate import migrate
from avoir.store.protocol import Change, Fetch, Params, numbered_only, on_conflict

encode = msgspec.json.Encoder().encode
TYPES = {int: "bigint", str: "text"}
_NAMED = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")
# A key list is short and indexed: never hash or scan a whole table for it, never plan it twice.
_OFF = ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")
_CLERK = " ".join(f"-c {each}=off" for each in _OFF) + " -c plan_cache_mode=force_generic_plan"
_WEATHER = (psycopg.OperationalError, psycopg.InterfaceError)


def record(kind: type[Row], columns: Columns) -> str:
    """Some columns of a table, as a record of JSON has to be told of them."""
    types = {field.name: TYPES[_plain(field.type)] for field in msgspec.structs.fields(kind)}
    return ", ".join(f"{c} {types[c]}" for c in columns)


def as_json(columns: Columns, rows: Iterable[Iterable[Any]]) -> tuple[str]:
    """Rows as the one parameter of a statement."""
    return (encode([dict(zip(columns, row, strict=True)) for row in rows]).decode(),)


@cache
def select(kind: type[Row], by: Columns) -> str:
    # The pen: whoever holds an organization's counters writes its books, and nobody else needs a lock.
    lock = "ORDER BY t.organization_id FOR UPDATE OF t" if kind is Counters else ""
    return f"""SELECT {", ".join("t." + c for c in kind.__struct_fields__)}
        FROM json_to_recordset(%s) AS k ({record(kind, by)})
        JOIN {kind.TABLE} AS t USING ({", ".join(by)}) {numbered_only(by)} {lock}"""


@cache
def insert_into(kind: type[Row]) -> str:
    # One parameter for any number of rows; the table's own row type does the typing.
    return f"""INSERT INTO {kind.TABLE}
        SELECT * FROM json_populate_recordset(NULL::{kind.TABLE}, %s) {on_conflict(kind)}"""


@cache
def update_of(kind: type[Row], columns: Columns) -> str:
    return f"""UPDATE {kind.TABLE} AS t SET {", ".join(f"{c} = v.{c}" for c in columns)}
        FROM json_to_recordset(%s) AS v ({record(kind, (*columns, *kind.KEY))})
        WHERE {" AND ".join(f"t.{c} = v.{c}" for c in kind.KEY)}"""


@cache
def delete_from(kind: type[Row]) -> str:
    return f"""DELETE FROM {kind.TABLE} AS t USING json_populate_recordset(NULL::{kind.TABLE}, %s) AS v
        WHERE {" AND ".join(f"t.{c} = v.{c}" for c in kind.KEY)}"""


@cache
def with_percents(sql: str) -> str:
    """`:name` as psycopg writes it."""
    return _NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))


class Postgres:
    """One connection, made anew when it was lost."""

    def __init__(self, url: str, *, reading: bool = False) -> None:
        self.url, self.reading = url, reading
        self.db: psycopg.Connection[Any]
        self._begun = False
        try:
            self._connect()
        except _WEATHER as problem:
            raise Weather(str(problem)) from problem

    def _connect(self) -> None:
        self.db = psycopg.connect(
            self.url,
            autocommit=True,
            prepare_threshold=0,
            connect_timeout=5,
            options="-c default_transaction_read_only=on" if self.reading else _CLERK,
        )

    def begin(self) -> None:
        self._begun = False
        self._alive()

    def snapshot(self) -> None:
        self._alive()
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _alive(self) -> None:
        if self.db.closed:
            try:
                self._connect()
            except _WEATHER as problem:
                raise Weather(str(problem)) from problem

    def fetch(self, wanted: Sequence[Fetch]) -> list[list[Row]]:
        try:
            with self.db.pipeline():
                if not self._begun:
                    self.db.execute("BEGIN")
                    self._begun = True
                answers = [
                    self.db.cursor(binary=True).execute(select(kind, by), as_json(by, keys))
                    for kind, by, keys in wanted
                ]
            return [
                [kind(*row) for row in cursor.fetchall()]
                for (kind, _, _), cursor in zip(wanted, answers, strict=True)
            ]
        except _WEATHER as problem:  # Deadlock, serialization, lost connection.
            raise Weather(str(problem)) from problem

    def write(
        self, new: Sequence[list[Row]], changed: Sequence[Change], gone: Sequence[list[Row]] = ()
    ) -> None:
        try:
            with self.db.pipeline():
                for rows in new:
                    self.db.execute(insert_into(type(rows[0])), (encode(rows).decode(),))
                done = [(self._update(change), len(change.rows)) for change in changed]
                for rows in gone:
                    self.db.execute(delete_from(type(rows[0])), (encode(rows).decode(),))
                self.db.execute("COMMIT")
        except _WEATHER as problem:
            raise Weather(str(problem)) from problem
        invariant(all(cursor.rowcount == n for cursor, n in done), "every changed row was there")

    def _update(self, change: Change) -> psycopg.Cursor[Any]:
        kind, columns, rows = change
        written = (*columns, *kind.KEY)
        return self.db.execute(update_of(kind, columns), as_json(written, map(attrgetter(*written), rows)))

    def rollback(self) -> None:
        try:
            if not self.db.closed:
                self.db.execute("ROLLBACK")
        except psycopg.Error:
            self.db.close()

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        self._alive()
        return list(self._run(with_percents(sql), params).fetchall())

    def execute(self, statements: Iterable[str]) -> None:
        with self.db.transaction():
            self.db.execute("SET LOCAL lock_timeout = '5s'")
            # Two processes that start at once migrate one after the other.
            self.db.execute("SELECT pg_advisory_xact_lock(4157014)")
            for statement in statements:
                self.db.execute(statement.encode(), prepare=False)

    def migrate(self) -> int:
        return migrate(self, "postgres")

    def close(self) -> None:
        self.db.close()

    def _run(self, sql: str, params: Params = {}) -> psycopg.Cursor[Any]:  # noqa: B006
        try:
            return self.db.execute(sql, params or None)
        except _WEATHER as problem:
            raise Weather(str(problem)) from problem


def _plain(type_: Any) -> Any:
    """`int | None` is a bigint that may be missing."""
    return get_args(type_)[0] if isinstance(type_, UnionType) else type_
