"""What must always be true of an organization's books (design.md, section 7), recomputed from the rows.

`hold(company)` asserts rules 1 to 7, 9 and 12, and that nothing which is kept as a sum differs from its
parts. It is written apart from `avoir verify`, which it is an oracle for.
"""

from collections import Counter

from avoir.core.account import DISPUTED_FUNDS, RECEIVABLE, Account
from avoir.core.allocation import Allocation
from avoir.core.books import KINDS
from avoir.core.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.customer import Customer, Item
from avoir.core.dispute import Dispute, DisputeShare
from avoir.core.invoice import Invoice, InvoiceLine, InvoiceTax
from avoir.core.journal import (
    Balance,
    CustomerBalance,
    Event,
    JournalEntry,
    JournalLine,
    ManualJournal,
    ManualJournalLine,
    MonthBalance,
)
from avoir.core.organization import Branch, Counters, Series
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from avoir.core.tax import TaxRate
from tests.ledger import Company, sums

SIDES = ("debit_minor", "credit_minor", "base_debit_minor", "base_credit_minor")


def hold(company: Company) -> None:
    """Assert all of it."""
    the_journal_balances(company)
    notes_are_used_as_they_say(company)
    invoices_are_settled_as_they_say(company)
    payments_are_used_as_they_say(company)
    disputes_hold_what_they_say(company)
    lines_give_back_what_they_charged(company)
    the_receivable_is_what_is_open(company)
    numbers_have_no_gap(company)
    events_have_no_gap(company)
    what_is_named_is_there_and_marked(company)


def the_journal_balances(company: Company) -> None:
    entries, lines = company.rows(JournalEntry), company.rows(JournalLine)
    of_entry = sums(lines, ["entry_id"], *SIDES)
    assert {(entry.id,) for entry in entries} == set(of_entry), "every line has an entry, every entry lines"
    for id, (debit, credit, base_debit, base_credit) in of_entry.items():
        assert (debit, base_debit) == (credit, base_credit), f"entry {id} balances"
    days = {entry.id: entry.booked_on for entry in entries}
    assert all(days[x.entry_id] == x.booked_on for x in lines), "a line has its entry's day"
    key = ("entity_id", "account_id", "currency", "booked_on")
    assert sums(lines, key, *SIDES) == sums(company.rows(Balance), key, *SIDES), "balances sum their lines"
    months = Counter[tuple[int, str]]()
    for x in lines:
        months[x.account_id, x.booked_on[:7]] += x.base_debit_minor - x.base_credit_minor
    for month in company.rows(MonthBalance):
        months[month.account_id, month.month] -= month.base_debit_minor - month.base_credit_minor
    assert not any(months.values()), "months sum their lines"
    named = [x for x in lines if x.customer_id is not None]
    key = ("customer_id", "account_id", "currency")
    assert sums(named, key, *SIDES) == sums(company.rows(CustomerBalance), key, *SIDES)
    reversed_ = Counter(entry.reverses_id for entry in entries if entry.reverses_id is not None)
    assert set(reversed_.values()) <= {1}, "an entry is reversed once"


def notes_are_used_as_they_say(company: Company) -> None:
    allocated = sums(
        (x for x in company.rows(Allocation) if not x.deallocated_on),
        ["credit_note_id"], "amount_minor", "base_source_minor",
    )  # fmt: skip
    refunded = sums(given_back(company), ["credit_note_id"], "amount_minor", "base_relieved_minor")
    reserved = sums(waiting(company), ["credit_note_id"], "amount_minor")
    by_note = sums(company.rows(CreditNoteLine), ["credit_note_id"], "net_minor", "tax_minor")
    by_rate = sums(company.rows(CreditNoteTax), ["credit_note_id"], "tax_minor")
    for note in company.rows(CreditNote):
        set_off, base_set_off = allocated[note.id,]
        paid_out, base_paid_out = refunded[note.id,]
        assert (note.allocated_minor, note.refunded_minor) == (set_off, paid_out), note
        assert [note.reserved_minor] == reserved[note.id,], note
        assert note.base_used_minor == base_set_off + base_paid_out, note
        assert note.state == "issued" or note.used_minor == 0, note
        assert 0 <= note.used_minor <= note.total_minor, note
        assert [note.net_minor, note.tax_minor] == by_note[note.id,], note
        assert [note.tax_minor] == by_rate[note.id,], note
        assert note.total_minor == (
            note.net_minor + note.tax_minor + note.adjustment_minor - note.discount_after_tax_minor
        ), note
        assert note.open_minor or note.base_open_minor == 0, note


