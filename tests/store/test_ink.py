"""What the database itself refuses, whoever asks: the journal is ink, and nothing is overdrawn."""

import sqlite3

import psycopg
import pytest

from avoir.app.refunds import ReverseRefund
from avoir.store.sqlite import Sqlite
from tests.ledger import line

DATABASE_ERRORS = (sqlite3.DatabaseError, psycopg.DatabaseError)


@pytest.fixture
def written(ledger):
    """A company with one of each: an invoice, a payment, a credit note, a refund that was reversed."""
    invoice = ledger.invoice(line("100.00"))
    ledger.paid(invoice, "40.00")
    note = ledger.credit_note(line("50.00"))
    ledger.allocate(note, (invoice, "10.00"))
    ledger.ask(ReverseRefund(refund_id=ledger.refund(note, "5.00").id))
    ledger.refund(note, "15.00")
    return ledger


def refused(ledger, *statements: str, because: str = "") -> None:
    """The database refuses the last of the statements, and all is as before."""
    before = ledger.books()
    with pytest.raises(DATABASE_ERRORS, match=because):
        ledger.database.execute(statements)
    assert ledger.books() == before


@pytest.mark.parametrize("table", ["journal_lines", "journal_entries", "events"])
def test_what_is_in_ink_is_neither_changed_nor_taken_away(written, table):
    refused(written, f"UPDATE {table} SET organization_id = organization_id", because="ink")
    refused(written, f"DELETE FROM {table}", because="ink")
    refused(written, f"DELETE FROM {table} WHERE organization_id = {written.organization_id}", because="ink")
    if not isinstance(written.database, Sqlite):
        refused(written, f"TRUNCATE {table} CASCADE", because="ink")


def line_of(
    entry: int, number: int, debit: int, credit: int, currency: str = "USD", base: int | None = None
) -> str:
    base_debit, base_credit = (debit, credit) if base is None else (base, 0)
    return (
        f"INSERT INTO journal_lines VALUES (1, {entry}, {number}, 1, 1000, NULL, NULL, NULL, '{currency}',"
        f" '2026-11-22', {debit}, {credit}, {base_debit}, {base_credit})"
    )


def entry_of(entry: int, reverses: str = "NULL") -> str:
    return (
        f"INSERT INTO journal_entries VALUES (1, {entry}, 1, 'manual', 'manual', 1, '2026-11-22', {reverses},"
        " 'user:1', '2026-11-22T10:00:00.000Z')"
    )


UNBALANCED = {
    "debit and credit differ": [line_of(99, 1, 100, 0), line_of(99, 2, 0, 99)],
    "it has one side": [line_of(99, 1, 100, 0)],
    "it has no side": [],
    "two currencies": [line_of(99, 1, 100, 0), line_of(99, 2, 0, 100, "EUR")],
    "the base amounts differ": [line_of(99, 1, 100, 0, base=50), line_of(99, 2, 0, 100)],
}


@pytest.mark.parametrize("lines", UNBALANCED.values(), ids=UNBALANCED)
def test_an_entry_that_does_not_balance_is_refused(written, lines):
    refused(written, *lines, entry_of(99), because="balance")


def test_a_balanced_entry_is_taken_and_then_sealed(written):
    written.database.execute([line_of(99, 1, 100, 0), line_of(99, 2, 0, 100), entry_of(99)])
    refused(written, line_of(99, 3, 100, 0), because="sealed")
    refused(written, line_of(99, 3, 100, 0), line_of(99, 4, 0, 100), because="sealed")


def test_an_entry_is_reversed_once(written):
    (reversed_,) = [entry.reverses_id for entry in written.books()["journal_entries"] if entry.reverses_id]
    refused(
        written,
        line_of(99, 1, 100, 0), line_of(99, 2, 0, 100), entry_of(99, str(reversed_)),
        because="(?i)unique",
    )  # fmt: skip


SIDES = {
    "a negative debit": line_of(99, 1, -1, 0),
    "a debit that is a credit": line_of(99, 1, 1, 1),
    "nothing": line_of(99, 1, 0, 0),
}


@pytest.mark.parametrize("statement", SIDES.values(), ids=SIDES)
def test_a_line_is_a_debit_or_a_credit_of_something(written, statement):
    refused(written, statement, because="(?i)check")


OVERDRAWN = [
    "UPDATE credit_notes SET refunded_minor = refunded_minor + 2501",
    "UPDATE credit_notes SET allocated_minor = -1",
    "UPDATE credit_notes SET base_used_minor = base_total_minor + 1",
    "UPDATE credit_notes SET state = 'voided'",
    "UPDATE credit_notes SET total_minor = total_minor + 1",
    "UPDATE credit_notes SET state = 'unheard of'",
    "UPDATE invoices SET paid_minor = paid_minor + 5001",
    "UPDATE invoices SET returned_minor = paid_minor + 1",
    "UPDATE invoices SET credited_minor = total_minor + 1",
    "UPDATE invoices SET base_settled_minor = base_total_minor + 1",
    "UPDATE invoices SET tax_minor = tax_minor + 1",
    "UPDATE invoices SET state = 'draft'",
    "UPDATE invoices SET total_minor = 9007199254740992, net_minor = 9007199254740992",
    "UPDATE invoice_lines SET net_credited_minor = net_minor + 1",
    "UPDATE invoice_lines SET tax_credited_minor = 1",
    "UPDATE payments SET allocated_minor = amount_minor + 1",
    "UPDATE payments SET amount_minor = 0",
    "UPDATE payments SET base_used_minor = base_amount_minor + 1",
    "UPDATE allocations SET returned_minor = amount_minor + 1",
    "UPDATE allocations SET payment_id = 1, credit_note_id = 1",
    "UPDATE allocations SET amount_minor = 0",
    "UPDATE refunds SET amount_minor = 0",
    "UPDATE refunds SET state = 'unheard of'",
    "UPDATE series SET next_number = 0",
]


@pytest.mark.parametrize("statement", OVERDRAWN)
def test_nothing_is_overdrawn_whatever_the_statement(written, statement):
    refused(written, statement, because="(?i)check")


ORPHANS = [
    "UPDATE invoices SET customer_id = 77",
    "UPDATE refunds SET credit_note_id = 77",
    "UPDATE payments SET account_id = 77",
    "UPDATE allocations SET invoice_id = 77",
    "UPDATE invoice_lines SET account_id = 77",
]


@pytest.mark.parametrize("statement", ORPHANS)
def test_nothing_refers_to_what_is_not_there(written, statement):
    refused(written, statement, because="(?i)foreign key")


def test_two_documents_never_share_a_number(written):
    written.invoice(line(1))
    refused(written, "UPDATE invoices SET number = 'INV-00001'", because="(?i)unique")
