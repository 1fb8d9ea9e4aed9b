"""What the demonstration reads of the books when it is done: entries, trial balance, what was made."""

from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from avoir.app.reads.ledger import Posting, postings_of, trial_balance
from avoir.app.reads.organization import setup_of
from avoir.app.reads.query import Query
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry
from avoir.core.money import major_of
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.core.tax import TaxRate

COUNTED: dict[str, type[Row]] = {
    "customers": Customer,
    "invoices": Invoice,
    "payments": Payment,
    "credit notes": CreditNote,
    "refunds": Refund,
    "journal entries": JournalEntry,
}
Amount = Decimal | int


class Side(msgspec.Struct, frozen=True):
    """One side of an entry, in the document's currency and in the base currency, major units."""

    account: str
    debit: Amount
    credit: Amount
    base_debit: Amount
    base_credit: Amount


class Entry(msgspec.Struct, frozen=True):
    """An entry as an accountant reads it."""

    id: int
    event: str
    booked_on: str
    currency: str
    base: str
    sides: list[Side]


class Total(msgspec.Struct, frozen=True):
    """A line of the trial balance, in the base currency."""

    code: str
    account: str
    debit: Amount
    credit: Amount


def counted(query: Query) -> dict[str, int]:
    """How much there is of everything."""
    return {name: query.count(kind) for name, kind in COUNTED.items()}


def entries_of_note(query: Query, credit_note_id: int) -> list[Entry]:
    """The entry of a credit note, and those of its refunds, in the order in which they were posted."""
    setup = setup_of(query)
    base = setup.base_currency if setup else ""
    refunds = query.rows(Refund, "t.credit_note_id = :id", "ORDER BY t.id", id=credit_note_id)
    postings = postings_of(query, "credit_note", credit_note_id)
    for refund in refunds:
        postings += postings_of(query, "refund", refund.id)
    names = {rate.id: rate.name for rate in query.rows(TaxRate)}
    by_entry = groupby(postings, key=lambda posting: posting.entry)
    return [_entry(entry, list(sides), base, names) for entry, sides in by_entry]


def trial(query: Query) -> list[Total]:
    """The trial balance of all time, accounts without postings left out: each on the side where it stands."""
    setup = setup_of(query)
    base = setup.base_currency if setup else ""
    found = []
    for each in trial_balance(query, "0001-01-01", "9999-12-31"):
        minor = each.debit_minor - each.credit_minor
        if minor:
            debit, credit = major_of(max(minor, 0), base), major_of(max(-minor, 0), base)
            found.append(Total(each.account.code, each.account.name, debit, credit))
    return found


def _entry(entry: JournalEntry, sides: list[Posting], base: str, taxes: dict[int, str]) -> Entry:
    currency = sides[0].line.currency
    return Entry(entry.id, entry.event, entry.booked_on, currency, base, [
        Side(
            _account(x, taxes),
            major_of(x.line.debit_minor, currency), major_of(x.line.credit_minor, currency),
            major_of(x.line.base_debit_minor, base), major_of(x.line.base_credit_minor, base),
        )
        for x in sides
    ])  # fmt: skip


def _account(side: Posting, taxes: dict[int, str]) -> str:
    rate = side.line.tax_rate_id
    return side.account.name if rate is None else f"{side.account.name}: {taxes[rate]}"


def as_facts(value: Any) -> Any:
    """Structs as JSON objects, amounts as they are."""
    return msgspec.to_builtins(value, builtin_types=(Decimal,))
