"""Databases on a Citus cluster, for a run of the tests there: `AVOIR_TEST_CITUS_URL` names its coordinator.

The workers are those that the named database knows. Every test gets a database of its own on each of them.
"""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg

from avoir.store.citus import distribute
from avoir.store.database import open_database

GIVEN = "AVOIR_TEST_CITUS_URL"
_WORKERS = (
    "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' AND groupid > 0 AND isactive"
)
_COORDINATOR = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid = 0"


@contextlib.contextmanager
def fresh(coordinator: str, name: str, *, migrated: bool) -> Iterator[str]:
    """The URL of a new database of the cluster, its tables spread; it is gone afterwards, everywhere."""
    with psycopg.connect(coordinator, autocommit=True) as server:
        workers = server.execute(_WORKERS).fetchall()
        known_as = server.execute(_COORDINATOR).fetchone()
    places = [coordinator, *(at(coordinator, host, port) for host, port in workers)]
    try:
        for place in places:
            with psycopg.connect(place, autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {name}")
            with psycopg.connect(database(place, name), autocommit=True) as server:
                server.execute("CREATE EXTENSION citus")
        url = database(coordinator, name)
        with psycopg.connect(url, autocommit=True) as server:
            if known_as:
                server.execute("SELECT citus_set_coordinator_host(%s, %s)", known_as)
            for worker in workers:
                server.execute("SELECT citus_add_node(%s, %s)", worker)
        if migrated:
            with contextlib.closing(open_database(url)) as books:
                books.migrate()
                distribute(books)
        yield url
    finally:
        for place in places:
            with psycopg.connect(place, autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def at(url: str, host: str, port: int) -> str:
    """The same user on another machine."""
    user, _, _ = urlsplit(url).netloc.rpartition("@")
    return urlunsplit(urlsplit(url)._replace(netloc=f"{user}@{host}:{port}" if user else f"{host}:{port}"))


def database(url: str, name: str) -> str:
    """Another database of the same machine."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
