"""What reads sum up in SQL is what the values of the law say of themselves, on both engines."""

from decimal import Decimal

import pytest

from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import VoidInvoice
from avoir.app.reads import amounts
from avoir.app.reads.query import Query
from avoir.app.refunds import RefundInvoice
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from tests.ledger import line

SAME = [
    (Invoice, amounts.DUE, "due_minor"),
    (Invoice, amounts.SETTLED, "settled_minor"),
    (CreditNote, amounts.USED, "used_minor"),
    (Payment, amounts.UNAPPLIED, "unapplied_minor"),
]


@pytest.fixture
def traded(ledger):
    """Invoices paid in part and whole, credited, refunded, voided; a note that was deleted."""
    for paid in (0, 4, 12):
        invoice = ledger.invoice(line(12))
        if paid:
            ledger.paid(invoice, paid)
    ledger.paid(None, 0, over=9)
    ledger.ask(CreditInvoice(invoice_id=1, shapes=(Shape(gross=Decimal(5)),)))
    ledger.ask(RefundInvoice(invoice_id=3))
    ledger.ask(VoidInvoice(invoice_id=ledger.invoice(line(1)).id))
    ledger.credit_note(line(7))
    ledger.ask(DeleteCreditNote(credit_note_id=ledger.credit_note(line(8)).id))
    return ledger


def test_the_sums_of_reads_are_the_properties_of_the_values(traded):
    query = Query(traded.database, traded.organization_id)
    seen = set()
    for kind, sql, name in SAME:
        sums = dict(query.all(f"SELECT t.id, {sql} FROM {kind.TABLE} AS t WHERE t.organization_id = :o"))
        rows = query.rows(kind)
        assert {row.id: getattr(row, name) for row in rows} == sums, name
        seen |= {(name, minor > 0) for minor in sums.values()}
        if kind is Invoice:
            due = {row.id for row in query.rows(kind, amounts.IS_DUE)}
            assert due == {row.id for row in rows if row.due_minor}
        if kind is CreditNote:
            left = dict(
                query.all(f"SELECT t.id, {amounts.LEFT} FROM {kind.TABLE} AS t WHERE t.organization_id = :o")
            )
            assert left == {row.id: row.total_minor - row.used_minor for row in rows}
    assert seen == {(name, more) for _, _, name in SAME for more in (True, False)}
