"""Prepared statements to PostgreSQL, sent without waiting for their answers.

The server works on what was sent while the clerk decides the next commands. psycopg's cursors can do this
too, at 12 to 20 µs a statement where libpq itself takes 1; a batch has about twenty of them.
"""

import select
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

_ABORTED, _FAILED = pq.ExecStatus.PIPELINE_ABORTED, (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE)
_SYNC = pq.ExecStatus.PIPELINE_SYNC
Parameter = bytes | None
"""A value as text, or NULL."""
MOST_PREPARED = 400
"""Statements that a connection keeps prepared: lists are filtered in more ways than anybody plans for."""


class Pipeline:
    """The pipeline of one connection, which is in pipeline mode from `open` to `close`."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self.db, self.pg = db, db.pgconn
        self._names: dict[tuple[str, Sequence[int]], bytes] = {}
        self._prepared = 0
        self._unproven: list[tuple[str, Sequence[int]]] = []
        self._sent: list[bool] = []
        self.trips = 0
        """How often the server was waited for."""

    def open(self) -> None:
        """Start: from here on the connection's cursors cannot be used."""
        self.pg.enter_pipeline_mode()

    def send(self, sql: str, *params: Parameter, types: Sequence[int] = ()) -> None:
        """Send a statement; its parameters are texts as PostgreSQL reads them. It is prepared once.

        `types` are the parameters' own, where PostgreSQL is not to find them out.
        """
        name = self._names.get((sql, types))
        if name is None:
            name = self._prepare(sql, types)
        self.pg.send_query_prepared(name, params, result_format=pq.Format.BINARY)
        self._sent.append(True)

    def _prepare(self, sql: str, types: Sequence[int]) -> bytes:
        self._prepared += 1
        name = self._names[sql, types] = b"avoir_%d" % self._prepared
        self.pg.send_prepare(name, sql.encode(), types)
        self._unproven.append((sql, types))
        self._sent.append(False)
        return name

    def push(self) -> None:
        """See that the server gets to work on what was sent."""
        self.pg.flush()

    def answers(self) -> list[pq.abc.PGresult]:
        """Wait for all that was sent since the last time; the answer of each statement.

        Raises the first statement's error, if any; the server has then skipped those behind it.
        """
        self.pg.pipeline_sync()
        found = self._results()
        wanted = [result for result, asked in zip(found, self._sent, strict=False) if asked]
        self._sent.clear()
        failed = next((result for result in found if result.status in _FAILED), None)
        if failed is not None or any(result.status == _ABORTED for result in found):
            self._forget()
        self._unproven.clear()
        if failed is not None:
            raise self._error(failed)
        return wanted

    def rows(self, answer: pq.abc.PGresult, make: Any) -> list[Any]:
        """The rows of an answer, each as `make` of its values."""
        reader = Transformer(self.db)
        reader.set_pgresult(answer)
        return reader.load_rows(0, answer.ntuples, make)

    @property
    def is_open(self) -> bool:
        """Whether the connection is in pipeline mode."""
        return self.pg.pipeline_status != pq.PipelineStatus.OFF

    def close(self, last: str = "") -> None:
        """End: wait for what is still under way, whatever becomes of it; then for a `last` statement."""
        if self.is_open:
            if self._sent:
                self.pg.pipeline_sync()
                self._results()
                self._sent.clear()
                self._forget()
            if last:
                self.send(last)
                self.answers()
            self.pg.exit_pipeline_mode()
            # Between transactions, and all at once: those that are in use are soon prepared again.
            if len(self._names) > MOST_PREPARED:
                self._names.clear()
                self.db.execute("DEALLOCATE ALL")

    def _forget(self) -> None:
        """Whether the newest statements were prepared is not known; they get new names."""
        for statement in self._unproven:
            self._names.pop(statement, None)
        self._unproven.clear()

    def _results(self) -> list[pq.abc.PGresult]:
        found: list[pq.abc.PGresult] = []
        self.trips += 1
        poll = select.poll()
        while True:
            unsent = self.pg.flush()
            if self.pg.is_busy():
                poll.register(self.pg.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
                poll.poll()
                self.pg.consume_input()
                continue
            result = self.pg.get_result()
            if result is None:  # The end of one statement's answer.
                continue
            if result.status == _SYNC:
                return found
            found.append(result)

    def _error(self, failed: pq.abc.PGresult) -> psycopg.Error:
        message = failed.get_error_message(self.db.info.encoding)
        state = failed.error_field(pq.DiagnosticField.SQLSTATE)
        try:
            return errors.lookup(state.decode() if state else "")(message)
        except KeyError:
            # Without a code it is libpq that speaks: of the connection.
            return psycopg.DatabaseError(message) if state else psycopg.OperationalError(message)
