"""What the resolvers of one turn of the event loop want is read together: one statement for each kind."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from avoir.app.reads import graph
from avoir.app.reads.query import Query
from avoir.core.row import Row
from avoir.faces.caller import Caller


class Batch(NamedTuple):
    """One statement to be: rows of a kind by a column, under a further condition.

    With `read`, whatever rows it finds for some values; of them too `column` says whose they are.
    """

    kind: type[Any]
    column: str
    where: str = "1 = 1"
    rest: str = ""
    params: tuple[tuple[str, Any], ...] = ()
    read: Callable[[Query, Sequence[int]], list[Any]] | None = None


class Loader:
    """Reads for one request. What was read once is remembered until `forget`.

    One read at a time, and only when nobody wants anything more: how many statements an answer takes does
    not depend on how fast the database is.
    """

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._known: dict[Batch, dict[int, asyncio.Future[list[Any]]]] = {}
        self._wanted: dict[Batch, dict[int, asyncio.Future[list[Any]]]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._seen = 0  # Wants at the last turn of the loop.

    def many(self, batch: Batch, value: int) -> asyncio.Future[list[Any]]:
        """The rows whose column has that value."""
        known = self._known.setdefault(batch, {})
        if value not in known:
            loop = asyncio.get_running_loop()
            if not self._wanted and self._reading is None:
                loop.call_soon(self._start)
            known[value] = self._wanted.setdefault(batch, {})[value] = loop.create_future()
        return known[value]

    async def one(self, kind: type[Row], id: int | None) -> Any:
        """The row with that id, or None."""
        rows = [] if id is None else await self.many(Batch(kind, "id"), id)
        return rows[0] if rows else None

    def prime(self, rows: Sequence[Row], batches: Iterable[Batch]) -> None:
        """Know rows that no database has: those of a preview. What else is asked for is read as ever."""
        loop = asyncio.get_running_loop()
        kinds = {type(row) for row in rows}
        known = [*batches, *(Batch(kind, "id") for kind in kinds if "id" in kind.__struct_fields__)]
        for batch in known:
            found: dict[int, list[Any]] = {}
            for row in rows:
                if type(row) is batch.kind and (value := getattr(row, batch.column)) is not None:
                    found.setdefault(value, []).append(row)
            for value, mine in found.items():
                future = self._known.setdefault(batch, {})[value] = loop.create_future()
                future.set_result(mine)

    def forget(self) -> None:
        """Something may have changed."""
        self._known.clear()

    def _start(self) -> None:
        wanted, loop = sum(map(len, self._wanted.values())), asyncio.get_running_loop()
        if wanted != self._seen:  # Others may want something at the next turn.
            self._seen = wanted
            loop.call_soon(self._start)
            return
        self._seen = 0
        if wanted:
            self._reading = loop.create_task(self._read())
            self._reading.add_done_callback(self._again)

    def _again(self, done: "asyncio.Task[None]") -> None:
        self._reading = None
        self._start()

    async def _read(self) -> None:
        wanted, self._wanted = self._wanted, {}
        try:
            answers = await self.caller.read(
                _all, [(batch, list(values)) for batch, values in wanted.items()]
            )
        except Exception as problem:  # Whoever waits is told; nobody else can.
            for futures in wanted.values():
                for future in futures.values():
                    future.set_exception(problem)
            return
        for futures, rows in zip(wanted.values(), answers, strict=True):
            for value, future in futures.items():
                future.set_result(rows.get(value, []))


def _all(query: Query, wanted: list[tuple[Batch, list[int]]]) -> list[Mapping[int, list[Any]]]:
    """The rows of every batch, by the value of its column; all of one moment."""
    answers: list[Mapping[int, list[Any]]] = []
    for (kind, column, where, rest, params, read), values in wanted:
        found: dict[int, list[Any]] = {}
        rows = (
            graph.among(query, kind, column, values, where, rest, dict(params))
            if read is None
            else graph.together(query, read, values)
        )
        for row in rows:
            found.setdefault(getattr(row, column), []).append(row)
        answers.append(found)
    return answers
