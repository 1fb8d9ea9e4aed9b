"""The second fence: on PostgreSQL the role that reads sees one organization, whatever the SQL says."""

from contextlib import closing

import psycopg
import pytest

from avoir.app.clerk import Weather
from avoir.store.database import open_database
from avoir.store.fence import UNFENCED
from avoir.store.readers import Readers
from tests.ledger import Ledger, line


@pytest.fixture
def two(databases):
    """Two companies in one database, on PostgreSQL."""
    with databases.fresh("plain") as url, closing(Ledger(url)) as one, closing(Ledger(url)) as other:
        for company in (one, other):
            company.paid(company.invoice(line(10)), 10)
        yield url, one.organization_id, other.organization_id


def test_a_read_that_forgets_its_organization_still_sees_no_other(two):
    url, one, other = two
    with closing(open_database(url, reading=True)) as database:
        for mine in (one, other):
            database.snapshot(mine)
            for table in ("invoices", "journal_lines", "events", "counters", "customers"):
                seen = database.all(f"SELECT DISTINCT organization_id FROM {table}")
                assert seen == [(mine,)], table
            assert (
                database.all("SELECT id FROM invoices WHERE organization_id = :o", {"o": one + other - mine})
                == []
            )
            database.rollback()


def test_the_directorys_reads_look_for_work_in_all_of_them(two):
    url, one, other = two
    with closing(open_database(url, reading=True)) as database:
        database.snapshot()
        assert database.all("SELECT organization_id FROM invoices ORDER BY 1") == [(one,), (other,)]


def test_the_fence_ends_with_its_transaction(two):
    url, one, other = two
    readers = Readers(url, size=1)

    def all_of_them(query):
        return query.connection.all("SELECT organization_id FROM invoices ORDER BY 1")

    try:
        assert readers.run(all_of_them, one) == [(one,)]
        assert readers.run(all_of_them, other) == [(other,)]
        assert readers.run(all_of_them, 0) == [(one,), (other,)]
    finally:
        readers.close()


def test_behind_the_fence_nothing_can_be_written(two):
    url, one, _ = two
    with closing(open_database(url, reading=True)) as database:
        for forbidden in ("UPDATE invoices SET total_minor = 1", "DELETE FROM invoices"):
            database.snapshot(one)
            with pytest.raises((psycopg.Error, Weather)):
                database.all(f"{forbidden} RETURNING id")
            database.rollback()


def test_every_table_is_fenced(two):
    url, _, _ = two
    with closing(open_database(url)) as database:
        assert database.all(UNFENCED) == []
        fenced = database.all("SELECT count(*) FROM pg_policies WHERE policyname = 'of_organization'")
        tables = database.all(
            "SELECT count(*) FROM information_schema.columns AS c"
            " JOIN pg_class AS t ON t.relname = c.table_name"
            " WHERE c.column_name = 'organization_id' AND c.table_schema = 'public' AND t.relkind = 'r'"
        )
        assert fenced == tables


def test_without_the_role_reads_go_on_unfenced(two):
    """An installation whose user may make no roles loses the second fence, and nothing else."""
    url, one, _ = two
    with closing(open_database(url, reading=True)) as database:
        database._may_fence = False
        database.snapshot(one)
        assert len(database.all("SELECT id FROM invoices")) == 2