def invoices_are_settled_as_they_say(company: Company) -> None:
    live = [x for x in company.rows(Allocation) if not x.deallocated_on]
    of_payments = sums((x for x in live if x.payment_id), ["invoice_id"], "amount_minor")
    of_notes = sums((x for x in live if x.credit_note_id), ["invoice_id"], "amount_minor")
    in_base = sums(live, ["invoice_id"], "base_invoice_minor")
    holding = [*given_back(company), *waiting(company)]
    returned = sums(holding, ["invoice_id"], "amount_minor")
    towards = sums(holding, ["allocation_id"], "amount_minor")
    disputed = sums(company.rows(Allocation), ["invoice_id"], "disputed_minor")
    notes = [x for x in company.rows(CreditNote) if x.state == "issued"]
    credited = sums(
        notes, ["invoice_id"],
        "total_minor", "invoice_base_minor", "discount_after_tax_minor", "adjustment_minor",
    )  # fmt: skip
    for x in company.rows(Invoice):
        assert [x.paid_minor] == of_payments[x.id,], x
        assert [x.credit_minor + x.written_off_minor] == of_notes[x.id,], x
        assert [x.base_settled_minor] == in_base[x.id,], x
        assert 0 <= x.due_minor <= x.total_minor, x
        assert x.due_minor or x.base_due_minor == 0, x
        assert [x.returned_minor] == returned[x.id,], x
        assert [x.disputed_minor] == disputed[x.id,], x
        assert x.returned_minor + x.disputed_minor <= x.paid_minor, x
        assert [
            x.credited_minor, x.base_credited_minor, x.discount_credited_minor, x.adjustment_credited_minor
        ] == credited[x.id,], x  # fmt: skip
        assert 0 <= x.credited_minor <= x.total_minor, x
        assert x.uncredited_minor or x.base_credited_minor == x.base_total_minor, x
    for x in company.rows(Allocation):
        assert [x.returned_minor] == towards[x.id,], x
        assert x.returned_minor + x.disputed_minor <= x.amount_minor, x


def payments_are_used_as_they_say(company: Company) -> None:
    live = [x for x in company.rows(Allocation) if not x.deallocated_on]
    allocated = sums(live, ["payment_id"], "amount_minor", "base_source_minor")
    refunded = sums(given_back(company), ["payment_id"], "amount_minor", "base_relieved_minor")
    reserved = sums(waiting(company), ["payment_id"], "amount_minor")
    for x in company.rows(Payment):
        set_off, base_set_off = allocated[x.id,]
        paid_out, base_paid_out = refunded[x.id,]
        assert (x.allocated_minor, x.refunded_minor) == (set_off, paid_out), x
        assert [x.reserved_minor] == reserved[x.id,], x
        assert x.unapplied_minor >= 0, x
        assert x.base_used_minor == base_set_off + base_paid_out, x
        assert x.open_minor or x.base_open_minor == 0, x


def disputes_hold_what_they_say(company: Company) -> None:
    disputes = {x.id: x for x in company.rows(Dispute)}
    if not disputes:
        return
    open_ = {id for id, x in disputes.items() if x.state == "open"}
    for_good = {id for id, x in disputes.items() if x.state == "lost" and x.action == "do_nothing"}
    shares = company.rows(DisputeShare)
    held = sums((x for x in shares if x.dispute_id in open_ | for_good), ["allocation_id"], "amount_minor")
    on_invoices = sums((x for x in shares if x.dispute_id in open_), ["dispute_id"], "amount_minor")
    for x in company.rows(Allocation):
        assert [x.disputed_minor] == held[x.id,], x
    unapplied: Counter = Counter()
    for id in open_:
        unapplied[disputes[id].payment_id] += disputes[id].amount_minor - on_invoices[id,][0]
    for x in company.rows(Payment):
        assert x.disputed_minor == unapplied[x.id], x
    funds = {x.id for x in company.rows(Account) if x.role == DISPUTED_FUNDS}
    lying = sum(
        x.base_debit_minor - x.base_credit_minor for x in company.rows(JournalLine) if x.account_id in funds
    )
    assert lying == sum(disputes[id].base_amount_minor for id in open_), "disputed funds are open disputes"


def given_back(company: Company) -> list[Refund]:
    """The refunds that are paid, or promised to be."""
    return [x for x in company.rows(Refund) if x.state in ("pending", "unknown", "settled")]


def waiting(company: Company) -> list[Refund]:
    """The refunds that hold their amount and wait for a second person."""
    return [x for x in company.rows(Refund) if x.state == "awaiting_approval"]


