"""`avoir verify` finds what is wrong: a copy of the books is broken row by row, and the row is named."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple

import pytest

from avoir.app.allocations import DeallocateCreditNote
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.disputes import OpenDispute
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.reads.promises import PROMISES
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises
from avoir.app.refunds import RefundInvoice, ReverseRefund
from avoir.cli import main, upkeep
from avoir.store.database import is_sqlite
from tests.ledger import Ledger, line


class Break(NamedTuple):
    """A wrong that is done to the books, the promise it breaks, and the row that is to be named."""

    promise: str
    wrong: str
    table: str
    key: str


WRONGS = """
entries_balance: journal_entries id=2
    UPDATE journal_lines SET base_debit_minor = base_debit_minor + 1 WHERE entry_id = 2 AND number = 1
entries_balance: journal_entries id=3
    UPDATE journal_lines SET debit_minor = debit_minor + 1 WHERE entry_id = 3 AND number = 1
entries_balance: journal_entries id=4
    DELETE FROM journal_lines WHERE entry_id = 4
entries_balance: journal_entries id=2
    UPDATE journal_lines SET currency = 'EUR' WHERE entry_id = 2 AND number = 1

lines_have_entries: journal_lines entry_id=1 number=1
    DELETE FROM journal_entries WHERE id = 1
lines_have_entries: journal_lines entry_id=2 number=2
    UPDATE journal_lines SET booked_on = '2026-01-01' WHERE entry_id = 2 AND number = 2

balances_are_sums: balances entity_id=1 account_id=1000 currency=EUR branch_id=0 booked_on=2026-11-02
    UPDATE balances SET base_debit_minor = base_debit_minor + 1 WHERE account_id = 1000 AND currency =
    'EUR'
balances_are_sums: balances entity_id=1 account_id=1000 currency=EUR branch_id=0 booked_on=2026-11-02
    DELETE FROM balances WHERE account_id = 1000 AND currency = 'EUR'
balances_are_sums: month_balances entity_id=1 account_id=1000 currency=EUR branch_id=0 month=2026-11
    UPDATE month_balances SET debit_minor = debit_minor + 1 WHERE account_id = 1000 AND currency = 'EUR'
balances_are_sums: month_balances entity_id=1 account_id=1000 currency=EUR branch_id=0 month=2026-11
    DELETE FROM month_balances WHERE account_id = 1000 AND currency = 'EUR'
balances_are_sums: customer_balances customer_id=1 account_id=1006 entity_id=1 currency=USD branch_id=0
    UPDATE customer_balances SET base_credit_minor = base_credit_minor + 1
    WHERE customer_id = 1 AND currency = 'USD'
balances_are_sums: customer_balances customer_id=1 account_id=1006 entity_id=1 currency=USD branch_id=0
    DELETE FROM customer_balances WHERE customer_id = 1 AND currency = 'USD'

documents_are_posted: invoices id=2
    UPDATE invoices SET base_total_minor = base_total_minor + 1 WHERE id = 2
documents_are_posted: credit_notes id=3
    UPDATE credit_notes SET entry_id = NULL WHERE id = 3
documents_are_posted: payments id=2
    UPDATE payments SET amount_minor = amount_minor + 1 WHERE id = 2
documents_are_posted: refunds id=1
    UPDATE refunds SET base_relieved_minor = base_relieved_minor + 1 WHERE id = 1

documents_add_up: invoices id=1
    UPDATE invoices SET net_minor = net_minor + 1 WHERE id = 1
documents_add_up: invoices id=6
    UPDATE invoices SET tax_minor = tax_minor + 1 WHERE id = 6
documents_add_up: invoice_lines invoice_id=1 position=2
    UPDATE invoice_taxes SET tax_minor = tax_minor + 1 WHERE invoice_id = 1 AND position = 2
documents_add_up: invoice_lines invoice_id=1 position=1
    INSERT INTO invoice_deductions SELECT organization_id, invoice_id, 99, position, 0, discount_minor + 1
    FROM invoice_lines WHERE invoice_id = 1 AND position = 1
documents_add_up: invoice_deductions invoice_id=1 id=99 position=98
    INSERT INTO invoice_deductions SELECT organization_id, invoice_id, 99, 98, 1, 1
    FROM invoice_lines WHERE invoice_id = 1 AND position = 1
