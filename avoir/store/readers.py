"""Connections for reading, shared by threads; every read sees one moment."""

import contextlib
import queue
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from avoir.app.clerk import Weather
from avoir.app.reads.query import Memory, Query
from avoir.store.database import open_database
from avoir.store.protocol import Database

P = ParamSpec("P")
T = TypeVar("T")


class Readers:
    """At most `size` connections, opened when first needed. `run` may be called from any thread."""

    def __init__(self, url: str, size: int = 4) -> None:
        self.url, self._closed = url, False
        self._memory: Memory = {}
        self._idle: queue.LifoQueue[Database | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)

    def run(
        self,
        read: Callable[Concatenate[Query, P], T],
        organization_id: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Call a read with a query on one snapshot. Raises `Weather`: after `close`, always."""
        database = self._idle.get()
        try:
            if self._closed:
                raise Weather("the server is going")
            database = database or open_database(self.url, reading=True)
            for attempt in range(2):
                try:
                    database.snapshot(organization_id)
                    return read(Query(database, organization_id, self._memory), *args, **kwargs)
                except Weather:
                    # A connection that idled while the database restarted is found dead only now.
                    if attempt:
                        raise
                finally:
                    database.rollback()
            raise AssertionError
        finally:
            self._idle.put(database)
            # A read whose caller gave up goes on in its thread, and may come back after the others left.
            if self._closed:
                self.close()

    def close(self) -> None:
        """Close the connections that nobody uses, and those in use as they come back."""
        self._closed = True
        places = 0
        with contextlib.suppress(queue.Empty):
            while True:
                database = self._idle.get_nowait()
                places += 1
                if database is not None:
                    database.close()
        # Whoever still asks finds a place, and is told there that it is too late.
        for _ in range(places):
            self._idle.put(None)
