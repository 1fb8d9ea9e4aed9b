"""Number series: gapless, forwards only, and never a number twice, whatever callers gave out themselves."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avoir.app.customers import CreateCustomer
from avoir.app.entities import CreateEntity
from avoir.app.invoices import CreateInvoice, EditInvoice
from avoir.app.series import SetSeries
from avoir.core.document import Wording
from avoir.core.invoice import Invoice, NumberTaken
from avoir.core.numbering import SeriesOnlyForwards
from avoir.core.organization import OwnNumbers, Series
from tests import invariants
from tests.ledger import Paper, line

WORDING = Wording((line(1),))


def issued(books, number="", customer_id=1) -> str:
    command = CreateInvoice(
        customer_id=customer_id, issued_on="2026-11-05", wording=WORDING, issue=True, number=number
    )
    return books.ask(command).number


def own(number: str) -> CreateInvoice:
    return CreateInvoice(customer_id=1, issued_on="2026-11-05", wording=WORDING, number=number)


def test_a_series_gets_another_prefix_and_goes_on(ledger):
    assert issued(ledger) == "INV-00001"
    ledger.ask(SetSeries(kind="invoice", prefix="A/"))
    assert issued(ledger) == "A/00002"
    ledger.ask(SetSeries(kind="invoice", next_number=10))
    assert issued(ledger) == "A/00010"
    ledger.ask(SetSeries(kind="invoice", prefix="", next_number=123456))
    assert issued(ledger) == "123456"
    assert ledger.ask(SetSeries(kind="invoice")).next_number == 123457
    # 3 to 9, and 11 to 123455, were jumped over: counted, so that nothing can have been taken out.
    assert ledger.get(Series, 1, "invoice").skipped == 7 + 123445
    ledger.refused(SetSeries(kind="invoice", next_number=123456), "series_only_forwards")
    invariants.hold(ledger)


REFUSED = [
    (SetSeries(kind="bill"),                                   "not_found"),
    (SetSeries(kind="invoice", entity_id=7),                   "not_found"),
    (SetSeries(kind="invoice", prefix="2026"),                 "prefix_ends_with_digit"),
    (SetSeries(kind="invoice", prefix="A٣"),                   "prefix_ends_with_digit"),
    (SetSeries(kind="invoice", prefix="A" * 33),               "text_too_long"),
    (SetSeries(kind="invoice", next_number=0),                 "series_only_forwards"),
    (SetSeries(kind="invoice", next_number=-5),                "series_only_forwards"),
    (SetSeries(kind="invoice", next_number=2**53),             "amount_out_of_range"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_a_series_that_makes_no_sense_is_refused(command, code):
    Paper().refused(command, code)


def test_a_prefix_with_numbers_of_ones_own_goes_on_behind_them(ledger):
    for number in ("OLD-00007", "OLD-00041", "OLD-00040", "OLD-12", "OLD-000099", "bill 5"):
        assert issued(ledger, number) == number
    refused = ledger.refused(SetSeries(kind="invoice", prefix="OLD-"), "series_only_forwards")
    assert refused.facts["least"] == 42
    ledger.refused(SetSeries(kind="invoice", prefix="OLD-", next_number=41), "series_only_forwards")
    ledger.ask(SetSeries(kind="invoice", prefix="OLD-", next_number=42))
    assert issued(ledger) == "OLD-00042"
    # Other kinds of documents have numbers of their own.
    ledger.ask(SetSeries(kind="payment", prefix="OLD-"))
    # Back at the first prefix, it goes on; what was drawn under it is never drawn again.
    issued(ledger, "INV-00050")
    ledger.refused(SetSeries(kind="invoice", prefix="INV-"), "series_only_forwards")
    ledger.ask(SetSeries(kind="invoice", prefix="INV-", next_number=51))
    assert issued(ledger) == "INV-00051"
    # What looks like no number of a series is not remembered.
    kept = {(x.prefix, x.highest) for x in ledger.rows(OwnNumbers)}
    assert kept == {("OLD-", 41), ("INV-", 50)}
    invariants.hold(ledger)


def test_entities_number_apart():
    books = Paper()
    books.ask(CreateEntity(name="Acme GmbH", base_currency="USD"))
    books.ask(CreateCustomer(name="Grace", currency="USD", entity_id=2))
    books.ask(SetSeries(kind="invoice", entity_id=2, prefix="DE-", next_number=100))
    assert [issued(books), issued(books, customer_id=2), issued(books)] == [
        "INV-00001", "DE-00100", "INV-00002"
    ]  # fmt: skip
    # A number is one document's within its entity.
    assert issued(books, "X-1") == issued(books, "X-1", customer_id=2) == "X-1"
    invariants.hold(books)


def test_a_draft_that_gives_its_number_up_leaves_no_gap(ledger):
    ledger.ask(CreateEntity(name="Acme GmbH", base_currency="USD"))
    ledger.ask(CreateCustomer(name="Grace", currency="USD", entity_id=2))
    first, second = ledger.ask(own("INV-00002")), ledger.ask(own("INV-00004"))
    edit = {"customer_id": 1, "issued_on": "2026-11-05", "wording": WORDING}
    kept = ledger.ask(EditInvoice(invoice_id=first.id, **edit))
    assert (kept.number, kept.sequence) == ("INV-00002", 2)
    ledger.refused(EditInvoice(invoice_id=first.id, number="INV-00004", **edit), "number_taken")
    changed = ledger.ask(EditInvoice(invoice_id=first.id, number="bill 1", **edit))
    assert (changed.number, changed.sequence) == ("bill 1", 0)
    # With another customer's entity come that entity's numbers.
    moved = ledger.ask(EditInvoice(invoice_id=second.id, **edit | {"customer_id": 2}))
    assert (moved.entity_id, moved.number) == (2, "")
    assert ledger.get(Series, 1, "invoice").skipped == 4
    assert issued(ledger) == "INV-00005"
    invariants.hold(ledger)


prefixes = st.sampled_from(["INV-", "A-", "A-1-", "", "B"])
numbers = st.builds(
    lambda prefix, n, width: f"{prefix}{n:0{width}d}",
    prefixes,
    st.integers(0, 12),
    st.sampled_from([1, 5, 6]),
)
steps = st.lists(
    st.tuples(st.just("draw"), st.none())
    | st.tuples(st.just("own"), numbers)
    | st.tuples(st.just("set"), st.tuples(prefixes | st.none(), st.none() | st.integers(1, 20))),
    max_size=25,
)


@settings(max_examples=150)
@given(steps)
def test_whatever_is_claimed_and_set_no_number_is_given_out_twice(given_steps):
    books = Paper()
    for step, what in given_steps:
        if step == "draw":
            # It is never refused: whatever was done before, the next number is free.
            issued(books)
            continue
        command = (
            own(what) if step == "own" else SetSeries(kind="invoice", prefix=what[0], next_number=what[1])
        )
        # Taken, or behind the series: a refusal is as good an answer. A bug would be raised.
        with suppress(NumberTaken, SeriesOnlyForwards):
            books.ask(command)
    given_out = [x.number for x in books.rows(Invoice) if x.number]
    assert len(given_out) == len(set(given_out))
    invariants.numbers_have_no_gap(books)
