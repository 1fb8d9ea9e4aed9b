"""PostgreSQL: rows of a table travel as one JSON parameter, a single one by itself, all in a pipeline."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from operator import attrgetter
from types import UnionType
from typing import Any, get_args

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from avoir.app.clerk import Weather
from avoir.core.access import DIRECTORY
from avoir.core.organization import Counters
from avoir.core.row import Columns, Row
from avoir.store.fence import BEHIND_THE_FENCE, MAY_READ, UNFENCED, fencing, making_the_role
from avoir.store.migrate import migrate
from avoir.store.pipeline import Parameter, Pipeline
from avoir.store.protocol import Batch, Fetch, Params, numbered_only, on_conflict

encode = msgspec.json.Encoder().encode
tuples = msgspec.structs.astuple
TYPES = {int: "bigint", str: "text"}
_NAMED = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")
_MANY = re.compile(r"IN \((:[a-z_][a-z_0-9]*)\[\]\)")
_BIGINT, _BIGINTS, _TEXTS, _SAID_BY_ITS_PLACE = 20, 1016, 1009, 0
"""PostgreSQL's numbers of its types. A text's is found out from where it stands: a day, a name, an array."""
# A key list is short and indexed: never hash or scan a whole table for it, never plan it twice.
_OFF = ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")
# No statement of ours runs for so long that compiling it would pay.
_READER = "-c default_transaction_read_only=on -c jit=off"
_LOST_SECONDS = 10
"""So long a wire that is cut, or a host that is gone, holds the pen or whoever waits for an answer."""
_LOST = ("idle_in_transaction_session_timeout", "tcp_user_timeout")
_CLERK = " ".join(
    (*(f"-c {each}=off" for each in (*_OFF, "jit")), *(f"-c {each}={_LOST_SECONDS}s" for each in _LOST))
)
_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": _LOST_SECONDS * 1000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
"""Of the driver, where the URL says nothing else: by itself it waits for hours for a host that is gone."""
_ONE_PLAN, _NO_PLAN_FOR_ALL = (f"SET plan_cache_mode = force_{which}_plan" for which in ("generic", "custom"))
MINE = "t.organization_id = $2"
ALONE = "SELECT coalesce(current_setting('avoir.one_organization', true), '') = 'on'"
"""Whether the database wants each batch to be of one organization; `store.citus` has it say so."""
_WEATHER = (psycopg.OperationalError, psycopg.InterfaceError)


def record(kind: type[Row], columns: Columns) -> str:
    """Some columns of a table, as a record of JSON has to be told of them."""
    types = {field.name: TYPES[_plain(field.type)] for field in msgspec.structs.fields(kind)}
    return ", ".join(f"{c} {types[c]}" for c in columns)


def as_json(columns: Columns, rows: Iterable[Iterable[Any]]) -> bytes:
    """Some columns of rows, as the one parameter of a statement."""
    return encode([dict(zip(columns, row, strict=True)) for row in rows])


@cache
def select(kind: type[Row], by: Columns, alone: bool = False) -> str:
    # The pen: whoever holds an organization's counters writes its books, and nobody else needs a lock.
    lock = "ORDER BY t.organization_id FOR UPDATE OF t" if kind is Counters else ""
    mine = "" if not alone else f"{'AND' if numbered_only(by) else 'WHERE'} {MINE}"
    return f"""SELECT {", ".join("t." + c for c in kind.__struct_fields__)}
        FROM json_to_recordset($1) AS k ({record(kind, by)})
        JOIN {kind.TABLE} AS t USING ({", ".join(by)}) {numbered_only(by)} {mine} {lock}"""


@cache
def select_one(kind: type[Row], by: Columns) -> str:
    """As `select`, for one key: to unpack a list and join it costs more than to find the row."""
    lock = "FOR UPDATE" if kind is Counters else ""
    numbered = "t.number <> '' AND " if numbered_only(by) else ""
    return f"""SELECT {", ".join("t." + c for c in kind.__struct_fields__)}
        FROM {kind.TABLE} AS t WHERE {numbered}{_given(by, "t.")} {lock}"""


@cache
def insert_into(kind: type[Row]) -> str:
    # One parameter for any number of rows; the table's own row type does the typing.
    return f"""INSERT INTO {kind.TABLE}
        SELECT * FROM json_populate_recordset(NULL::{kind.TABLE}, $1) {on_conflict(kind)}"""


@cache
def insert_one(kind: type[Row]) -> str:
    values = ", ".join(f"${i}" for i in range(1, len(kind.__struct_fields__) + 1))
    return f"INSERT INTO {kind.TABLE} VALUES ({values}) {on_conflict(kind)}"


@cache
def update_of(kind: type[Row], columns: Columns, alone: bool = False) -> str:
    # Every changed row must have been there: dividing by nothing fails the batch, its COMMIT included.
    return f"""WITH done AS (UPDATE {kind.TABLE} AS t SET {", ".join(f"{c} = v.{c}" for c in columns)}
        FROM json_to_recordset($1) AS v ({record(kind, (*columns, *kind.KEY))})
        WHERE {_same(kind, alone)} RETURNING 1)
        SELECT 1 / CAST(count(*) = json_array_length($1) AS INTEGER) FROM done"""


@cache
def update_one(kind: type[Row], columns: Columns) -> str:
    sets = ", ".join(f"{c} = ${i}" for i, c in enumerate(columns, len(kind.KEY) + 1))
    return f"""WITH done AS (UPDATE {kind.TABLE} SET {sets} WHERE {_given(kind.KEY)} RETURNING 1)
        SELECT 1 / count(*) FROM done"""


@cache
def delete_from(kind: type[Row], alone: bool = False) -> str:
    return f"""DELETE FROM {kind.TABLE} AS t USING json_populate_recordset(NULL::{kind.TABLE}, $1) AS v
        WHERE {_same(kind, alone)}"""


def _same(kind: type[Row], alone: bool) -> str:
    """The rows that are meant; where a batch is of one organization, the planner sees which."""
    same = " AND ".join(f"t.{c} = v.{c}" for c in kind.KEY)
    return f"{same} AND {MINE}" if alone else same


def _given(columns: Columns, of: str = "") -> str:
    """The row whose first columns are the first parameters."""
    return " AND ".join(f"{of}{c} = ${i}" for i, c in enumerate(columns, 1))


def statements(batch: Batch, alone: bool = False) -> Iterator[tuple[str, Sequence[Parameter]]]:
    """What writes a batch: each statement and its parameters: the rows, and `alone`, whose they are."""
    for rows in batch.new:
        kind = type(rows[0])
        if len(rows) == 1:
            yield insert_one(kind), _texts(tuples(rows[0]))
        else:
            yield insert_into(kind), (encode(rows),)
    for kind, columns, rows in batch.changed:
        if len(rows) == 1:
            yield update_one(kind, columns), _texts(attrgetter(*kind.KEY, *columns)(rows[0]))
        else:
            named = (*columns, *kind.KEY)
            values = as_json(named, map(attrgetter(*named), rows))
            yield update_of(kind, columns, alone), (values, *_whose(rows, alone))
    for rows in batch.gone:
        yield delete_from(type(rows[0]), alone), (encode(rows), *_whose(rows, alone))


def _texts(values: Iterable[Any]) -> list[Parameter]:
    """A row's values, or a key's, as PostgreSQL reads them; the columns say of which type they are."""
    return [
        None if value is None else _text(value) if isinstance(value, str) else b"%d" % value
        for value in values
    ]


def _whose(rows: Sequence[Any], alone: bool) -> tuple[bytes, ...]:
    return (b"%d" % rows[0].organization_id,) if alone else ()


@lru_cache(2048)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` by its place, as PostgreSQL has it, and the names in their places."""
    names: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        return names.setdefault(match[1], f"${len(names) + 1}")

    text = _NAMED.sub(place, _MANY.sub(r"= ANY (\1)", sql))
    return text, tuple(names)


