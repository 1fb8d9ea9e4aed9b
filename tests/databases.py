"""Databases for tests: each engine's template is migrated once in a run, and every test gets a copy."""

import contextlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from avoir.store.database import open_database
from tests import cluster
from tests.server import alone, start_postgres

TEMPLATE = "avoir_template"


class Databases:
    """Gives out fresh databases, migrated or blank, to the tests of one worker.

    Whichever worker first needs an engine starts it and makes its template in the run's directory, alone; the
    others find it there.
    """

    def __init__(self, directory: Path, worker: str) -> None:
        self.directory, self.worker = directory, worker
        self._numbers = itertools.count(1)
        self._server: psycopg.Connection | None = None
        self._cluster: cluster.Cluster | None = None

    @contextlib.contextmanager
    def fresh(self, engine: str, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database nobody else uses; it is gone afterwards.

        "plain" is PostgreSQL on one machine even where the run is of a cluster.
        """
        # By process too: what a test forks may ask for one of its own.
        name = f"{self.worker}_{os.getpid()}_{next(self._numbers)}"
        makes = {"sqlite": self._sqlite, "postgres": self._postgres, "plain": self._plain}
        with makes[engine](name, migrated) as url:
            yield url

    def close(self) -> None:
        """Let the server go; it stays up for the other workers."""
        if self._server is not None:
            self._server.close()

    @contextlib.contextmanager
    def _sqlite(self, name: str, migrated: bool) -> Iterator[str]:
        home = self.directory / name
        home.mkdir()
        if migrated:
            shutil.copyfile(self._once("sqlite.template", self._sqlite_template), home / "books.db")
        try:
            yield f"sqlite:///{home / 'books.db'}"
        finally:
            shutil.rmtree(home)

    @contextlib.contextmanager
    def _postgres(self, name: str, migrated: bool) -> Iterator[str]:
        made = self._spread if os.environ.get(cluster.GIVEN) else self._plain
        with made(name, migrated) as url:
            yield url

    @contextlib.contextmanager
    def _spread(self, name: str, migrated: bool) -> Iterator[str]:
        machines = self._cluster = self._cluster or cluster.Cluster(os.environ[cluster.GIVEN])
        name = f"avoir_{name}"
        if migrated:
            self._once("cluster.template", lambda _: machines.template(TEMPLATE))
        try:
            yield machines.copy(name, TEMPLATE) if migrated else machines.blank(name)
        finally:
            machines.drop(name)

    @contextlib.contextmanager
    def _plain(self, name: str, migrated: bool) -> Iterator[str]:
        address = self._once("postgres.url", self._start_postgres).read_text()
        server = self._server = self._server or psycopg.connect(address, autocommit=True)
        if migrated:
            self._once("postgres.template", self._postgres_template)
        template = TEMPLATE if migrated else "template0"
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield named(address, name)
        finally:
            # By force: a connection that a test forgot must not fail the next one.
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _once(self, name: str, make: Callable[[Path], object]) -> Path:
        """What the whole run makes once: stands under its name as soon as it is complete."""
        done, draft = self.directory / name, self.directory / f"{name}.draft"
        if not done.exists():
            with alone(self.directory):
                if not done.exists():
                    make(draft)
                    draft.touch()
                    draft.rename(done)
        return done

    def _start_postgres(self, draft: Path) -> None:
        draft.write_text(start_postgres(self.directory / "postgres"))

    def _sqlite_template(self, draft: Path) -> None:
        migrate(f"sqlite:///{draft}")
        # What the store may have left in the write-ahead log belongs into the one file that is copied.
        with contextlib.closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _postgres_template(self, draft: Path) -> None:
        assert self._server is not None
        # A worker that failed half way, its migration being wrong, left its own.
        self._server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        self._server.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        migrate(named((self.directory / "postgres.url").read_text(), TEMPLATE))


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def migrate(url: str) -> None:
    """Bring an empty database to the newest version."""
    with contextlib.closing(open_database(url)) as database:
        database.migrate()