documents_add_up: credit_notes id=3
    DELETE FROM credit_note_lines WHERE credit_note_id = 3
documents_add_up: credit_note_lines credit_note_id=1 position=1
    UPDATE credit_note_taxes SET tax_minor = tax_minor + 1 WHERE credit_note_id = 1 AND position = 1 AND
    tax_rate_id = 1

credit_notes_add_up: credit_notes id=3
    UPDATE credit_notes SET allocated_minor = allocated_minor - 1 WHERE id = 3
credit_notes_add_up: credit_notes id=3
    UPDATE credit_notes SET refunded_minor = refunded_minor + 1 WHERE id = 3
credit_notes_add_up: credit_notes id=3
    UPDATE credit_notes SET reserved_minor = 1 WHERE id = 3
credit_notes_add_up: credit_notes id=3
    UPDATE credit_notes SET base_used_minor = base_used_minor + 1 WHERE id = 3
credit_notes_add_up: credit_notes id=1
    UPDATE credit_notes SET state = 'draft' WHERE id = 1
credit_notes_add_up: credit_notes id=1
    UPDATE refunds SET state = 'reversed' WHERE id = 1

papers_are_of_their_entity: customers id=2
    UPDATE customers SET invoice_template_id = 1 WHERE id = 2
papers_are_of_their_entity: invoice_templates entity_id=1
    INSERT INTO invoice_templates SELECT organization_id, id, 1, 'x', '', '', '', '', 1, 1, 0, 0, 0, 0, '',
    '', 0 FROM customers

payments_add_up: payments id=1
    UPDATE payments SET allocated_minor = allocated_minor + 1 WHERE id = 1
payments_add_up: payments id=3
    UPDATE payments SET base_used_minor = base_used_minor - 1 WHERE id = 3
payments_add_up: payments id=3
    UPDATE payments SET disputed_minor = 501 WHERE id = 3

invoices_are_settled: invoices id=1
    UPDATE invoices SET paid_minor = paid_minor - 1 WHERE id = 1
invoices_are_settled: invoices id=4
    UPDATE invoices SET credit_minor = credit_minor + 1 WHERE id = 4
invoices_are_settled: invoices id=3
    UPDATE invoices SET written_off_minor = written_off_minor - 1 WHERE id = 3
invoices_are_settled: invoices id=2
    UPDATE invoices SET base_settled_minor = base_settled_minor - 1 WHERE id = 2
invoices_are_settled: invoices id=1
    UPDATE allocations SET amount_minor = amount_minor + 1 WHERE id = 2
invoices_are_settled: invoices id=1
    UPDATE invoices SET total_minor = 19000 WHERE id = 1

invoices_are_credited: invoices id=1
    UPDATE invoices SET credited_minor = credited_minor - 1 WHERE id = 1
invoices_are_credited: invoices id=1
    UPDATE invoices SET base_credited_minor = base_credited_minor + 1 WHERE id = 1
invoices_are_credited: invoices id=5
    UPDATE invoices SET adjustment_credited_minor = 1 WHERE id = 5
invoices_are_credited: invoices id=5
    UPDATE invoices SET discount_credited_minor = 1 WHERE id = 5
invoices_are_credited: invoices id=1
    UPDATE invoices SET total_minor = 4000 WHERE id = 1

tax_comes_back_as_charged: invoice_lines invoice_id=1 position=2
    UPDATE invoice_lines SET net_credited_minor = net_credited_minor + 1 WHERE invoice_id = 1 AND
    position = 2
tax_comes_back_as_charged: invoice_lines invoice_id=5 position=1
    UPDATE invoice_lines SET tax_credited_minor = tax_credited_minor - 1 WHERE invoice_id = 5
tax_comes_back_as_charged: invoice_taxes invoice_id=1 position=1 tax_rate_id=2
    UPDATE invoice_taxes SET credited_minor = credited_minor + 1 WHERE invoice_id = 1 AND position = 1
    AND tax_rate_id = 2
tax_comes_back_as_charged: invoice_lines invoice_id=1 position=1
    UPDATE invoice_lines SET net_minor = 0 WHERE invoice_id = 1 AND position = 1
tax_comes_back_as_charged: invoice_taxes invoice_id=1 position=2 tax_rate_id=1
    UPDATE invoice_taxes SET tax_minor = 0 WHERE invoice_id = 1 AND position = 2
