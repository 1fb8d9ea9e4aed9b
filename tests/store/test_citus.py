"""Past one machine: what Citus asks of every table, key, guard and statement, held on plain PostgreSQL.

CockroachDB and YugabyteDB would ask the same of keys and tables. What else of PostgreSQL our statements use,
and what these engines would have in its place, is a list in docs/scale.md, held here.
"""

import re
from decimal import Decimal

import pytest

from avoir.app.clerk import Clerk
from avoir.app.refunds import RefundCreditNote
from avoir.cli import main
from avoir.core.books import KINDS
from avoir.core.refund import Refund
from avoir.store import citus, postgres
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.fence import FENCED
from tests import elsewhere
from tests.invariants import hold
from tests.ledger import BANK, Ledger, ask_of, line

NAMES = [kind.TABLE for kind in KINDS]
COLUMNS = """SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(CAST(:key AS smallint[]))
    WITH ORDINALITY AS k (attnum, n)
    JOIN pg_attribute AS a ON a.attrelid = CAST(:t AS oid) AND a.attnum = k.attnum"""


@pytest.fixture
def server(databases):
    """The URL of a migrated database on plain PostgreSQL."""
    with databases.fresh("plain") as url:
        yield url


@pytest.fixture
def database(server):
    database = open_database(server)
    yield database
    database.close()


def columns(database, table: int, key: list[int]) -> list[str]:
    return list(database.all(COLUMNS, {"key": list(key), "t": table})[0][0])


# Tables, keys and guards.


