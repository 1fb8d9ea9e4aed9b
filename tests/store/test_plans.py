"""The clerk's statements go by the whole key, in both databases: one round is a few index look-ups."""

import pytest

from avoir.core.books import KINDS
from avoir.store import postgres, sqlite
from avoir.store.database import open_database

# A sum is never fetched: what is written of it is added to what is there.
WAYS = [(kind, by) for kind in KINDS if not kind.GROWS for by in (kind.KEY, *kind.GROUPS)]


@pytest.mark.parametrize(("kind", "by"), WAYS, ids=[f"{kind.TABLE} by {by[-1]}" for kind, by in WAYS])
def test_rows_are_fetched_by_the_whole_key(plans, kind, by):
    used = plans(kind, by)
    assert all(f"{column}=" in used for column in by), used


@pytest.fixture
def plans(engine, full):
    """Says by which columns an index is searched: `organization_id= id= `."""

    def of_sqlite(kind, by):
        said = [
            full["sqlite"].all(f"EXPLAIN QUERY PLAN {sqlite.select(kind, by, keys)}", ("1",) * len(by) * keys)
            for keys in (1, sqlite.AT_ONCE)
        ]
        one, many = [[x for *_, x in rows if x.startswith("SEARCH t ")] for rows in said]
        assert one == many
        (search,) = one
        return search.replace("=?", "= ")

    def of_postgres(kind, by):
        # As the clerk's connection plans it: once, for all keys.
        found = [
            full["postgres"].db.execute(f"EXPLAIN (GENERIC_PLAN) {select}").fetchall()
            for select in (postgres.select(kind, by), postgres.select_one(kind, by))
        ]
        ((several,), (single,)) = [
            [line.replace('"', "") for (line,) in rows if "Index Cond" in line] for rows in found
        ]
        searched = "".join(f"{column}= " for column in by if f"{column} = " in several and column in single)
        return f"{searched}({several}; {single})"

    return {"sqlite": of_sqlite, "postgres": of_postgres}[engine]


@pytest.fixture(scope="module")
def full(databases):
    """Both databases: the file as on its first day, without a row; the server with some, analyzed."""
    with databases.fresh("sqlite") as file, databases.fresh("plain") as server:
        opened = {"sqlite": open_database(file), "postgres": open_database(server)}
        fill(opened["postgres"].db)
        yield opened
        for database in opened.values():
            database.close()


def fill(server) -> None:
    """Rows of no sense in every table: the planner looks at numbers only."""
    server.execute("SET session_replication_role = replica")
    checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, check in server.execute(checks).fetchall():
        server.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
    for kind in KINDS:
        few = {"currency": "'EUR'", "base_currency": "'USD'"}
        if kind.KEY != ("organization_id",):
            few["organization_id"] = "1 + g % 3"
        if len(kind.KEY) > 2 and not few.keys() & set(kind.KEY[1:]):
            # No part of the key tells as much as the whole, or the planner may do with an index on the part.
            # Without a common divisor, and more together than there are rows: no key comes twice.
            cycles = (53, 59) if len(kind.KEY) == 3 else (13, 17, 19, 23, 29)
            few |= {column: f"g % {n}" for column, n in zip(kind.KEY[1:], cycles, strict=False)}
        values = ", ".join(few.get(column, "g") for column in kind.__struct_fields__)
        server.execute(f"INSERT INTO {kind.TABLE} SELECT {values} FROM generate_series(100, 3000) AS g")
        server.execute(f"ANALYZE {kind.TABLE}")
    server.execute("SET enable_seqscan = off")
