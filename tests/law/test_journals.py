"""Manual journals: what a person may write into the books, balanced in both currencies, and take back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avoir.app.accounts import CreateAccount, InactivateAccount
from avoir.app.branches import CreateBranch, RequireBranches
from avoir.app.entities import CreateEntity
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.journals import CreateJournal, DeleteJournal, EditJournal, PublishJournal, ReverseJournal
from avoir.app.reads.postings import Scope
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import standings_by_currency
from avoir.core.account import RECEIVABLE, Account
from avoir.core.journal import JournalEntry, JournalLine, ManualJournal, ManualJournalLine
from avoir.core.manual_journal import JournalSide
from avoir.core.organization import Series
from tests import invariants
from tests.ledger import BANK, Ledger, Paper

RECEIVABLE_ID, PAYABLE, RENT, FEES, DAY = 1006, 1008, 1021, 1023, "2026-11-05"


def dr(account_id: int, amount, **other) -> JournalSide:
    return JournalSide(account_id, debit=Decimal(amount), **other)


def cr(account_id: int, amount, **other) -> JournalSide:
    return JournalSide(account_id, credit=Decimal(amount), **other)


def journal(*sides: JournalSide, **other) -> CreateJournal:
    return CreateJournal(**{"journal_on": DAY, "sides": sides} | other)


def test_a_journal_is_drafted_edited_published_and_reversed(ledger):
    draft = ledger.ask(journal(dr(RENT, 500), cr(BANK, 500), reference="R-1"))
    assert (draft.state, draft.number, draft.amount_minor) == ("draft", "", 50_000)
    edit = EditJournal(
        journal_id=draft.id, journal_on=DAY, sides=(dr(RENT, 400), dr(FEES, "1.50"), cr(BANK, "401.50"))
    )
    edited = ledger.ask(edit)
    assert (edited.amount_minor, edited.reference) == (40_150, "")
    assert [x.minor for x in ledger.rows(ManualJournalLine)] == [40_000, 150, -40_150]
    shorter = EditJournal(journal_id=draft.id, journal_on=DAY, sides=(dr(RENT, 400), cr(BANK, 400)))
    ledger.ask(shorter)
    assert ledger.rows(JournalEntry) == []
    published = ledger.ask(PublishJournal(journal_id=draft.id))
    assert (published.state, published.number) == ("published", "J-00001")
    assert ledger.entries("manual_journal", draft.id) == ["Dr Rent 400.00, Cr Bank Account 400.00"]
    ledger.refused(shorter, "manual_journal_already_published")
    ledger.refused(PublishJournal(journal_id=draft.id), "manual_journal_already_published")
    ledger.ask(ReverseJournal(journal_id=draft.id))
    assert ledger.entries("manual_journal", draft.id)[1] == "Cr Rent 400.00, Dr Bank Account 400.00"
    assert ledger.trial_balance() == {}
    for again in (ReverseJournal, DeleteJournal, PublishJournal):
        ledger.refused(again(journal_id=draft.id), "not_found")
    assert ledger.get(ManualJournal, draft.id).state == "reversed"
    invariants.hold(ledger)


def test_a_draft_is_deleted_and_its_row_kept_a_published_one_reversed(ledger):
    draft = ledger.ask(journal(dr(RENT, 5), cr(BANK, 5)))
    booked = ledger.ask(journal(dr(RENT, 7), cr(BANK, 7), publish=True))
    ledger.refused(ReverseJournal(journal_id=draft.id), "manual_journal_not_published")
    assert ledger.ask(DeleteJournal(journal_id=draft.id)).state == "deleted"
    assert ledger.ask(DeleteJournal(journal_id=booked.id)).state == "reversed"
    assert ledger.entries("manual_journal", draft.id) == []
    assert len(ledger.rows(ManualJournal)) == 2
    assert ledger.trial_balance() == {}
    invariants.hold(ledger)


BOTH = (dr(RENT, 1), cr(BANK, 1))
TWO_SIDED = (JournalSide(RENT, Decimal(5), Decimal(3)), cr(BANK, 2))
MUCH = 9 * 10**13
LINES = [
    # the lines                                                  code
    ((dr(RENT, 5), cr(BANK, "4.99")),                            "credit_debit_not_equal"),
    ((dr(RENT, 5),),                                             "credit_debit_not_equal"),
    ((),                                                         "credit_debit_not_equal_zero"),
    ((dr(RENT, 0), cr(BANK, 0)),                                 "credit_debit_not_equal_zero"),
    ((dr(999, 5), cr(BANK, 5)),                                  "accounts_ids_not_found"),
    ((dr(2**60, 5), cr(BANK, 5)),                                "accounts_ids_not_found"),
    ((dr(RENT, 5), cr(RECEIVABLE_ID, 5)),                        "entries_should_assign_with_contact"),
    ((dr(RENT, 5), cr(RECEIVABLE_ID, 5, customer_id=7)),         "contacts_not_found"),
    ((dr(RENT, 5), cr(PAYABLE, 5)),                              "entries_should_assign_with_contact"),
    ((dr(RENT, 5), cr(PAYABLE, 5, customer_id=7)),               "contacts_not_found"),
    ((dr(RENT, -5), cr(BANK, -5)),                               "journal_line_not_one_sided"),
    (TWO_SIDED,                                                "journal_line_not_one_sided"),
    ((dr(RENT, "1.005"), cr(BANK, "1.005")),                     "amount_too_fine"),
    ((dr(RENT, "NaN"), cr(BANK, 1)),                             "amount_out_of_range"),
    ((dr(RENT, 2**53), cr(BANK, 2**53)),                         "amount_out_of_range"),
    ((dr(RENT, MUCH),) * 2 + (cr(BANK, MUCH),) * 2,              "amount_out_of_range"),
    ((dr(RENT, 1), cr(BANK, 1)) * 501,                           "lines_required"),
    ((dr(RENT, 1, branch_id=7), cr(BANK, 1)),                    "unknown_branch"),
    ((dr(RENT, 1, note="x" * 65_536), cr(BANK, 1)),              "text_too_long"),
]  # fmt: skip
WORDS = [
    # besides the lines         code
    ({"branch_id": 7},          "unknown_branch"),
    ({"entity_id": 7},          "not_found"),
    ({"journal_on": "2026"},    "invalid_date"),
    ({"currency": "XXX"},       "unknown_currency"),
    ({"currency": "EUR"},       "exchange_rate_required"),
    ({"reference": "x" * 256},  "text_too_long"),
    ({"number": "J" * 65},      "text_too_long"),
]  # fmt: skip
REFUSED = [(sides, {}, code) for sides, code in LINES] + [(BOTH, other, code) for other, code in WORDS]


@pytest.mark.parametrize(("sides", "other", "code"), REFUSED)
@pytest.mark.parametrize("publish", [False, True], ids=["draft", "published"])
def test_a_wrong_journal_is_refused_and_changes_nothing(sides, other, code, publish):
    Paper().refused(journal(*sides, publish=publish, **other), code)


def test_lines_of_nothing_are_left_out():
    books = Paper()
    books.ask(journal(dr(RENT, 5), JournalSide(FEES), cr(BANK, 5), cr(FEES, 0), publish=True))
    assert books.entries("manual_journal", 1) == ["Dr Rent 5.00, Cr Bank Account 5.00"]


def test_numbers_are_drawn_at_publishing_taken_beforehand_or_ones_own():
    books = Paper()
    first, second, third = (books.ask(journal(*BOTH)) for _ in range(3))
    assert books.ask(PublishJournal(journal_id=second.id)).number == "J-00001"
    taken = books.ask(journal(*BOTH, number="J-00004"))
    assert (taken.state, taken.number, taken.sequence) == ("draft", "J-00004", 4)
    books.refused(journal(*BOTH, number="J-00004"), "number_taken")
    books.refused(journal(*BOTH, number="J-00001", publish=True), "number_taken")
    assert books.ask(journal(*BOTH, number="closing 2026", publish=True)).number == "closing 2026"
    books.refused(journal(*BOTH, number="closing 2026"), "number_taken")
    assert books.ask(PublishJournal(journal_id=first.id)).number == "J-00005"
    books.ask(DeleteJournal(journal_id=taken.id))
    books.ask(DeleteJournal(journal_id=third.id))
    series = books.get(Series, 1, "manual_journal")
    assert (series.next_number, series.skipped) == (6, 2)
    invariants.hold(books)


def test_what_does_not_fit_any_more_is_not_published():
    books = Paper()
    account = books.ask(CreateAccount(name="Lawyers", type="expense"))
    draft = books.ask(journal(dr(account.id, 5), cr(BANK, 5)))
    books.ask(InactivateAccount(account_id=account.id))
    books.refused(PublishJournal(journal_id=draft.id), "account_inactive")
    books.refused(journal(dr(account.id, 5), cr(BANK, 5)), "account_inactive")
    books.ask(RequireBranches())
    books.refused(PublishJournal(journal_id=draft.id), "account_inactive")
    books.ask(EditJournal(journal_id=draft.id, journal_on=DAY, sides=(dr(RENT, 5), cr(BANK, 5)), branch_id=1))
    books.ask(PublishJournal(journal_id=draft.id))
    invariants.hold(books)


def test_what_is_published_on_an_account_is_reversed_on_it_though_it_is_inactive():
    books = Paper()
    account = books.ask(CreateAccount(name="Lawyers", type="expense"))
    booked = books.ask(journal(dr(account.id, 5), cr(BANK, 5), publish=True))
    books.ask(InactivateAccount(account_id=account.id))
    books.ask(ReverseJournal(journal_id=booked.id))
    assert books.trial_balance() == {}


def test_lines_may_lie_in_branches_of_their_own(ledger):
    south = ledger.ask(CreateBranch(name="South"))
    sides = (dr(RENT, 3, branch_id=south.id), dr(RENT, 2), cr(BANK, 5))
    booked = ledger.ask(journal(*sides, branch_id=1, publish=True))
    ledger.ask(ReverseJournal(journal_id=booked.id))
    assert [(x.entry_id, x.branch_id) for x in ledger.rows(JournalLine)] == [
        (1, 2), (1, 1), (1, 1), (2, 2), (2, 1), (2, 1)
    ]  # fmt: skip
    ledger.ask(RequireBranches())
    ledger.refused(journal(*sides), "branch_required")
    ledger.ask(journal(*(JournalSide(x.account_id, x.debit, x.credit, branch_id=1) for x in sides)))
    invariants.hold(ledger)


def test_a_foreign_journal_balances_in_base_currency_too():
    books = Paper()
    sides = (dr(RENT, "33.33"), dr(FEES, "33.33"), dr(1020, "33.34"), cr(BANK, "50.00"), cr(1003, "50.00"))
    booked = books.ask(journal(*sides, currency="EUR", exchange_rate=Decimal("1.234567"), publish=True))
    (entry,) = books.entries("manual_journal", booked.id)
    assert entry.split(", ") == [
        "Dr Rent 41.15", "Dr bank_fees 41.15", "Dr Office expenses 41.16", "Cr Bank Account 61.73",
        "Cr Petty Cash 61.73",
    ]  # fmt: skip
    assert books.entries("manual_journal", booked.id, foreign=True)[0].startswith("Dr Rent 33.33")


def test_the_rate_is_the_tables_when_the_journal_names_none():
    books = Paper()
    books.ask(SetExchangeRate(currency="EUR", valid_on="2026-11-01", rate=Decimal("1.2")))
    booked = books.ask(journal(dr(RENT, 10), cr(BANK, 10), currency="EUR", publish=True))
    assert books.entries("manual_journal", booked.id) == ["Dr Rent 12.00, Cr Bank Account 12.00"]


def test_an_account_in_a_foreign_currency_takes_that_one_only():
    books = Paper()
    euros = books.ask(CreateAccount(name="Euro bank", type="bank", currency="EUR")).id
    books.refused(journal(dr(RENT, 5), cr(euros, 5)), "account_currency_mismatch")
    rate = {"currency": "EUR", "exchange_rate": Decimal(2)}
    books.ask(journal(dr(RENT, 5), cr(euros, 5), publish=True, **rate))
    assert books.trial_balance() == {"Euro bank": "-10.00", "Rent": "10.00"}


def test_an_entity_books_in_its_own_currency_with_its_own_numbers_and_customers(ledger):
    entity = ledger.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    euros = ledger.ask(CreateAccount(name="Euro bank", type="bank", currency="EUR")).id
    ledger.ask(journal(*BOTH, publish=True))
    booked = ledger.ask(journal(dr(RENT, 5), cr(euros, 5), entity_id=entity.id, publish=True))
    assert (booked.number, booked.currency) == ("J-00001", "EUR")
    alien = (dr(RENT, 5), cr(PAYABLE, 5, customer_id=1))
    ledger.refused(journal(*alien, entity_id=entity.id), "contacts_not_found")
    invariants.hold(ledger)


def test_a_line_on_the_receivable_is_an_open_item_of_the_customer_it_names(ledger):
    (receivable,) = (x for x in ledger.rows(Account) if x.role == RECEIVABLE)
    assert receivable.id == RECEIVABLE_ID
    ledger.refused(journal(dr(RECEIVABLE_ID, 5), cr(BANK, 5)), "entries_should_assign_with_contact")
    ledger.ask(journal(dr(RECEIVABLE_ID, 500, customer_id=1), cr(RENT, 500), publish=True))
    ledger.ask(journal(dr(RECEIVABLE_ID, 7, customer_id=1), cr(RENT, 7)))  # A draft owes nothing.
    ledger.ask(SetExchangeRate(currency="EUR", valid_on=DAY, rate=Decimal("1.17")))
    euros = journal(
        dr(RECEIVABLE_ID, "0.05", customer_id=1), cr(FEES, "0.03"), cr(RENT, "0.02"), currency="EUR",
        publish=True,
    )  # fmt: skip
    taken_back = ledger.ask(euros)
    assert owed(ledger) == {"USD": 50_000, "EUR": 5}
    invariants.hold(ledger)
    ledger.ask(ReverseJournal(journal_id=taken_back.id))
    assert owed(ledger) == {"USD": 50_000}
    # Another account of that type is nobody's sum; a line there says whose it is all the same.
    loans = ledger.ask(CreateAccount(name="Loans to customers", type="accounts-receivable")).id
    ledger.refused(journal(dr(loans, 5), cr(BANK, 5)), "entries_should_assign_with_contact")
    ledger.ask(journal(dr(loans, 5, customer_id=1), cr(BANK, 5), publish=True))
    assert owed(ledger) == {"USD": 50_000}
    invariants.hold(ledger)


def owed(ledger: Ledger) -> dict[str, int]:
    found = standings_by_currency(Query(ledger.database, ledger.organization_id), Scope(None, "", DAY))
    return {currency: each.closing for (_, currency), each in found.items() if each.closing}


amounts = st.lists(st.integers(1, 10**9), min_size=1, max_size=6)


@given(amounts, amounts, st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"]), st.integers(1, 10**13))
def test_every_balanced_journal_balances_in_both_currencies(debits, credits, currency, nano):
    places = {"JPY": 0, "KWD": 3, "CLF": 4}.get(currency, 2)
    credits = [*credits, max(sum(debits) - sum(credits), 0)]
    debits = [*debits, max(sum(credits) - sum(debits), 0)]
    sides = [dr(RENT, Decimal(x).scaleb(-places)) for x in debits]
    sides += [cr(BANK, Decimal(x).scaleb(-places)) for x in credits]
    books = Paper()
    rate = None if currency == "USD" else Decimal(nano).scaleb(-9)
    books.ask(journal(*sides, currency=currency, exchange_rate=rate, publish=True))
    invariants.the_journal_balances(books)
    assert sum(x.debit_minor for x in books.rows(JournalLine)) == sum(debits)
    books.ask(DeleteJournal(journal_id=1))
    assert books.trial_balance() == {}
