"""The books that `make bench-scale` writes without the law are what the law would have written."""

from avoir.app.reads.verify import broken_promises
from avoir.store.readers import Readers
from bench.ground import prepare
from bench.growing import grow
from bench.scale import scans
from tests.ledger import Ledger, line


def test_grown_books_keep_every_promise(url):
    ground = prepare(url)
    grow(url, ground, 0, 3000)
    grow(url, ground, 3000, 3500)
    readers = Readers(url, 1)
    assert readers.run(broken_promises, ground.organization_id) == []
    readers.close()


def test_a_refund_goes_through_no_table_of_the_server(databases):
    """Its guards and keys do not, either: PostgreSQL counts whatever goes through a table from end to end."""
    with databases.fresh("plain") as url:
        ledger = Ledger(url)
        note = ledger.credit_note(line("1000.00"))
        before = scanned(ledger, url)
        for _ in range(5):
            ledger.refund(note, "1.00")
        assert scanned(ledger, url) == before
        ledger.close()


def scanned(ledger, url: str) -> dict[str, int]:
    ledger.database.all("SELECT pg_stat_force_next_flush()")
    return scans(url)


def test_a_refund_goes_through_no_table_of_the_file(databases):
    with databases.fresh("sqlite") as url:
        ledger = Ledger(url)
        note = ledger.credit_note(line("1000.00"))
        said: list[str] = []
        ledger.database.db.set_trace_callback(said.append)
        ledger.refund(note, "1.00")
        ledger.database.db.set_trace_callback(None)
        statements = [sql for sql in said if sql.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]
        assert len(statements) > 10
        plans = {sql: ledger.database.all(f"EXPLAIN QUERY PLAN {sql}") for sql in statements}
        ledger.close()
    steps = {step for plan in plans.values() for *_, step in plan if step.startswith("SCAN")}
    # The keys that are asked for, and the values that are written, are gone through: they are the request.
    assert {
        step for step in steps if "CONSTANT ROW" not in step and step.split()[1] not in ("k", "v")
    } == set()
