"""One account between two days, and one customer: what stood before equals the lines that are not shown."""

from avoir.app.reads import console_ledger
from avoir.app.reads.console_ledger import account_ledger, statement
from avoir.store.readers import Readers
from tests.ledger import BANK, Ledger, line

DAYS = ("2026-09-30", "2026-10-01", "2026-10-15", "2026-11-01", "2026-11-11", "2026-11-12")


def test_what_stood_before_a_day_is_what_the_lines_before_it_sum_to(url):
    ledger = Ledger(url)
    note = ledger.credit_note(line("1000.00"), issued_on="2026-09-01")
    for number, day in enumerate(DAYS, 1):
        ledger.refund(note, f"{number}.00", refunded_on=day)
    readers = Readers(url, 1)
    for since in (*DAYS, "2026-01-01", "2026-10-31", "2026-12-01"):
        for until in (*DAYS, "2026-12-31"):
            told = readers.run(account_ledger, ledger.organization_id, BANK, since, until, 1)
            before = [n * 100 for n, day in enumerate(DAYS, 1) if day < since]
            within = [n * 100 for n, day in enumerate(DAYS, 1) if since <= day <= until]
            assert (told.opening_minor, told.debit_minor, told.credit_minor) == (-sum(before), 0, sum(within))
            assert [row.balance_minor for row in told.page.rows][-1:] == [-sum(before + within)] * bool(
                within
            )
    readers.close()
    ledger.close()


def test_a_long_statement_has_its_newest_lines_and_begins_with_what_the_others_sum_to(url, monkeypatch):
    ledger = Ledger(url)
    note = ledger.credit_note(line("1000.00"), issued_on="2026-09-01")
    for number, day in enumerate(DAYS, 1):
        ledger.refund(note, f"{number}.00", refunded_on=day)
    readers = Readers(url, 1)
    asked = (ledger.organization_id, note.customer_id, "2026-09-15", "2026-11-11")
    (whole,) = readers.run(statement, *asked)
    monkeypatch.setattr(console_ledger, "LONGEST", 2)
    (cut,) = readers.run(statement, *asked)
    readers.close()
    ledger.close()
    assert (whole.cut, whole.opening_minor, len(whole.lines)) == (False, -1000_00, 5)
    assert (cut.cut, cut.opening_minor, cut.lines) == (True, -994_00, whole.lines[3:])
    assert whole.closing_minor == cut.closing_minor == -985_00
