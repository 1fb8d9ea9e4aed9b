"""The rate table: what a document takes when it does not name its rate itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.entities import CreateEntity
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import CreateInvoice
from avoir.app.journals import CreateJournal
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote
from avoir.app.settings import ChangeSettings
from avoir.core.document import Wording
from avoir.core.exchange import NANO
from avoir.core.journal import JournalLine
from avoir.core.manual_journal import JournalSide
from avoir.core.organization import ExchangeRate
from tests import invariants
from tests.ledger import BANK, SALES_OF_SERVICE, Paper, line


def rate(valid_on: str, value="1.2", **other) -> SetExchangeRate:
    return SetExchangeRate(**{"currency": "EUR", "valid_on": valid_on, "rate": Decimal(value)} | other)


def invoice(on: str, given=None, **other) -> CreateInvoice:
    wording = Wording((line(10),))
    other = {"customer_id": 1, "currency": "EUR", "wording": wording, "issue": True} | other
    return CreateInvoice(issued_on=on, exchange_rate=given, **other)


def test_a_document_takes_the_latest_rate_on_or_before_its_day(ledger):
    for day, value in (("2025-03-01", "1.1"), ("2026-03-01", "1.2"), ("2026-11-01", "1.3")):
        ledger.ask(rate(day, value))
    taken = [
        # the document's day   base total
        ("2025-03-01",         1100),
        ("2025-12-31",         1100),
        ("2026-02-28",         1100),  # Of the year before.
        ("2026-03-01",         1200),
        ("2026-10-31",         1200),
        ("2026-11-01",         1300),
        ("2027-12-31",         1300),
    ]  # fmt: skip
    for day, base in taken:
        assert ledger.ask(invoice(day)).base_total_minor == base, day
    # Before the first rate there is none, and what is older than the year before is none any more.
    for day in ("2025-02-28", "2024-12-31", "2028-01-01"):
        refused = ledger.refused(invoice(day), "exchange_rate_required")
        assert refused.facts == {"currency": "EUR", "base": "USD"}
    assert ledger.ask(invoice("2028-01-01", Decimal("1.5"))).base_total_minor == 1500
    invariants.hold(ledger)


def test_a_rate_is_replaced_and_taken_away_and_documents_keep_what_they_took(ledger):
    ledger.ask(rate("2026-11-01", "1.2"))
    first = ledger.ask(invoice("2026-11-05"))
    ledger.ask(rate("2026-11-01", "1.25"))
    second = ledger.ask(invoice("2026-11-05"))
    assert (first.rate_nano, second.rate_nano) == (1_200_000_000, 1_250_000_000)
    assert [x.rate_nano for x in ledger.rows(ExchangeRate)] == [1_250_000_000]
    ledger.ask(DeleteExchangeRate(currency="EUR", valid_on="2026-11-01"))
    ledger.refused(invoice("2026-11-05"), "exchange_rate_required")
    ledger.refused(DeleteExchangeRate(currency="EUR", valid_on="2026-11-01"), "not_found")
    ledger.ask(rate("2026-11-01", "1.3"))
    assert ledger.ask(invoice("2026-11-05")).base_total_minor == 1300
    invariants.hold(ledger)


REFUSED = [
    (rate("2026-11-01", currency="XXX"),          "unknown_currency"),
    (rate("2026-11-01", base_currency="XXX"),     "unknown_currency"),
    (rate("2026-11-01", currency="USD"),          "rate_of_itself"),
    (rate("2026-11-01", base_currency="EUR"),     "rate_of_itself"),
    (rate("2026-02-30"),                          "invalid_date"),
    (rate("2026-11-01", "0"),                     "exchange_rate_not_positive"),
    (rate("2026-11-01", "-1"),                    "exchange_rate_not_positive"),
    (rate("2026-11-01", "0.0000000001"),          "amount_too_fine"),
    (rate("2026-11-01", "Infinity"),              "amount_out_of_range"),
    (DeleteExchangeRate(currency="EUR", valid_on="2026-11-01"),  "not_found"),
    (DeleteExchangeRate(currency="USD", valid_on="2026-11-01"),  "rate_of_itself"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_a_rate_that_is_none_is_refused(command, code):
    Paper().refused(command, code)


ON = "2026-11-05"
SIDES = (JournalSide(BANK, debit=Decimal(10)), JournalSide(SALES_OF_SERVICE, credit=Decimal(10)))
FOREIGN = {
    "an invoice": invoice(ON),
    "a credit note": CreateCreditNote(customer_id=2, issued_on=ON, wording=Wording((line(10),)), issue=True),
    "a payment": ReceivePayment(customer_id=2, account_id=BANK, received_on=ON, amount=Decimal(10)),
    "a refund": RefundCreditNote(credit_note_id=1, account_id=BANK, amount=Decimal(10), refunded_on=ON),
    "a journal": CreateJournal(journal_on=ON, sides=SIDES, currency="EUR", publish=True),
    "an opening balance": SetOpeningBalance(customer_id=2, amount=Decimal(10), on=ON),
}


@pytest.mark.parametrize("command", FOREIGN.values(), ids=FOREIGN.keys())
def test_whatever_is_foreign_takes_its_rate_from_the_table(command):
    books = Paper()
    books.customer("EUR")
    books.credit_note(line(10), customer_id=2, rate=2, issued_on="2026-11-02")
    books.refused(command, "exchange_rate_required")
    books.ask(rate("2026-11-04", "1.3"))
    books.ask(rate("2026-11-06", "1.4"))
    books.ask(command)
    last = max(x.entry_id for x in books.rows(JournalLine))
    assert (1000, 1300) in {
        (x.debit_minor + x.credit_minor, x.base_debit_minor + x.base_credit_minor)
        for x in books.rows(JournalLine)
        if x.entry_id == last
    }
    invariants.hold(books)


def test_a_credit_takes_its_own_days_rate_if_that_is_the_setting():
    books = Paper()
    books.ask(ChangeSettings(credit_rate="document_date"))
    books.ask(rate("2026-11-01", "1.2"))
    books.ask(rate("2026-11-10", "1.3"))
    issued = books.ask(invoice("2026-11-05"))
    credit = books.ask(CreditInvoice(invoice_id=issued.id, on="2026-11-12"))
    assert (issued.rate_nano, credit.rate_nano) == (1_200_000_000, 1_300_000_000)


def test_each_entity_has_its_own_table():
    books = Paper()
    german = books.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    books.ask(CreateCustomer(name="Grace", currency="GBP", entity_id=german.id))
    pounds = {"customer_id": 2, "currency": "GBP"}
    books.ask(rate("2026-11-01", "1.3", currency="GBP"))
    books.refused(invoice("2026-11-05", **pounds), "exchange_rate_required")
    books.ask(rate("2026-11-01", "1.15", currency="GBP", base_currency="EUR"))
    assert books.ask(invoice("2026-11-05", **pounds)).base_total_minor == 1150
    assert books.ask(invoice("2026-11-05", currency="GBP")).base_total_minor == 1300


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(st.dictionaries(days, st.integers(1, 10**12), max_size=8), days)
def test_the_table_gives_the_latest_of_this_year_and_the_last(table, on):
    books = Paper()
    for day, nano in table.items():
        books.ask(rate(day.isoformat(), str(Decimal(nano).scaleb(-9))))
    before = [day for day in table if day <= on and day.year >= on.year - 1]
    if before:
        assert books.ask(invoice(on.isoformat())).rate_nano == table[max(before)]
    else:
        books.refused(invoice(on.isoformat()), "exchange_rate_required")
    assert books.ask(invoice(on.isoformat(), Decimal(3))).rate_nano == 3 * NANO