tax_comes_back_as_charged: invoice_lines invoice_id=5 position=1
    UPDATE invoice_lines SET net_minor = net_minor + 1 WHERE invoice_id = 5
tax_comes_back_as_charged: invoice_taxes invoice_id=5 position=1 tax_rate_id=1
    UPDATE invoice_taxes SET tax_minor = tax_minor + 1 WHERE invoice_id = 5

cash_back_was_received: invoices id=1
    UPDATE invoices SET returned_minor = returned_minor - 1 WHERE id = 1
cash_back_was_received: allocations id=2
    UPDATE allocations SET returned_minor = returned_minor + 1 WHERE id = 2
cash_back_was_received: invoices id=2
    UPDATE invoices SET disputed_minor = 1 WHERE id = 2
cash_back_was_received: invoices id=1
    UPDATE invoices SET paid_minor = 4999 WHERE id = 1
cash_back_was_received: allocations id=2
    UPDATE allocations SET amount_minor = 4999 WHERE id = 2

disputes_hold_their_money: allocations id=8
    UPDATE allocations SET disputed_minor = disputed_minor - 1 WHERE id = 8
disputes_hold_their_money: payments id=2
    UPDATE payments SET disputed_minor = 1 WHERE id = 2
disputes_hold_their_money: accounts id=1035
    UPDATE disputes SET base_amount_minor = base_amount_minor + 1
promised_refunds_are_in_transit: accounts id=1034
    UPDATE refunds SET state = 'settled' WHERE state = 'pending'

receivable_is_what_is_open: customers id=1 currency=USD
    UPDATE invoices SET total_minor = total_minor + 1 WHERE id = 4
receivable_is_what_is_open: customers id=2 currency=EUR
    UPDATE payments SET base_used_minor = base_used_minor + 1 WHERE id = 3
receivable_is_what_is_open: customers id=0 currency=USD
    UPDATE journal_lines SET customer_id = NULL WHERE entry_id = 1 AND number = 1

receivable_is_what_is_open_every_day: customers id=1 currency=USD day=2026-11-01
    UPDATE journal_lines SET booked_on = '2026-11-09' WHERE entry_id = 1
receivable_is_what_is_open_every_day: customers id=2 currency=EUR day=2026-11-02
    UPDATE allocations SET allocated_on = '2026-11-04' WHERE id = 3

nothing_remains_of_the_settled: invoices id=2
    UPDATE invoices SET base_settled_minor = base_settled_minor - 1 WHERE id = 2
nothing_remains_of_the_settled: credit_notes id=1
    UPDATE credit_notes SET base_used_minor = base_used_minor - 1 WHERE id = 1
nothing_remains_of_the_settled: payments id=1
    UPDATE payments SET base_used_minor = base_used_minor - 1 WHERE id = 1
nothing_remains_of_the_settled: invoices id=5
    UPDATE invoices SET base_credited_minor = base_credited_minor - 1 WHERE id = 5

reversals_mirror: journal_entries reverses_id=14
    UPDATE journal_entries SET reverses_id = (SELECT min(reverses_id) FROM journal_entries) WHERE
    reverses_id IS NOT NULL
reversals_mirror: journal_entries id=15
    UPDATE journal_lines SET account_id = 1001 WHERE account_id = 1000 AND entry_id = (SELECT min(id)
    FROM journal_entries WHERE reverses_id IS NOT NULL)
reversals_mirror: credit_notes id=4
    UPDATE credit_notes SET state = 'issued' WHERE state = 'voided'
reversals_mirror: refunds id=3
    UPDATE refunds SET state = 'settled' WHERE state = 'reversed'
reversals_mirror: allocations id=3
    UPDATE allocations SET deallocated_on = '2026-11-22' WHERE id = 3
reversals_mirror: invoices id=4
    UPDATE invoices SET state = 'voided' WHERE id = 4

numbers_have_no_gap: series entity_id=1 kind=refund
    UPDATE series SET next_number = next_number + 1 WHERE kind = 'refund'
numbers_have_no_gap: series entity_id=1 kind=payment
    UPDATE series SET skipped = 1 WHERE kind = 'payment'
