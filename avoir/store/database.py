"""Which database a URL names."""

from avoir.store import migrate
from avoir.store.protocol import Database


class BadDatabaseUrl(ValueError):
    """The URL names no database that Avoir knows."""


def open_database(url: str, *, reading: bool = False) -> Database:
    """Connect: `sqlite:///path`, a bare path, or `postgresql://...`. Raises `BadDatabaseUrl`, `Weather`.

    A connection for `reading` keeps the planner free and never takes the pen.
    """
    # Only what is used is loaded: PostgreSQL's driver takes ten megabytes in every process.
    if url.startswith(("postgresql://", "postgres://")):
        from avoir.store.postgres import Postgres

        return Postgres(url, reading=reading)
    from avoir.store.sqlite import Sqlite

    if url.startswith("sqlite:///"):
        return Sqlite(url.removeprefix("sqlite:///"), reading=reading)
    if "://" in url or not url:
        raise BadDatabaseUrl(f"not a database URL: {url.partition('://')[0]}://...")
    return Sqlite(url, reading=reading)


def is_sqlite(url: str) -> bool:
    """Whether the URL names a file of the embedded database."""
    return not url.startswith(("postgresql://", "postgres://"))


def sqlite_path(url: str) -> str:
    """The file that a URL of the embedded database names."""
    return url.removeprefix("sqlite:///")


def behind(url: str) -> list[str]:
    """The migrations that a database lacks; nothing in it is changed. Raises `Weather`."""
    database = open_database(url, reading=True)
    try:
        return migrate.behind(database, "sqlite" if is_sqlite(url) else "postgres")
    finally:
        database.close()
