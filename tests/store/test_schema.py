"""The tables: the values' own columns, the organization first in every key, made once by however many."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from avoir.core.books import KINDS
from avoir.store.database import open_database
from avoir.store.sqlite import Sqlite

NAMES = [kind.TABLE for kind in KINDS]


@pytest.fixture
def database(url):
    database = open_database(url)
    yield database
    database.close()


def columns(database, table: str) -> list[tuple[str, str, bool]]:
    """(name, type, may be missing) of each column, in order."""
    if isinstance(database, Sqlite):
        types = {"INTEGER": "int", "TEXT": "str"}
        rows = database.all(f"SELECT name, type, \"notnull\" FROM pragma_table_info('{table}') ORDER BY cid")
        return [(name, types[type_], not needed) for name, type_, needed in rows]
    types = {"bigint": "int", "text": "str"}
    rows = database.all(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = :t ORDER BY ordinal_position",
        {"t": table},
    )
    return [(name, types[type_], nullable == "YES") for name, type_, nullable in rows]


def indexes(database, table: str) -> dict[str, list[str]]:
    """The columns of each index of a table, the primary key among them."""
    if isinstance(database, Sqlite):
        names = [name for (name,) in database.all(f"SELECT name FROM pragma_index_list('{table}')")]
        return {
            name: [c for (c,) in database.all(f"SELECT name FROM pragma_index_info('{name}') ORDER BY seqno")]
            for name in names
        }
    rows = database.all(
        "SELECT c.relname, array_agg(a.attname ORDER BY k.n) FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indexrelid"
        " CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, n)"
        " JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
        " WHERE i.indrelid = CAST(:t AS regclass) GROUP BY c.relname",
        {"t": table},
    )
    return {name: list(names) for name, names in rows}


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_values_fields_are_its_tables_columns_in_order(database, kind):
    fields = [
        (field.name, "int" if "int" in str(field.type) else "str", "None" in str(field.type))
        for field in msgspec.structs.fields(kind)
    ]
    assert columns(database, kind.TABLE) == fields


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_every_key_begins_with_the_organization(database, kind):
    found = indexes(database, kind.TABLE)
    assert found, "a table has a key"
    # The worker looks for its errands in all organizations.
    found.pop("refunds_unsettled", None)
    assert {name for name, columns in found.items() if columns[0] != "organization_id"} == set()
    assert list(kind.KEY) in found.values(), "the value's key is the table's"
    for group in kind.GROUPS:
        assert any(columns[: len(group)] == list(group) for columns in found.values()), (
            f"no index for {group}"
        )


def test_migrating_again_changes_nothing(database):
    assert database.migrate() == 0


def test_two_processes_that_start_at_once_migrate_once(blank_url):
    def migrate(_):
        database = open_database(blank_url)
        try:
            database.migrate()
            return database.all("SELECT count(*) FROM schema_versions")
        finally:
            database.close()

    with ThreadPoolExecutor(6) as pool:
        seen = set(map(tuple, pool.map(migrate, range(6))))
    assert len(seen) == 1, "everybody finds the whole schema"


def test_the_embedded_database_is_durable_strict_and_minds_references(databases):
    with databases.fresh("sqlite") as url:
        database = open_database(url)
        pragmas = {
            name: database.all(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
            database.execute(["UPDATE counters SET last_user = 'many'"])
        database.close()
