"""Locks: nothing is posted on a locked day, whatever the path; what is undone goes to the first open day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice, IssueInvoice, VoidInvoice
from avoir.app.journals import CreateJournal, PublishJournal, ReverseJournal
from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund
from avoir.core.allocation import Allocation
from avoir.core.credit import Shape
from avoir.core.document import Wording
from avoir.core.journal import Event, JournalEntry
from avoir.core.lock import DateLocked, first_open_day, lock_on, unlocked
from avoir.core.manual_journal import JournalSide
from avoir.core.organization import Lock
from tests import invariants
from tests.ledger import BANK, SALES_OF_SERVICE, Paper, line

LOCKED, LAST, OPEN = "2026-11-14", "2026-11-15", "2026-11-16"
ONE = Wording((line(1),))
NOTHING = Wording((line(0),))
OPEN_IS_FINE = {"module": "all", "reason": "tidy", "or_open": True}
SIDES = (JournalSide(BANK, debit=Decimal(1)), JournalSide(SALES_OF_SERVICE, credit=Decimal(1)))


def invoice_of(wording: Wording, on: str) -> CreateInvoice:
    return CreateInvoice(customer_id=1, issued_on=on, wording=wording, issue=True)


def lock(module="all", to=LAST) -> LockPeriod:
    return LockPeriod(module=module, lock_to=to, reason="audited")


@pytest.fixture
def books() -> Paper:
    """An invoice half paid, a note partly set against it and refunded, drafts, journals; all early."""
    books = Paper()
    invoice = books.invoice(line(100))  # Invoice 1.
    books.paid(invoice, 50)
    note = books.credit_note(line(80))  # Note 1.
    books.allocate(note, (invoice, 10))
    books.refund(note, 20)
    books.invoice(line(7), line(8))  # Invoice 2.
    books.invoice(line(8), issue=False)  # Invoice 3.
    books.credit_note(line(9), issue=False)  # Note 2.
    books.ask(CreateJournal(journal_on="2026-11-05", sides=SIDES))  # Journal 1.
    books.ask(CreateJournal(journal_on="2026-11-05", sides=SIDES, publish=True))  # Journal 2.
    return books


def partly(gross: int) -> tuple[Shape, ...]:
    return (Shape(gross=Decimal(gross)),)


def opening(amount: int, on: str) -> SetOpeningBalance:
    return SetOpeningBalance(customer_id=1, amount=Decimal(amount), on=on)


def received(on: str) -> ReceivePayment:
    return ReceivePayment(customer_id=1, account_id=BANK, received_on=on, amount=Decimal(1))


def refunded(on: str) -> RefundCreditNote:
    return RefundCreditNote(credit_note_id=1, account_id=BANK, amount=Decimal(1), refunded_on=on)


DATED = [
    # what                 module       of a day
    ("an invoice",         "sales",     lambda on: invoice_of(ONE, on)),
    ("an empty invoice",   "sales",     lambda on: invoice_of(NOTHING, on)),
    ("a payment",          "sales",     received),
    ("a credit",           "sales",     lambda on: CreditInvoice(invoice_id=2, on=on, shapes=partly(1))),
    ("a write-off",        "sales",     lambda on: WriteOffInvoice(invoice_id=2, on=on, shapes=partly(1))),
    ("a refund of a note", "sales",     refunded),
    ("an opening balance", "sales",     lambda on: opening(5, on)),
    ("what was owed",      "sales",     lambda on: opening(-5, on)),
    ("a journal",          "financial", lambda on: CreateJournal(journal_on=on, sides=SIDES, publish=True)),
]  # fmt: skip


@pytest.mark.parametrize(("module", "of"), [x[1:] for x in DATED], ids=[x[0] for x in DATED])
def test_nothing_is_posted_on_a_locked_day_and_all_is_on_the_day_after(books, module, of):
    books.ask(lock(module))
    for day in (LOCKED, LAST):
        refused = books.refused(of(day), "date_locked")
        assert refused.facts == {"lockedToDate": LAST, "module": module}
    books.ask(of(OPEN))
    books.ask(CancelLock(module=module))
    books.ask(of(LAST))
    invariants.hold(books)


@pytest.mark.parametrize(("module", "of"), [x[1:] for x in DATED], ids=[x[0] for x in DATED])
def test_a_lock_of_all_locks_each_and_a_lock_of_another_module_none(books, module, of):
    books.ask(lock("all"))
    books.refused(of(LOCKED), "date_locked")
    books.ask(CancelLock(module="all"))
    books.ask(lock({"sales": "financial", "financial": "sales"}[module]))
    books.ask(lock("purchases"))
    books.ask(of(LOCKED))


def test_what_is_done_today_is_refused_while_today_is_locked(books):
    books.ask(lock("sales", "2026-11-30"))
    books.refused(RefundInvoice(invoice_id=1), "date_locked")
    share = Share(invoice_id=1, amount=Decimal(1))
    # It would post nothing, but change what was due on that day.
    books.refused(AllocateCreditNote(credit_note_id=1, shares=(share,)), "date_locked")


def test_a_draft_may_be_dated_in_a_lock_and_is_issued_when_it_is_open(books):
    books.ask(lock("all"))
    draft = books.invoice(line(3), issue=False, issued_on=LOCKED)
    books.refused(IssueInvoice(invoice_id=draft.id), "date_locked")
    books.refused(IssueInvoice(invoice_id=3), "date_locked")
    books.refused(IssueCreditNote(credit_note_id=2), "date_locked")
    books.refused(PublishJournal(journal_id=1), "date_locked")
    books.ask(UnlockPartially(module="all", unlock_from="2026-11-01", unlock_to=LAST))
    books.ask(IssueInvoice(invoice_id=draft.id))
    books.ask(PublishJournal(journal_id=1))
    invariants.hold(books)


UNDOING = [
    # what                          command                                 what it undoes
    ("a refund",                    ReverseRefund(refund_id=1),              ("refund", 1)),
    ("an invoice",                  VoidInvoice(invoice_id=2),               ("invoice", 2)),
    ("a journal",                   ReverseJournal(journal_id=2),            ("manual_journal", 2)),
]  # fmt: skip


@pytest.mark.parametrize(("command", "source"), [x[1:] for x in UNDOING], ids=[x[0] for x in UNDOING])
@pytest.mark.parametrize(
    ("locks", "day"),
    [
        ([], None),
        ([lock()], OPEN),
        ([lock("all", "2026-11-30")], "2026-12-01"),
        ([lock(), UnlockPartially(module="all", unlock_from="2026-11-12", unlock_to=LAST)], "2026-11-12"),
        ([lock(), UnlockPartially(module="all", unlock_from="2026-11-01", unlock_to="2026-11-30")], None),
    ],
    ids=["open", "locked", "locked ahead", "window ahead", "in the window"],
)
def test_what_is_undone_in_a_lock_is_posted_on_the_first_open_day_and_linked(
    books, locks, day, command, source
):
    for each in locks:
        books.ask(each)
    undone = [x for x in books.rows(JournalEntry) if (x.source_kind, x.source_id) == source]
    books.ask(command)
    mirrors = {x.reverses_id: x for x in books.rows(JournalEntry) if x.reverses_id is not None}
    assert {entry.id for entry in undone} == set(mirrors)
    for entry in undone:
        assert mirrors[entry.id].booked_on == (day or entry.booked_on)
    invariants.hold(books)


def test_an_allocation_is_taken_back_on_the_first_open_day():
    books = Paper()
    invoice, note = books.invoice(line(100)), books.credit_note(line(80))
    (allocation,) = books.allocate(note, (invoice, 10))
    books.ask(lock("sales", "2026-11-25"))
    books.ask(DeallocateCreditNote(allocation_id=allocation.id))
    assert books.get(Allocation, allocation.id).deallocated_on == "2026-11-26"
    books.ask(DeleteCreditNote(credit_note_id=note.id))
    invariants.hold(books)


def window(module: str, since: str, until: str) -> UnlockPartially:
    return UnlockPartially(module=module, unlock_from=since, unlock_to=until)


REFUSED = [
    # given before                       command                                           code
    ([], LockPeriod(module="stock", lock_to=LAST),                                         "unknown_module"),
    ([], LockPeriod(module="all", lock_to="2026-02-30"),                                   "invalid_date"),
    ([], LockPeriod(module="all", lock_to="2026"),                                         "invalid_date"),
    ([], LockPeriod(module="all", lock_to="9999-12-31"),                               "no_day_left_open"),
    ([], LockPeriod(module="all", lock_to=LAST, reason="x" * 65_536),                      "text_too_long"),
    ([], CancelLock(module="stock"),                                                       "unknown_module"),
    ([], CancelLock(module="all"),                                                         "not_locked"),
    ([lock(), CancelLock(module="all")], CancelLock(module="all"),                         "not_locked"),
    ([lock("sales")], CancelLock(module="all"),                                            "not_locked"),
    ([], window("all", LOCKED, LAST),                                                      "not_locked"),
    ([lock()], window("sales", LOCKED, LAST),                                              "not_locked"),
    ([lock()], window("all", "", LAST),                                                    "invalid_date"),
    ([lock()], window("all", LAST, LOCKED),                                           "window_outside_lock"),
    ([lock()], window("all", OPEN, "2026-11-20"),                                     "window_outside_lock"),
    ([], CancelPartialUnlock(module="all"),                                                "not_locked"),
    ([lock()], CancelPartialUnlock(module="all"),                                      "no_unlocked_window"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "command", "code"), REFUSED)
def test_a_lock_that_makes_no_sense_is_refused(before, command, code):
    books = Paper()
    for each in before:
        books.ask(each)
    books.refused(command, code)


def test_locks_are_set_opened_closed_and_canceled(ledger):
    ledger.ask(lock("sales"))
    ledger.ask(lock("financial", "2026-06-30"))
    opened = ledger.ask(
        UnlockPartially(module="sales", unlock_from="2026-11-10", unlock_to="2026-11-12", reason="one bill")
    )
    assert (opened.unlock_from, opened.unlock_to, opened.unlock_reason) == (
        "2026-11-10",
        "2026-11-12",
        "one bill",
    )
    ledger.invoice(line(1), issued_on="2026-11-10")
    ledger.invoice(line(1), issued_on="2026-11-12")
    for day in ("2026-11-09", "2026-11-13"):
        ledger.refused(invoice_of(ONE, day), "date_locked")
    ledger.ask(CancelPartialUnlock(module="sales", reason="done"))
    ledger.refused(invoice_of(ONE, "2026-11-11"), "date_locked")
    # A new lock takes the place of the old one, its window with it.
    ledger.ask(UnlockPartially(module="sales", unlock_from="2026-11-10", unlock_to="2026-11-12"))
    again = ledger.ask(lock("sales", "2026-11-20"))
    assert (again.lock_to, again.unlock_from, again.unlock_to) == ("2026-11-20", "", "")
    ledger.ask(CancelLock(module="sales", reason="reopened"))
    ledger.invoice(line(1), issued_on="2026-11-11")
    assert [(x.module, x.lock_to) for x in ledger.rows(Lock)] == [("financial", "2026-06-30"), ("sales", "")]
    invariants.hold(ledger)


def test_an_all_lock_and_a_window_in_another_do_not_open_each_other():
    books = Paper()
    books.ask(lock("all"))
    books.ask(lock("sales"))
    books.ask(UnlockPartially(module="sales", unlock_from="2026-11-01", unlock_to=LAST))
    books.refused(invoice_of(ONE, LOCKED), "date_locked")


days = st.integers(0, 40).map(lambda n: (date(2026, 1, 1) + timedelta(n)).isoformat())
locks = st.builds(
    lambda module, to, window: Lock(1, module, to, *(sorted(window) if window else ("", "")), "", "", ""),
    st.sampled_from(["all", "sales", "financial"]),
    days | st.just(""),
    st.none() | st.tuples(days, days),
)


@given(st.lists(locks, max_size=3), st.sampled_from(["sales", "financial"]), days)
def test_the_first_open_day_is_open_and_no_day_before_it_is(given_locks, module, on):
    found = first_open_day(given_locks, module, on)
    assert found >= on
    assert lock_on(given_locks, module, found) is None
    day = date.fromisoformat(on)
    while day.isoformat() < found:
        assert lock_on(given_locks, module, day.isoformat()) is not None
        day += timedelta(1)


def test_what_is_open_stays_open_for_who_does_not_look_first(books):
    before = books.rows(Event)
    assert books.ask(CancelLock(**OPEN_IS_FINE)).lock_to == ""
    assert books.rows(Event) == before
    books.ask(lock())
    assert books.ask(CancelLock(**OPEN_IS_FINE)).reason == "tidy"
    assert books.ask(CancelLock(**OPEN_IS_FINE)).reason == "tidy"
    books.refused(CancelLock(module="stock", or_open=True), "unknown_module")


def lock_of(module: str, to: str, window: tuple[str, str] = ("", "")) -> Lock:
    return Lock(1, module, to, *window, "", "", "")


def test_a_window_in_one_lock_is_none_in_another():
    windowed = lock_of("sales", LAST, ("2026-11-10", "2026-11-12"))
    everything = lock_of("all", LAST)
    assert lock_on([windowed], "sales", "2026-11-11") is None
    assert lock_on([windowed, everything], "sales", "2026-11-11") is everything
    assert lock_on([everything, windowed], "sales", "2026-11-11") is everything


def test_a_lock_names_itself_and_forbids_its_own_module_and_no_other():
    sales = lock_of("sales", LAST)
    with pytest.raises(DateLocked) as refused:
        unlocked([sales], "sales", LAST)
    assert refused.value.facts == {"lockedToDate": LAST, "module": "sales"}
    unlocked([sales], "financial", LAST)
    unlocked([sales], "sales", OPEN)


def test_the_first_open_day_may_be_the_last_of_the_lock():
    assert first_open_day([lock_of("sales", LAST, (LAST, LAST))], "sales", "2026-11-10") == LAST
