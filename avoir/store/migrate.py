"""Migrations: numbered SQL files, forward only, each in one transaction, one statement at a time."""

from collections.abc import Iterator
from importlib.resources import files

from avoir.store.protocol import Database

_VERSIONS = "CREATE TABLE IF NOT EXISTS schema_versions (name TEXT NOT NULL PRIMARY KEY);"
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def migrate(database: Database, dialect: str) -> int:
    """Apply what is missing, oldest first; how many files that took."""
    database.execute([_VERSIONS])
    missing = _missing(database, dialect)
    for name, text in missing:
        database.execute(_statements(database, name, text))
    return len(missing)


def behind(database: Database, dialect: str) -> list[str]:
    """The names of the migrations that the database lacks. Changes nothing, not even an empty database."""
    if ("schema_versions",) not in database.all(_TABLES[dialect]):
        return [name for name, _ in _files(dialect)]
    return [name for name, _ in _missing(database, dialect)]


def _missing(database: Database, dialect: str) -> list[tuple[str, str]]:
    known = {name for (name,) in database.all("SELECT name FROM schema_versions")}
    return [(name, text) for name, text in _files(dialect) if name not in known]


def _files(dialect: str) -> Iterator[tuple[str, str]]:
    for file in sorted(files("avoir.store").joinpath("migrations").iterdir(), key=lambda file: file.name):
        stem, _, of = file.name.removesuffix(".sql").partition(".")
        if file.name.endswith(".sql") and of in ("", dialect):
            yield stem, file.read_text("utf-8")


def _statements(database: Database, name: str, text: str) -> Iterator[str]:
    # Inside the transaction, and behind its lock: another process may have been here meanwhile.
    if database.all("SELECT 1 FROM schema_versions WHERE name = :name", {"name": name}):
        return
    for paragraph in text.split("\n\n"):
        statement = "\n".join(line for line in paragraph.splitlines() if not line.startswith("--")).strip()
        if statement:
            yield statement
    yield f"INSERT INTO schema_versions VALUES ('{name}');"
