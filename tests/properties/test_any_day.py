"""What stood on any day, as reads reckon it back from now: the same as adding up what happened until then.

The machine runs on paper; its books are then laid into both databases as they are, and asked.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.branches import CreateBranch
from avoir.app.journals import CreateJournal, ReverseJournal
from avoir.app.locks import LockPeriod
from avoir.app.reads.figures import figures
from avoir.app.reads.postings import Scope
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import Standing, open_items, standings, standings_by_currency
from avoir.core.account import RECEIVABLE, Account
from avoir.core.allocation import Allocation
from avoir.core.books import KINDS
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.manual_journal import JournalSide
from avoir.core.payment import Payment
from avoir.store.database import open_database
from avoir.store.protocol import Batch
from tests.ledger import Company, Ledger, Paper, line
from tests.properties.bounds import bounds
from tests.properties.test_machine import CURRENCIES
from tests.properties.test_whole_machine import Whole

_numbers = count(70_000)


def laid(company: Company, url: str) -> Iterator[Query]:
    """A company's books in a database, all of them at once."""
    with closing(open_database(url)) as database:
        database.begin()
        kinds = [rows for kind in KINDS if (rows := company.rows(kind))]
        database.commit(Batch(kinds, [], []))
        yield Query(database, company.organization_id)


def days_of(company: Company) -> list[str]:
    """Every day on which anything was posted or set off, and some around them."""
    days = {x.booked_on for x in company.rows(JournalLine)}
    days |= {x.allocated_on for x in company.rows(Allocation)}
    return sorted({*days, "2026-10-31", "2026-11-15", "2026-11-30", "2027-01-01"})


def claims(company: Company, on: str, branches: tuple[int, ...] = ()) -> dict[tuple[int, str], int]:
    """What was open at the end of a day by customer and due date, added up from the first day on."""
    accounts = {x.id for x in company.rows(Account) if x.role == RECEIVABLE}
    entries = {x.id: x for x in company.rows(JournalEntry)}
    invoices = {x.id: x for x in company.rows(Invoice)}
    sources = {(kind, x.id): x for kind in (Payment, CreditNote) for x in company.rows(kind)}

    def counts(branch: int | None) -> bool:
        return not branches or branch in branches

    found: Counter[tuple[int, str]] = Counter()
    for x in company.rows(JournalLine):
        if x.account_id not in accounts or x.booked_on > on or not counts(x.branch_id):
            continue
        entry = entries[x.entry_id]
        mirrored = entries.get(entry.reverses_id or 0)
        due = ""
        if entry.source_kind == "invoice":
            due = invoices[entry.source_id].due_on
        elif entry.source_kind == "manual_journal" and (
            x.base_credit_minor if mirrored else x.base_debit_minor
        ):
            due = mirrored.booked_on if mirrored else x.booked_on
        found[x.customer_id, due] += x.base_debit_minor - x.base_credit_minor
    for a in company.rows(Allocation):
        if a.allocated_on > on or (a.deallocated_on and a.deallocated_on <= on):
            continue
        invoice = invoices[a.invoice_id]
        source = sources[Payment, a.payment_id] if a.payment_id else sources[CreditNote, a.credit_note_id]
        if counts(invoice.branch_id):
            found[invoice.customer_id, invoice.due_on] -= a.base_invoice_minor
        if counts(source.branch_id):
            found[invoice.customer_id, ""] += a.base_invoice_minor
    return {key: minor for key, minor in found.items() if minor}


def told(query: Query, on: str, **scope: Any) -> dict[tuple[int, str], int]:
    found: Counter[tuple[int, str]] = Counter()
    for item in open_items(query, None, on, **scope):
        assert item.minor
        found[item.customer_id, item.due_on] += item.minor
    return {key: minor for key, minor in found.items() if minor}