numbers_have_no_gap: series entity_id=1 kind=invoice
    UPDATE invoices SET sequence = 9 WHERE id = 5
numbers_have_no_gap: series entity_id=1 kind=credit_note
    DELETE FROM credit_notes WHERE id = 3
numbers_have_no_gap: invoices entity_id=1 number=INV-00001
    UPDATE invoices SET number = 'INV-00001' WHERE id = 2
numbers_have_no_gap: credit_notes entity_id=1 number=CN-00001
    UPDATE credit_notes SET number = 'CN-00001' WHERE id = 2
numbers_have_no_gap: payments entity_id=1 number=PAY-00001
    UPDATE payments SET number = 'PAY-00001' WHERE id = 2
numbers_have_no_gap: refunds entity_id=1 number=RF-00001
    UPDATE refunds SET number = 'RF-00001' WHERE id = 2
numbers_have_no_gap: invoices id=3
    UPDATE invoices SET sequence = CASE id WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE sequence END
numbers_have_no_gap: credit_notes id=3
    UPDATE credit_notes SET sequence = CASE id WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE sequence END
numbers_have_no_gap: payments id=3
    UPDATE payments SET sequence = CASE id WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE sequence END

one_answer_per_key: answers idempotency_key=twice
    INSERT INTO answers SELECT * FROM answers WHERE idempotency_key = 'twice'

every_change_was_told: counters organization_id=1
    DELETE FROM events WHERE id = 3
every_change_was_told: counters organization_id=1
    UPDATE events SET id = 9999 WHERE id = 3
every_change_was_told: invoices id=2
    UPDATE events SET topic = 'invoice.seen' WHERE topic = 'invoice.issued' AND subject_id = 2
every_change_was_told: credit_notes id=2
    UPDATE events SET subject_id = 3 WHERE topic = 'credit_note.issued' AND subject_id = 2
every_change_was_told: credit_notes id=1
    UPDATE events SET subject_id = 1 WHERE topic = 'credit_note.voided'
every_change_was_told: payments id=1
    UPDATE events SET subject_id = 1 WHERE topic = 'payment.received' AND subject_id = 2
every_change_was_told: refunds id=1
    UPDATE events SET subject_id = 2 WHERE topic = 'refund.settled' AND subject_id = 1
every_change_was_told: refunds id=1
    UPDATE events SET subject_id = 1 WHERE topic = 'refund.reversed'
every_change_was_told: allocations id=1
    UPDATE events SET subject_id = 2 WHERE topic = 'allocation.made' AND subject_id = 1
every_change_was_told: allocations id=1
    UPDATE events SET subject_id = 1 WHERE topic = 'allocation.undone'
