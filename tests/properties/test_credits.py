"""Giving back what an invoice charged, in any order, number and shape, with second thoughts in between."""

import contextlib
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from avoir.app.allocations import DeallocateCreditNote
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.invoice_credits import CreditInvoice
from avoir.core.allocation import Allocation
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.document import Discount
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.journal import Balance
from tests.invariants import hold
from tests.ledger import Paper, line, sums

prices = st.one_of(st.integers(1, 12), st.integers(1, 30_000)).map(lambda cents: Decimal(cents) / 100)
taxes = st.lists(st.integers(1, 4), max_size=2, unique=True)
quantities = st.sampled_from(["1", "1", "3", "7", "0.5"])
invoices = st.fixed_dictionaries(
    {
        "lines": st.lists(st.tuples(prices, quantities, taxes), min_size=1, max_size=4),
        "inclusive": st.booleans(),
        "discount": st.sampled_from(["0", "0", "10", "33.333333", "99"]).map(Decimal),
        "adjustment": st.one_of(st.just(0), st.integers(-50, 300)).map(lambda cents: Decimal(cents) / 100),
        "timing": st.sampled_from(["before_tax", "after_tax"]),
        "rate": st.sampled_from([None, "0.333333333", "83.1"]),
    }
)
ways = st.sampled_from(["gross", "gross", "gross", "net", "quantity", "percent", "tax_only", "all"])
shapes = st.tuples(
    st.one_of(st.none(), st.integers(1, 4)), ways, st.one_of(st.integers(1, 4), st.integers(5, 100))
)
steps = st.lists(st.one_of(shapes, st.integers(0, 9)), max_size=12)
"""A credit of some shape, or taking back one of the notes."""


def issued(said) -> tuple[Paper, Invoice] | None:
    company = Paper(timing=said["timing"])
    for rate, compound in (("20", False), ("7.7", False), ("100", False), ("15", True)):
        company.tax(rate, compound=compound)
    if said["rate"]:
        company.customer("EUR")
    try:
        return company, company.invoice(
            *(line(price, *taxes, quantity=quantity) for price, quantity, taxes in said["lines"]),
            inclusive=said["inclusive"], discount=Discount(said["discount"]), adjustment=said["adjustment"],
            rate=said["rate"], customer_id=2 if said["rate"] else 1,
        )  # fmt: skip
    except Refusal:
        return None


def shape_of(company: Paper, id: int, position: int | None, way: str, hundredths: int) -> Shape:
    """So many hundredths of what is left, at least a cent."""
    invoice = company.get(Invoice, id)
    lines = {x.position: x for x in company.rows(InvoiceLine)}
    line = lines.get(position)
    gross = line.gross_left_minor if line else invoice.uncredited_minor
    net = line.net_minor - line.net_credited_minor if line else gross
    cents = {"gross": gross, "net": net}.get(way, 0)
    how = {
        "gross": {"gross": Decimal(max(cents * hundredths // 100, 1)) / 100},
        "net": {"net": Decimal(max(cents * hundredths // 100, 1)) / 100},
        "quantity": {"quantity": Decimal(hundredths) / 50},
        "percent": {"percent": Decimal(hundredths)},
        "tax_only": {"tax_only": True},
        "all": {},
    }[way]
    return Shape(position if line else None, **how)


def take_back(company: Paper, pick: int) -> None:
    notes = [note for note in company.rows(CreditNote) if note.state == "issued"]
    if notes:
        note = notes[pick % len(notes)]
        for allocation in company.rows(Allocation):
            if allocation.credit_note_id == note.id and not allocation.deallocated_on:
                company.ask(DeallocateCreditNote(allocation_id=allocation.id))
        company.ask(DeleteCreditNote(credit_note_id=note.id))


@settings(max_examples=250)
@given(invoices, steps)
def test_credits_of_any_shape_in_any_order_give_back_exactly_what_was_charged(said, steps):
    if (found := issued(said)) is None:
        return
    company, invoice = found
    for step in steps:
        if isinstance(step, int):
            take_back(company, step)
        else:
            with contextlib.suppress(Refusal):
                company.ask(
                    CreditInvoice(invoice_id=invoice.id, shapes=(shape_of(company, invoice.id, *step),))
                )
        hold(company)
    if company.get(Invoice, invoice.id).uncredited_minor:
        company.ask(CreditInvoice(invoice_id=invoice.id))
    # `hold` knows that a whole invoice's lines are whole too: every net, every tax, exactly.
    assert company.get(Invoice, invoice.id).uncredited_minor == 0
    hold(company)


@settings(max_examples=60)
@given(invoices, st.lists(st.integers(1, 100), max_size=12))
def test_cent_by_cent_or_at_once_the_books_end_where_they_began(said, parts):
    if (found := issued(said)) is None:
        return
    company, invoice = found
    assume(invoice.total_minor)  # Of a discount of all of it there is nothing to give back.
    for part in parts:
        with contextlib.suppress(Refusal):
            company.ask(CreditInvoice(invoice_id=invoice.id, shapes=(Shape(gross=Decimal(part) / 100),)))
    if company.get(Invoice, invoice.id).uncredited_minor:
        company.ask(CreditInvoice(invoice_id=invoice.id))
    # In a foreign currency two accounts may keep a base cent each from the other: no more than rounding.
    for (_, currency), (debit, credit) in sums(
        company.rows(Balance), ["account_id", "currency"], "debit_minor", "credit_minor"
    ).items():
        assert debit == credit, currency
    if said["rate"] is None:
        assert company.trial_balance() == {}
    assert "receivable" not in company.trial_balance()
