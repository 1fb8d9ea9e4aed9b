"""Reading: one moment, many values in one parameter, what is counted once, and the end of it."""

import threading
from contextlib import closing

import psycopg
import pytest

from avoir.app.clerk import Weather
from avoir.app.credit_notes import IssueCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.reads.query import Query
from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.store import pipeline
from avoir.store.database import open_database
from avoir.store.readers import Readers

AWKWARD = (
    "plain",
    'with "quotes"',
    "{curly, braces}",
    "back\\slash",
    "comma, and NULL",
    "Ünïcödé 😀",
    "",
    "'",
)


def test_many_values_are_one_parameter_whatever_they_hold(ledger):
    for name in AWKWARD:
        ledger.ask(CreateCustomer(name=name or "-", currency="USD"))
    query = Query(ledger.database, ledger.organization_id)
    mine, params = query.among("t.name", AWKWARD)
    found = {row.name for row in query.rows(Customer, mine, **params)}
    assert found == set(AWKWARD) - {""}
    ids = [row.id for row in query.rows(Customer)]
    assert [row.id for row in query.by_ids(Customer, [*ids, None, 10**12])] == ids
    assert query.by_ids(Customer, []) == []


def test_what_was_counted_is_counted_again_when_something_has_happened(ledger):
    with closing(Readers(ledger.url, size=1)) as readers:
        asked = []

        def customers(query):
            query.connection = Spy(query.connection, asked)
            return query.count(Customer), query.count(Customer, "t.name = :name", name="Eve")

        assert readers.run(customers, ledger.organization_id) == (1, 0)
        assert readers.run(customers, ledger.organization_id) == (1, 0)
        assert sum("count(*)" in sql for sql in asked) == 2
        ledger.ask(CreateCustomer(name="Eve", currency="USD"))
        assert readers.run(customers, ledger.organization_id) == (2, 1)
        with pytest.raises(NotFound):
            ledger.ask(IssueCreditNote(credit_note_id=7))
        assert readers.run(customers, ledger.organization_id) == (2, 1)
        assert sum("count(*)" in sql for sql in asked) == 4


class Spy:
    """A connection that notes what it is asked."""

    def __init__(self, connection, asked):
        self.connection, self.asked = connection, asked

    def all(self, sql, params):
        self.asked.append(sql)
        return self.connection.all(sql, params)


def test_after_the_end_nobody_waits_for_ever(url):
    readers = Readers(url, size=1)
    begun, go_on, told = threading.Event(), threading.Event(), []

    def slow(query):
        begun.set()
        assert go_on.wait(60)

    def ask(read):
        try:
            readers.run(read, 0)
        except Weather as weather:
            told.append(str(weather))

    first, second = (threading.Thread(target=ask, args=(read,)) for read in (slow, lambda query: None))
    first.start()
    assert begun.wait(60)
    second.start()
    readers.close()
    go_on.set()
    for each in (first, second):
        each.join(60)
        assert not each.is_alive()
    assert told == ["the server is going"]
    with pytest.raises(Weather):
        readers.run(lambda query: None, 0)


def test_a_connection_keeps_a_bounded_number_of_statements(databases, monkeypatch):
    monkeypatch.setattr(pipeline, "MOST_PREPARED", 3)
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    with databases.fresh("postgres") as url, closing(open_database(url, reading=True)) as database:
        for _ in range(3):
            database.snapshot(1)
            for n in range(8):
                assert database.all(f"SELECT CAST(:x AS BIGINT) + {n}", {"x": n}) == [(2 * n,)]
            assert database.all(prepared)[0][0] > 3
            database.rollback()
            assert database.all(prepared)[0][0] <= 3
        with pytest.raises(psycopg.Error):
            database.all("SELECT nonsense")
        assert database.all("SELECT 1") == [(1,)]
