"""Databases on a Citus cluster, for a run of the tests there: `AVOIR_TEST_CITUS_URL` names its coordinator.

The workers are those that the named database knows. Every test gets a database of its own on each machine:
of the migrated one, whose tables are spread, a copy; machine by machine, for what the cluster knows of itself
is rows like any others.
"""

import contextlib
from urllib.parse import urlsplit, urlunsplit

import psycopg

from avoir.store.citus import alone, distribute
from avoir.store.database import open_database

GIVEN = "AVOIR_TEST_CITUS_URL"
SHARDS = 4
"""Of each table: enough for every worker to have some, and few enough to be copied for every test."""
TRIES = 10
_WORKERS = (
    "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' AND groupid > 0 AND isactive"
)
_COORDINATOR = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid = 0"
# A newer Citus can be told to make databases on all machines at once; here each is asked.
_EACH_BY_ITSELF = (
    "SELECT set_config(name, 'off', false) FROM pg_settings"
    " WHERE name = 'citus.enable_create_database_propagation'"
)


class Cluster:
    """A coordinator and its workers."""

    def __init__(self, coordinator: str) -> None:
        self.coordinator = coordinator
        with psycopg.connect(coordinator, autocommit=True) as server:
            self.workers = server.execute(_WORKERS).fetchall()
            self.known_as = server.execute(_COORDINATOR).fetchone()
        self.places = [coordinator, *(at(coordinator, host, port) for host, port in self.workers)]

    def template(self, name: str) -> None:
        """Make the database that others are copies of, its tables spread; nobody may enter it any more."""
        url = self.blank(name)
        with contextlib.closing(open_database(url)) as books:
            books.migrate()
            distribute(books)
        self._everywhere(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        # Its own caretaker is in it, too, and would keep it from being copied.
        self._everywhere(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
        )

    def copy(self, name: str, template: str) -> str:
        """The URL of a copy of a template."""
        self.drop(name)
        self._everywhere(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        url = database(self.coordinator, name)
        # What a database is told of itself is not copied with it.
        with contextlib.closing(open_database(url)) as books:
            alone(books)
        return url

    def blank(self, name: str) -> str:
        """The URL of a new database of the cluster."""
        self.drop(name)
        self._everywhere(f"CREATE DATABASE {name}")
        for place in self.places:
            with psycopg.connect(database(place, name), autocommit=True) as server:
                server.execute("CREATE EXTENSION citus")
        url = database(self.coordinator, name)
        with psycopg.connect(url, autocommit=True) as server:
            if self.known_as:
                server.execute("SELECT citus_set_coordinator_host(%s, %s)", self.known_as)
            for worker in self.workers:
                server.execute("SELECT citus_add_node(%s, %s)", worker)
            server.execute(f"ALTER DATABASE {name} SET citus.shard_count = {SHARDS}")
        return url

    def drop(self, name: str) -> None:
        """Take a database from every machine.

        Who is in it is cut off first: by force its caretaker would be cut off, too, and be started for ever.
        A server that a test forgot may come back at once, and is cut off again.
        """
        for left in reversed(range(TRIES)):
            self._everywhere(
                f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                f" WHERE datname = '{name}' AND backend_type = 'client backend'"
            )
            try:
                return self._everywhere(f"DROP DATABASE IF EXISTS {name}")
            except psycopg.errors.ObjectInUse:
                if not left:
                    raise

    def _everywhere(self, statement: str) -> None:
        for place in self.places:
            with psycopg.connect(place, autocommit=True) as server:
                server.execute(_EACH_BY_ITSELF)
                server.execute(statement)


def at(url: str, host: str, port: int) -> str:
    """The same user on another machine."""
    user, _, _ = urlsplit(url).netloc.rpartition("@")
    return urlunsplit(urlsplit(url)._replace(netloc=f"{user}@{host}:{port}" if user else f"{host}:{port}"))


def database(url: str, name: str) -> str:
    """Another database of the same machine."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
