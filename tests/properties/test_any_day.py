"""What stood on any day, as reads reckon it back from now: the same as adding up what happened until then.

The machine runs on paper; its books are then laid into both databases as they are, and asked.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from avoir.app.reads.figures import figures
from avoir.app.reads.postings import Scope
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import open_items, standings, standings_by_currency
from avoir.core.account import RECEIVABLE, Account
from avoir.core.allocation import Allocation
from avoir.core.books import KINDS
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.payment import Payment
from avoir.store.database import open_database
from avoir.store.protocol import Batch
from tests.ledger import Company, Paper
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