def lines_give_back_what_they_charged(company: Company) -> None:
    notes = {x.id: x.invoice_id for x in company.rows(CreditNote) if x.state == "issued" and x.invoice_id}
    net: Counter = Counter()
    tax: Counter = Counter()
    positions = {}
    for x in company.rows(CreditNoteLine):
        assert min(x.net_minor, x.tax_minor) >= 0, x
        if x.credit_note_id in notes:
            at = (notes[x.credit_note_id], x.invoice_position)
            positions[x.credit_note_id, x.position] = at
            net[at] += x.net_minor
    for x in company.rows(CreditNoteTax):
        assert x.tax_minor >= 0, x
        if at := positions.get((x.credit_note_id, x.position)):
            tax[*at, x.tax_rate_id] += x.tax_minor
    taxes = company.rows(InvoiceTax)
    for x in taxes:
        credited = tax[x.invoice_id, x.position, x.tax_rate_id]
        assert 0 <= x.credited_minor == credited <= x.tax_minor, x
    of_line = sums(taxes, ["invoice_id", "position"], "tax_minor", "credited_minor")
    # Where more than half was taken off after tax, the total may be used up before the last cent of a line.
    whole = {
        x.id
        for x in company.rows(Invoice)
        if x.uncredited_minor == 0
        and 2 * (x.discount_after_tax_minor - min(x.adjustment_minor, 0)) < x.net_minor + x.tax_minor
    }
    for x in company.rows(InvoiceLine):
        assert x.net_credited_minor == net[x.invoice_id, x.position] <= x.net_minor, x
        assert [x.tax_minor, x.tax_credited_minor] == of_line[x.invoice_id, x.position], x
        if x.invoice_id in whole:
            assert (x.net_minor, x.tax_minor) == (x.net_credited_minor, x.tax_credited_minor), x


def the_receivable_is_what_is_open(company: Company) -> None:
    open_: Counter = Counter()
    in_base: Counter = Counter()
    for kind, left, base_left, sign in (
        (Invoice, "due_minor", "base_due_minor", 1),
        (CreditNote, "open_minor", "base_open_minor", -1),
        (Payment, "open_minor", "base_open_minor", -1),
    ):
        for x in company.rows(kind):
            if x.state in ("issued", "received"):
                open_[x.customer_id, x.currency] += sign * getattr(x, left)
                in_base[x.customer_id, x.currency] += sign * getattr(x, base_left)
    receivable = {x.id for x in company.rows(Account) if x.role == RECEIVABLE}
    published = {x.id: x for x in company.rows(ManualJournal) if x.state == "published"}
    for x in company.rows(ManualJournalLine):
        if x.account_id in receivable and x.journal_id in published:
            open_[x.customer_id, published[x.journal_id].currency] += x.minor
    entries = {x.entry_id for x in published.values()}
    for x in company.rows(JournalLine):
        if x.account_id in receivable and x.entry_id in entries:
            in_base[x.customer_id, x.currency] += x.base_debit_minor - x.base_credit_minor
    booked: Counter = Counter()
    base_booked: Counter = Counter()
    for x in company.rows(JournalLine):
        if x.account_id in receivable:
            assert x.customer_id is not None, x
            booked[x.customer_id, x.currency] += x.debit_minor - x.credit_minor
            base_booked[x.customer_id, x.currency] += x.base_debit_minor - x.base_credit_minor
    open_.subtract(booked)
    in_base.subtract(base_booked)
    assert not any(open_.values()), f"open items are the receivable: {open_}"
    assert not any(in_base.values()), f"open items are the receivable in the base currency, too: {in_base}"


def numbers_have_no_gap(company: Company) -> None:
    kinds = {kind.TABLE.removesuffix("s"): kind for kind in KINDS}
    for series in company.rows(Series):
        rows = [x for x in company.rows(kinds[series.kind]) if x.entity_id == series.entity_id]
        drawn = sorted(x.sequence for x in rows if x.sequence)
        assert len(drawn) == len(set(drawn)), f"{series.kind}: a number is drawn once"
        assert len(drawn) + series.skipped == series.next_number - 1, f"{series.kind}: no gap"
        assert not drawn or drawn[-1] < series.next_number, f"{series.kind}: the next one is behind the last"
        numbers = [x.number for x in rows if x.number]
        assert len(numbers) == len(set(numbers)), f"{series.kind}: a number is one document's"


def events_have_no_gap(company: Company) -> None:
    ids = [event.id for event in company.rows(Event)]
    (counters,) = company.rows(Counters)
    assert ids == list(range(1, counters.last_event + 1))


def what_is_named_is_there_and_marked(company: Company) -> None:
    for name, kind in (
        ("account_id", Account),
        ("customer_id", Customer),
        ("branch_id", Branch),
        ("item_id", Item),
        ("tax_rate_id", TaxRate),
    ):
        things = {x.id: x for x in company.rows(kind)}
        for other in KINDS:
            # A balance without a branch is kept under branch 0.
            if name in other.__struct_fields__ and not other.GROWS:
                for id in {id for row in company.rows(other) if (id := getattr(row, name)) is not None}:
                    assert id in things, f"{other.TABLE}.{name} {id} is there"
                    assert things[id].used or getattr(things[id], "role", ""), (
                        f"{other.TABLE}.{name} {id} stays"
                    )