def agree(company: Company, query: Query) -> None:
    """Assert it of every day: items, what customers owe, and what stands on each account."""
    days = days_of(company)
    receivable = {x.id for x in company.rows(Account) if x.role == RECEIVABLE}
    lines = company.rows(JournalLine)
    mine = [x for x in lines if x.account_id in receivable]
    stood = figures(query, None, days)
    for before, on in pairwise(days):
        assert told(query, on) == claims(company, on), on
        one = {key: minor for key, minor in claims(company, on).items() if key[0] == 1}
        assert told(query, on, customer_ids=[1]) == one, on
        opening, closing, own = Counter[int](), Counter[int](), Counter[tuple[int, str]]()
        for x in mine:
            base = x.base_debit_minor - x.base_credit_minor
            opening[x.customer_id] += base if x.booked_on < before else 0
            closing[x.customer_id] += base if x.booked_on <= on else 0
            own[x.customer_id, x.currency] += (x.debit_minor - x.credit_minor) * (x.booked_on <= on)
        found = standings(query, Scope(None, before, on))
        assert {id: each.opening for id, each in found.items() if each.opening} == {
            id: minor for id, minor in opening.items() if minor
        }
        assert {id: each.closing for id, each in found.items() if each.closing} == {
            id: minor for id, minor in closing.items() if minor
        }
        by_currency = standings_by_currency(query, Scope(None, before, on))
        assert {key: each.closing for key, each in by_currency.items() if each.closing} == {
            key: minor for key, minor in own.items() if minor
        }
    for on in days:
        for account in stood.accounts:
            of_account = [x for x in lines if x.account_id == account.id and x.booked_on <= on]
            sides = (
                sum(x.base_debit_minor for x in of_account),
                sum(x.base_credit_minor for x in of_account),
            )
            assert stood.up_to(account.id, on) == sides, (account.name, on)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_any_day_is_as_it_was(databases, engine):
    with databases.fresh(engine) as url:

        class Looked(Whole):
            def new_company(self, timing):
                number = next(_numbers)
                return Paper(currency=CURRENCIES[0], timing=timing, organization_id=number)

            def teardown(self):
                for query in laid(self.company, url):
                    agree(self.company, query)

        run_state_machine_as_test(Looked, settings=bounds(12, 30))


def test_of_a_branch_each_side_is_told_of_its_own(url):
    """An invoice of one branch is settled by what came in to the other, and given back by a third."""
    with closing(Ledger(url)) as ledger:
        one, two = (ledger.ask(CreateBranch(name=name)).id for name in ("One", "Two"))
        first = ledger.invoice(line(100), branch_id=one, due_on="2026-11-20")
        ledger.invoice(line(40), branch_id=two, issued_on="2026-11-03")
        ledger.paid(first, 60, over=15, branch_id=two, on="2026-11-05")
        note = ledger.credit_note(line(30), issued_on="2026-11-06")
        shares = (Share(first.id, Decimal(12)),)
        (set_off,) = ledger.ask(AllocateCreditNote(credit_note_id=note.id, shares=shares), today="2026-11-07")
        ledger.refund(note, 8, branch_id=one, refunded_on="2026-11-08")
        ledger.ask(DeallocateCreditNote(allocation_id=set_off.id), today="2026-11-09")
        query = Query(ledger.database, ledger.organization_id)
        for on in days_of(ledger):
            for branches in ((), (one,), (two,), (one, two)):
                assert told(query, on, branch_ids=branches) == claims(ledger, on, branches), (on, branches)
        assert claims(ledger, "2026-11-05", (one,)) == {(1, "2026-11-20"): 4_000}
        assert claims(ledger, "2026-11-05", (two,)) == {(1, "2026-12-01"): 4_000, (1, ""): -1_500}


def test_a_journals_claim_lasts_from_its_day_to_its_reversals(url):
    with closing(Ledger(url)) as ledger:
        sides = (JournalSide(1006, debit=Decimal(9), customer_id=1), JournalSide(1016, credit=Decimal(9)))
        written = ledger.ask(CreateJournal(journal_on="2026-11-05", sides=sides, publish=True))
        ledger.ask(LockPeriod(module="all", lock_to="2026-11-10"))
        ledger.ask(ReverseJournal(journal_id=written.id))
        query = Query(ledger.database, ledger.organization_id)
        assert told(query, "2026-11-04") == {}
        assert told(query, "2026-11-05") == told(query, "2026-11-10") == {(1, "2026-11-05"): 900}
        assert told(query, "2026-11-11") == {}
        for on in days_of(ledger):
            assert told(query, on) == claims(ledger, on), on
        assert standings(query, Scope(None, "", "2026-11-04")) == {}
        assert standings(query, Scope(None, "2026-11-06", "2026-11-10")) == {1: Standing(900, 0)}