def typed(value: Any) -> tuple[int, bytes | None]:
    """A parameter as PostgreSQL reads it: the number of its type, and its text."""
    if isinstance(value, int):
        return _BIGINT, b"%d" % value
    if isinstance(value, str):
        return _SAID_BY_ITS_PLACE, _text(value)
    if value is None:
        return _SAID_BY_ITS_PLACE, None
    if isinstance(value[0], int):
        return _BIGINTS, b"{%b}" % b",".join(b"%d" % each for each in value)
    texts = (_text(each).replace(b"\\", b"\\\\").replace(b'"', b'\\"') for each in value)
    return _TEXTS, b'{"%b"}' % b'","'.join(texts)


def _text(value: str) -> bytes:
    if "\0" in value:
        # The driver would take it for the text's end.
        raise psycopg.DataError("no text holds the character NUL")
    return value.encode()


class Postgres:
    """One connection, made anew when it was lost."""

    meanwhile = True

    def __init__(self, url: str, *, reading: bool = False) -> None:
        self.url, self.reading = url, reading
        self.db: psycopg.Connection[Any]
        try:
            self._connect()
        except _WEATHER as problem:
            raise Weather(str(problem)) from problem

    def _connect(self) -> None:
        self.db = psycopg.connect(
            make_conninfo(self.url, **_PATIENCE | conninfo_to_dict(self.url)),
            autocommit=True,
            # The pipeline prepares for itself; and what psycopg has prepared, it forgets at every ROLLBACK,
            # with a DEALLOCATE ALL that would take the pipeline's statements along.
            prepare_threshold=None,
            options=_READER if self.reading else _CLERK,
        )
        self.pipeline = Pipeline(self.db)
        self.alone = bool(self.db.execute(ALONE).fetchall()[0][0])
        # Several machines cannot plan for all organizations at once, and one should not plan for each anew.
        if self.alone:
            self.db.execute(_NO_PLAN_FOR_ALL)
        elif not self.reading:
            self.db.execute(_ONE_PLAN)
        self._may_fence: bool | None = None

    def begin(self) -> None:
        self._alive()
        with _weather():
            self.pipeline.open()
            self.pipeline.send("BEGIN")

    def snapshot(self, organization_id: int = DIRECTORY) -> None:
        self._alive()
        if self._may_fence is None:
            self._may_fence = not self.alone and bool(self.all(MAY_READ))
        with _weather():
            # They go with the first question: what is wrong is told by its answer.
            self.pipeline.open()
            self.pipeline.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if self._may_fence and organization_id != DIRECTORY:
                self.pipeline.send(BEHIND_THE_FENCE, b"%d" % organization_id)

    def _alive(self) -> None:
        if self.db.closed:
            try:
                self._connect()
            except _WEATHER as problem:
                raise Weather(str(problem)) from problem

    def fetch(self, wanted: Sequence[Fetch]) -> list[list[Row]]:
        pipeline = self.pipeline
        with _weather():
            for kind, by, keys in wanted:
                if len(keys) == 1:
                    pipeline.send(select_one(kind, by), *_texts(keys[0]))
                    continue
                whose = (b"%d" % keys[0][0],) if self.alone else ()
                pipeline.send(select(kind, by, self.alone), as_json(by, keys), *whose)
            answers = pipeline.answers()[-len(wanted) :]
            return [
                pipeline.rows(answer, partial(_row, fetch.kind))
                for fetch, answer in zip(wanted, answers, strict=True)
            ]

    def write(self, batch: Batch) -> None:
        with _weather():
            self._send(batch)
            self.pipeline.push()

    def commit(self, batch: Batch) -> None:
        with _weather():
            self._send(batch)
            self.pipeline.send("COMMIT")
            self.pipeline.answers()
            self.pipeline.close()

    def _send(self, batch: Batch) -> None:
        for sql, parameters in statements(batch, self.alone):
            self.pipeline.send(sql, *parameters)

    def rollback(self) -> None:
        try:
            if not self.db.closed:
                self.pipeline.close("ROLLBACK")
        except psycopg.Error:
            self.db.close()

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        self._alive()
        text, names = positional(sql)
        told = [typed(params[name]) for name in names]
        pipeline = self.pipeline
        alone = not pipeline.is_open
        with _weather():
            if alone:
                pipeline.open()
            try:
                pipeline.send(text, *(value for _, value in told), types=tuple(type_ for type_, _ in told))
                return pipeline.rows(pipeline.answers()[-1], tuple)
            finally:
                if alone:
                    pipeline.close()

    def execute(self, statements: Iterable[str]) -> None:
        with self.db.transaction():
            self.db.execute("SET LOCAL lock_timeout = '5s'")
            # Two processes that start at once migrate one after the other.
            self.db.execute("SELECT pg_advisory_xact_lock(4157014)")
            for statement in statements:
                self.db.execute(statement.encode(), prepare=False)

    def migrate(self) -> int:
        done = migrate(self, "postgres")
        if not self.alone and self.all(UNFENCED):
            self.execute([making_the_role()])
            if self.all(MAY_READ):
                self.execute(self._fences())
        return done

    def _fences(self) -> Iterator[str]:
        # Begun under the lock: a process that starts at the same time may have fenced them meanwhile.
        yield from fencing([name for (name,) in self.all(UNFENCED)])

    def close(self) -> None:
        self.db.close()


@contextmanager
def _weather() -> Iterator[None]:
    """Deadlock, serialization, lost connection: what may be tried again."""
    try:
        yield
    except _WEATHER as problem:
        raise Weather(str(problem)) from problem


def _row(kind: type[Row], values: Sequence[Any]) -> Row:
    return kind(*values)


def _plain(type_: Any) -> Any:
    """`int | None` is a bigint that may be missing."""
    return get_args(type_)[0] if isinstance(type_, UnionType) else type_