"""
"""Each wrong under the promise that it breaks and the first row that `verify` is to name."""

COUNTERS = (
    "account", "allocation", "branch", "credit_note", "customer", "entity", "entry", "invoice", "line",
    "payment", "refund", "tax_rate",
)  # fmt: skip


def breaks() -> Iterator[Break]:
    """The table above, read."""
    for part in re.split(r"\n(?=\w)", WRONGS.strip()):
        head, _, wrong = part.partition("\n")
        promise, _, row = head.partition(": ")
        table, *key = row.split()
        yield Break(promise, " ".join(wrong.split()), table, " ".join(key))
    for name in COUNTERS:
        wrong = f"UPDATE counters SET last_{name} = 0"
        yield Break("ids_follow_their_counters", wrong, "counters", "organization_id=1")


BREAKS = list(breaks())


@pytest.fixture
def ledger(url: str):
    """Small books with everything in them that can be broken; organization 1."""
    ledger = Ledger(url)
    both = ledger.tax(20), ledger.tax(5)
    euro = ledger.customer("EUR")
    invoice = ledger.invoice(line(100, *both), line(60, both[0]))
    ledger.paid(invoice, 120)
    ledger.paid(invoice, 77, account=1001, on="2026-11-03")
    ledger.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(100)))
    abroad = ledger.invoice(line(100), customer_id=euro, rate="1.1")
    ledger.paid(abroad, 100, rate="1.2", over=5)
    lost = ledger.invoice(line(80))
    ledger.ask(WriteOffInvoice(invoice_id=lost.id))
    open_ = ledger.invoice(line(50))
    note = ledger.credit_note(line(30, both[0]))
    ledger.allocate(note, (open_, 20))
    undone = ledger.allocate(note, (open_, 1))
    ledger.ask(DeallocateCreditNote(allocation_id=undone[0].id))
    ledger.ask(ReverseRefund(refund_id=ledger.refund(note, 5).id))
    ledger.ask(DeleteCreditNote(credit_note_id=ledger.credit_note(line(9)).id))
    ledger.ask(CreditInvoice(invoice_id=ledger.invoice(line(40, both[0])).id), key="twice")
    ledger.invoice(line(70, both[0]), issue=False)
    disputed = ledger.paid(ledger.invoice(line(200)), 200, over=10)
    ledger.ask(OpenDispute(payment_id=disputed.id, amount=Decimal(205), fee=Decimal(15)))
    ledger.ask(SetGateway(name="acme", account_id=1002))
    ledger.refund(note, 2, rail="acme", account_id=None)
    yield ledger
    ledger.close()


def broken(ledger: Ledger) -> dict:
    query = Query(ledger.database, ledger.organization_id)
    return {each.promise: each for each in broken_promises(query)}


@contextmanager
def unguarded(ledger: Ledger) -> Iterator[Callable[[str], None]]:
    """Do wrong to the books, in tables that take anything: copies without triggers, checks, keys, references.

    All of it is undone in the end.
    """
    database = ledger.database.db
    on_postgres = not is_sqlite(ledger.url)

    def wrong(sql: str) -> None:
        words = sql.split()
        table = words[2] if words[0] in ("INSERT", "DELETE") else words[1]
        database.execute(f"CREATE TABLE copied AS SELECT * FROM {table}")
        database.execute(f"DROP TABLE {table} {'CASCADE' if on_postgres else ''}")
        database.execute(f"ALTER TABLE copied RENAME TO {table}")
        database.execute(sql)

    if not on_postgres:
        database.execute("PRAGMA foreign_keys = OFF")
    database.execute("BEGIN")
    if not on_postgres:
        # A trigger that names a table would not let go of it.
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
    yield wrong
    database.execute("ROLLBACK")


def test_sound_books_keep_every_promise(ledger):
    assert broken(ledger) == {}


@pytest.mark.parametrize("promise", [promise.name for promise in PROMISES])
def test_whatever_is_broken_is_named(ledger, promise):
    named, expected = [], []
    for each in (each for each in BREAKS if each.promise == promise):
        with unguarded(ledger) as wrong:
            wrong(each.wrong)
            found = broken(ledger).get(promise)
            expected.append((each.wrong, each.table, each.key))
            named.append((each.wrong, found and found.table, found and written(found.key)))
    assert named == expected


def written(key: dict) -> str:
    return " ".join(f"{column}={value}" for column, value in key.items())


def test_every_promise_is_broken_by_some_test():
    assert {each.promise for each in BREAKS} == {promise.name for promise in PROMISES}


def test_the_command_says_what_is_broken_and_ends_with_one(ledger, capsys):
    main(["verify", "--database", ledger.url, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["organizations"], told["broken"]) == (True, 1, [])
    ledger.database.db.execute("UPDATE invoices SET returned_minor = returned_minor + 1 WHERE id = 1")
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--database", ledger.url, "--json"])
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [each["name"] for each in told["promises"] if not each["holds"]] == ["cash_back_was_received"]
    assert told["broken"] == [
        {
            "promise": "cash_back_was_received",
            "organization_id": ledger.organization_id,
            "table": "invoices",
            "key": {"id": 1},
            "field": "returned_minor",
            "kept": 10001,
            "counted": 10000,
        }
    ]
    with pytest.raises(SystemExit):
        main(["verify", "--database", ledger.url])
    assert "invoices id=1: returned_minor is 10001, and should be 10000" in capsys.readouterr().out


def test_large_books_are_proved_by_processes_which_say_the_same(ledger, monkeypatch):
    sql = "UPDATE invoices SET returned_minor = returned_minor + 1, reference = 'x' WHERE id = 1"
    ledger.database.db.execute(sql)
    by_threads = upkeep.proved(ledger.url)
    monkeypatch.setattr(upkeep, "LARGE", 0)
    assert upkeep.proved(ledger.url) == by_threads
    assert [each.promise for each in by_threads[1]] == ["cash_back_was_received", "events_replay"]
