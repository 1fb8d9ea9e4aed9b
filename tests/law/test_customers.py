"""Customers: what is said of them, what they owed when the books were opened, and what they owe on a day."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avoir.app.customers import (
    ActivateCustomer,
    CreateCustomer,
    DeleteCustomer,
    EditCustomer,
    InactivateCustomer,
)
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import VoidInvoice
from avoir.app.journals import CreateJournal
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.reads.postings import Scope
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import standings, standings_by_currency
from avoir.app.refunds import ReverseRefund
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.manual_journal import JournalSide
from tests import invariants
from tests.ledger import Ledger, Paper, line

PAYABLE, RENT, ON = 1008, 1021, "2026-10-31"


def opening(amount, **other) -> SetOpeningBalance:
    return SetOpeningBalance(**{"customer_id": 1, "amount": Decimal(amount), "on": ON} | other)


def test_a_customer_is_edited_and_currency_and_entity_stay(ledger):
    ledger.ask(EditCustomer(customer_id=1, name="Ada Lovelace", email="ada@example.com", terms_days=7))
    ledger.ask(EditCustomer(customer_id=1, code="A-1", details='{"city":"London"}', type="individual"))
    ada = ledger.get(Customer, 1)
    assert (ada.name, ada.email, ada.code, ada.type, ada.details) == (
        "Ada Lovelace", "ada@example.com", "A-1", "individual", '{"city":"London"}'
    )  # fmt: skip
    assert (ada.terms_days, ada.currency, ada.entity_id) == (7, "USD", 1)
    assert ledger.invoice(line(1), due_on="").due_on == "2026-11-08"
    assert ledger.ask(EditCustomer(customer_id=1, terms_days=-1)).terms_days is None
    assert ledger.invoice(line(1), due_on="").due_on == "2026-12-01"


def test_an_inactive_customers_open_items_are_settled_as_ever():
    books = Paper()
    invoice = books.invoice(line(10))
    assert books.ask(InactivateCustomer(customer_id=1)).active == 0
    books.paid(invoice, 10)
    assert books.ask(ActivateCustomer(customer_id=1)).active == 1
    invariants.hold(books)


REFUSED = [
    (CreateCustomer(name="A", currency="XXX"),                       "unknown_currency"),
    (CreateCustomer(name="A", currency="USD", terms_days=-1),        "terms_out_of_range"),
    (CreateCustomer(name="A" * 256, currency="USD"),                 "text_too_long"),
    (EditCustomer(customer_id=7, name="A"),                          "not_found"),
    (EditCustomer(customer_id=1, name="A" * 256),                    "text_too_long"),
    (EditCustomer(customer_id=1, terms_days=3651),                   "terms_out_of_range"),
    (EditCustomer(customer_id=1, details="x" * 65_536),              "text_too_long"),
    (ActivateCustomer(customer_id=7),                                "not_found"),
    (InactivateCustomer(customer_id=7),                              "not_found"),
    (DeleteCustomer(customer_id=7),                                  "not_found"),
    (opening(1, customer_id=7),                                      "not_found"),
    (opening(1, on="2026-02-30"),                                    "invalid_date"),
    (opening("1.005"),                                               "amount_too_fine"),
    (opening("NaN"),                                                 "amount_out_of_range"),
    (opening(2**53),                                                 "amount_out_of_range"),
    (opening(1, branch_id=7),                                        "unknown_branch"),
    (opening(1, exchange_rate=Decimal(2)),                           "exchange_rate_not_one"),
    (opening(1, number="x" * 65),                                    "text_too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_what_cannot_be_said_of_a_customer_is_refused(command, code):
    Paper().refused(command, code)


ONE = Decimal(1)
JOURNAL = CreateJournal(
    journal_on=ON, sides=(JournalSide(RENT, ONE), JournalSide(PAYABLE, credit=ONE, customer_id=1))
)
NAMING = {
    "an invoice": lambda books: books.invoice(line(1)),
    "a draft": lambda books: books.invoice(line(1), issue=False),
    "a credit note": lambda books: books.credit_note(line(1)),
    "a payment": lambda books: books.paid(None, 1),
    "a journal": lambda books: books.ask(JOURNAL),
    "an opening balance": lambda books: books.ask(opening(1)),
}


@pytest.mark.parametrize("name_it", NAMING.values(), ids=NAMING.keys())
def test_a_customer_whom_something_names_stays(ledger, name_it):
    other = ledger.customer()
    name_it(ledger)
    ledger.refused(DeleteCustomer(customer_id=1), "customer_is_used")
    ledger.ask(DeleteCustomer(customer_id=other))
    ledger.refused(DeleteCustomer(customer_id=other), "not_found")
    assert ledger.customer() == other + 1
    invariants.hold(ledger)


# Opening balances.


def test_what_was_owed_is_an_open_item_outside_the_series(ledger):
    ledger.ask(opening("120.50"))
    ada = ledger.get(Customer, 1)
    invoice = ledger.get(Invoice, ada.opening_invoice_id)
    assert (invoice.kind, invoice.state, invoice.number, invoice.sequence) == (
        "opening_balance", "issued", "OB-00001", 0
    )  # fmt: skip
    assert (invoice.due_on, invoice.due_minor) == (ON, 12_050)
    assert ledger.entries("invoice", invoice.id) == ["Dr receivable 120.50, Cr opening_balance 120.50"]
    # It is paid like any other, and the invoices' numbers begin at 1.
    ledger.paid(invoice, 100)
    ledger.refused(opening(0), "opening_balance_used")
    assert ledger.invoice(line(1)).number == "INV-00001"
    invariants.hold(ledger)


def test_what_was_owed_to_the_customer_is_a_credit_note_to_be_used(ledger):
    ledger.ask(opening(-80))
    note = ledger.get(CreditNote, ledger.get(Customer, 1).opening_credit_note_id)
    assert (note.number, note.sequence, note.remaining_minor) == ("OB-00001", 0, 8_000)
    assert ledger.entries("credit_note", note.id) == ["Cr receivable 80.00, Dr opening_balance 80.00"]
    refund = ledger.refund(note, 30)
    ledger.refused(opening(5), "opening_balance_used")
    ledger.ask(ReverseRefund(refund_id=refund.id))
    ledger.allocate(note, (ledger.invoice(line(50)), 50))
    ledger.refused(opening(5), "opening_balance_used")
    invariants.hold(ledger)


def test_what_was_said_before_is_voided_and_said_anew(ledger):
    for amount, balance in ((120, "-120.00"), (-40, "40.00"), (-50, "50.00"), (7, "-7.00"), (0, None)):
        ledger.ask(opening(amount))
        assert ledger.trial_balance().get("opening_balance") == balance
        ada = ledger.get(Customer, 1)
        assert (ada.opening_invoice_id is not None) == (amount > 0)
        assert (ada.opening_credit_note_id is not None) == (amount < 0)
    assert [x.state for x in ledger.rows(Invoice)] == ["voided", "voided"]
    assert [x.state for x in ledger.rows(CreditNote)] == ["voided", "voided"]
    invariants.hold(ledger)


def test_an_opening_invoice_that_was_voided_by_itself_or_credited():
    books = Paper()
    books.ask(opening(100))
    books.ask(VoidInvoice(invoice_id=1))
    books.ask(opening(200))
    books.ask(CreditInvoice(invoice_id=2))
    books.refused(opening(300), "opening_balance_used")
    assert books.trial_balance() == {}
    invariants.hold(books)


def test_a_number_of_its_own_is_nobody_elses():
    books = Paper()
    books.invoice(line(1), number="OB-00002")
    books.refused(opening(1), "number_taken")
    books.ask(opening(1, number="2025/17"))
    assert books.get(Invoice, 2).number == "2025/17"
    invariants.hold(books)


def test_an_opening_balance_is_in_the_customers_currency():
    books = Paper()
    books.customer("JPY")
    books.refused(opening(5000, customer_id=2), "exchange_rate_required")
    books.refused(opening("0.5", customer_id=2), "amount_too_fine")
    books.ask(SetExchangeRate(currency="JPY", valid_on="2026-10-01", rate=Decimal("0.0067")))
    books.ask(opening(5000, customer_id=2))
    assert books.entries("invoice", 1) == ["Dr receivable 33.50, Cr opening_balance 33.50"]
    assert books.rows(Invoice)[0].total_minor == 5000
    invariants.hold(books)


# What customers owe on a day.


def owed(ledger: Ledger, on: str, customer_id: int = 1) -> dict[str, int]:
    query = Query(ledger.database, ledger.organization_id)
    found = standings_by_currency(query, Scope(None, "", on, customer_ids=[customer_id]))
    return {currency: each.closing for (_, currency), each in found.items() if each.closing}


def worth(ledger: Ledger, on: str, customer_id: int = 1) -> int | None:
    """All of it in the base currency; None before the first document."""
    found = standings(Query(ledger.database, ledger.organization_id), Scope(None, "", on))
    return found[customer_id].closing if customer_id in found else None


def test_what_a_customer_owes_by_currency_on_any_day(ledger):
    ledger.ask(opening(100))
    euros = ledger.invoice(line(50), currency="EUR", rate="1.2", issued_on="2026-11-01")
    ledger.paid(euros, 20, rate="1.3", on="2026-11-05")
    note = ledger.credit_note(line(30), issued_on="2026-11-10")
    refund = ledger.refund(note, 10, refunded_on="2026-11-11")
    ledger.paid(None, 5, on="2026-11-20")
    ledger.ask(VoidInvoice(invoice_id=ledger.invoice(line(7), issued_on="2026-11-21").id))
    ledger.invoice(line(999), customer_id=ledger.customer())
    on: dict[str, tuple[dict[str, int], int | None]] = {
        "2026-10-30": ({}, None),
        "2026-10-31": ({"USD": 10_000}, 10_000),
        "2026-11-01": ({"USD": 10_000, "EUR": 5_000}, 16_000),
        # 20 of 50 are paid: of 60.00 there are 36.00 left, whatever the euro was worth that day.
        "2026-11-05": ({"USD": 10_000, "EUR": 3_000}, 13_600),
        "2026-11-10": ({"USD": 7_000, "EUR": 3_000}, 10_600),
        "2026-11-11": ({"USD": 8_000, "EUR": 3_000}, 11_600),
        "2026-12-31": ({"USD": 7_500, "EUR": 3_000}, 11_100),
    }
    for day, (balances, base) in on.items():
        assert owed(ledger, day) == balances, day
        assert worth(ledger, day) == base, day
    ledger.ask(ReverseRefund(refund_id=refund.id))
    assert owed(ledger, "2026-11-11")["USD"] == 7_000
    assert (worth(ledger, "2026-12-31"), worth(ledger, "2026-12-31", 2)) == (10_100, 99_900)
    invariants.hold(ledger)


@settings(max_examples=60)
@given(st.lists(st.integers(-(10**6), 10**6).filter(bool), max_size=5))
def test_however_often_it_is_said_the_last_word_counts(said):
    books = Paper()
    for minor in said:
        books.ask(opening(Decimal(minor).scaleb(-2)))
    balance = -said[-1] if said else 0
    assert books.trial_balance().get("opening_balance", "0.00") == f"{Decimal(balance).scaleb(-2):.2f}"
    invariants.hold(books)