def test_every_key_between_tables_has_the_organization_on_both_sides(database):
    keys = database.all(
        "SELECT conname, conrelid::bigint, conkey, confrelid::bigint, confkey FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    assert len(keys) > 10
    for name, table, mine, other, theirs in keys:
        assert columns(database, table, mine)[0] == "organization_id", name
        assert columns(database, other, theirs)[0] == "organization_id", name


def test_whatever_is_unique_is_so_within_an_organization(database):
    unique = database.all(
        "SELECT i.indexrelid::regclass::text, i.indrelid::bigint, i.indkey::int2[] FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indrelid"
        " WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace"
        " AND c.relname <> 'schema_versions'"
    )
    assert len(unique) > len(NAMES)
    for name, table, key in unique:
        assert "organization_id" in columns(database, table, key), name


def test_every_table_of_the_books_is_spread_and_no_other(database):
    tables = {name for (name,) in database.all(citus._TABLES)}
    assert tables == set(NAMES)


def test_guards_of_statements_stand_apart_by_verb(database):
    """UPDATE or DELETE together with TRUNCATE are silently missing on the shards."""
    guards = database.all(citus._TRIGGERS)
    assert guards
    for table, name, definition in guards:
        verbs = re.search(r"(?:BEFORE|AFTER) (.*) ON ", definition)[1]
        assert "TRUNCATE" not in verbs or verbs == "TRUNCATE", (table, name)


def test_what_other_distributed_engines_would_lack_is_known(database):
    """Guards over all rows of a statement first of all: they are on these two tables, and on no other."""
    transitions = {
        table for table, _, text in database.all(citus._TRIGGERS) if "REFERENCING NEW TABLE" in text
    }
    assert transitions == {"journal_entries", "journal_lines"}


def test_the_page_lists_what_each_statement_uses_that_other_engines_lack():
    assert elsewhere.PAGE.read_text("utf-8") == elsewhere.page(), "python -m tests.elsewhere"


@pytest.mark.parametrize(
    ("what", "whose"),
    [
        ("rows of a table's own type from JSON", "the clerk"),
        ("a guard over all new rows of a statement", "a migration"),
        ("the pen: FOR UPDATE under READ COMMITTED", "the clerk"),
        ("an advisory lock, while migrating", "a connection"),
        ("row-level security, for the role that reads", "the fence"),
        ("the planner's switches, as options of the connection", "a connection"),
    ],
)
def test_the_list_is_made_by_looking(what, whose):
    """What is known to be there is found where it is: a pattern that finds nothing would prove nothing."""
    assert elsewhere.found()[what][whose] > 0


@pytest.mark.parametrize("what", ["LISTEN, NOTIFY", "a deferrable key", "a sequence", "a temporary table"])
def test_what_a_cluster_has_no_cheap_way_for_is_not_used(what):
    assert elsewhere.found()[what] == {}


# Statements.


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_every_statement_of_the_clerk_can_name_its_organization(kind):
    said = [postgres.select(kind, by, True) for by in (kind.KEY, *kind.GROUPS)]
    changing = tuple(name for name in kind.__struct_fields__ if name not in kind.KEY)
    if changing:
        said.append(postgres.update_of(kind, changing, True))
    said.append(postgres.delete_from(kind, True))
    assert [sql for sql in said if postgres.MINE not in sql] == []


# One organization a batch.


def refund(amount: str = "1.00") -> RefundCreditNote:
    return RefundCreditNote(
        credit_note_id=1, account_id=BANK, amount=Decimal(amount), refunded_on="2026-11-11"
    )


def test_batches_of_one_organization_by_several_clerks_keep_the_books(server, database):
    citus.alone(database)
    ledgers = [Ledger(server) for _ in range(4)]
    assert all(ledger.database.alone for ledger in ledgers)
    batches: list[set[int]] = []
    clerks = []
    for _ in range(2):
        opened = open_database(server)
        clerks.append(
            Clerk(Books(opened), lambda outs: batches.append({id for id, _ in outs}), alone=opened.alone)
        )
    for ledger in ledgers:
        ledger.credit_note(line("15.00"))
    for _ in range(20):
        for ledger in ledgers:
            clerk = clerks[ledger.organization_id % 2]
            clerk.submit(ask_of(ledger.organization_id, refund()), ledger.organization_id)
    for clerk in clerks:
        clerk.thread.start()
    for clerk in clerks:
        clerk.close()
    assert {len(each) for each in batches} == {1}
    assert len(batches) == 4, "what waits for an organization is one batch"
    for ledger in ledgers:
        assert len(ledger.rows(Refund)) == 15
        hold(ledger)
        ledger.close()


def test_a_database_that_is_no_longer_spread_mixes_again(server, database):
    citus.alone(database)
    citus.alone(database, wanted=False)
    again = open_database(server)
    assert not again.alone
    again.close()


# Spreading.

AS_IF = """
CREATE TABLE spread (relation TEXT, by TEXT, beside TEXT);

CREATE FUNCTION create_distributed_table(relation TEXT, by TEXT, colocate_with TEXT) RETURNS void
LANGUAGE sql AS 'INSERT INTO spread VALUES ($1, $2, $3)'
"""


def test_what_is_spread_keeps_its_keys_and_its_guards_and_takes_the_fence_away(server, database):
    """Of the readers: its policies would need sub-selects, and a log-in for their role on every machine."""
    database.execute(AS_IF.split("\n\n"))
    fenced = [name for (name,) in database.all(FENCED)]
    assert sorted(fenced) == sorted(NAMES)
    keys, guards = database.all(citus._FOREIGN_KEYS), database.all(citus._TRIGGERS)
    tables = [name for (name,) in database.all(citus._TABLES)]
    database.execute(citus.distributing(tables, keys, guards, fenced))
    assert database.all(citus._FOREIGN_KEYS) == keys
    assert database.all(citus._TRIGGERS) == guards
    spread = database.all("SELECT relation, by, beside FROM spread")
    assert spread[0] == ("counters", "organization_id", "none")
    assert {beside for _, _, beside in spread[1:]} == {"counters"}
    assert sorted(name for name, _, _ in spread) == sorted(NAMES)
    assert database.all(FENCED) == []
    assert database.all("SELECT relname FROM pg_class WHERE relrowsecurity") == []
    citus.alone(database)
    ledger = Ledger(server)
    assert ledger.database.migrate() == 0
    assert database.all(FENCED) == [], "whoever migrates a database that is spread puts up no fence"
    ledger.credit_note(line("15.00"))
    ledger.ask(refund())
    hold(ledger)
    ledger.close()
    for forbidden in (
        "UPDATE journal_lines SET debit_minor = 1",
        "DELETE FROM journal_entries",
        "TRUNCATE journal_lines",
        "UPDATE events SET body = ''",
    ):
        with pytest.raises(Exception, match="is ink"):
            database.execute([forbidden])


def test_where_there_is_no_citus_it_is_said(server, tmp_path, capsys):
    for url, code in ((server, "citus_missing"), (f"sqlite:///{tmp_path}/books.db", "citus_is_postgres")):
        with pytest.raises(SystemExit):
            main(["migrate", "--citus", "--database", url, "--json"])
        assert code in capsys.readouterr().out
