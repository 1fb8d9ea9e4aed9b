"""What is taken off a draft: the invoice is the one that line discounts would have made, to the last cent."""

import contextlib
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from avoir.app.deductions import ChangeDeductions, DeductFromInvoice, RemoveDeduction
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import CreateInvoice, IssueInvoice, RecalculateInvoice, ReissueInvoice, VoidInvoice
from avoir.core.credit import Shape
from avoir.core.document import Discount, Wording
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice, InvoiceDeduction, InvoiceLine, InvoiceTax
from avoir.core.journal import JournalLine
from avoir.core.money import major_of
from avoir.core.row import changed
from tests.invariants import hold
from tests.ledger import NOW, Paper, line, minor, off
from tests.properties.test_credits import invoices

ON = NOW[:10]
percents = st.integers(1, 100)
deductions = st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 4)), percents), min_size=1, max_size=4)
"""Of which line, or of all; and how many hundredths of what is left of it."""


def company_of(said) -> Paper:
    company = Paper(timing=said["timing"])
    for rate, compound in (("20", False), ("7.7", False), ("100", False), ("15", True)):
        company.tax(rate, compound=compound)
    return company


def draft(company: Paper, said, lines) -> Invoice | None:
    wording = Wording(
        tuple(lines), said["inclusive"], Discount(said["discount"]), max(said["adjustment"], Decimal(0))
    )
    try:
        return company.ask(CreateInvoice(customer_id=1, issued_on=ON, wording=wording))
    except Refusal:
        return None


def plain(said):
    return [line(price, *taxes, quantity=quantity) for price, quantity, taxes in said["lines"]]


def lines_of(company: Paper, id: int) -> list[InvoiceLine]:
    return [x for x in company.rows(InvoiceLine) if x.invoice_id == id]


def deduct(company: Paper, invoice: Invoice, wanted) -> list[int]:
    """Take it all off; the ids of what was taken."""
    taken = []
    for position, hundredths in wanted:
        left = sum(
            x.amount_minor - x.discount_minor
            for x in lines_of(company, invoice.id)
            if position in (None, x.position)
        )
        amount = None if hundredths == 100 else Decimal(max(left * hundredths // 100, 1)) / 100
        command = DeductFromInvoice(invoice_id=invoice.id, amount=amount, position=position)
        with contextlib.suppress(Refusal):
            rows = company.ask(command)
            asked = left if amount is None else minor(amount)
            assert sum(x.amount_minor for x in rows) == asked
            taken.append(rows[0].id)
    return taken


def figures(company: Paper, id: int):
    """All that an invoice comes to, by line and rate; without ids, names and times."""
    invoice = company.get(Invoice, id)
    rows = [
        (x.position, x.amount_minor, x.discount_minor, x.net_minor, x.tax_minor)
        for x in lines_of(company, id)
    ]
    taxes = [(x.position, x.tax_rate_id, x.tax_minor) for x in company.rows(InvoiceTax) if x.invoice_id == id]
    totals = (invoice.subtotal_minor, invoice.discount_minor, invoice.net_minor, invoice.tax_minor)
    return totals, invoice.total_minor, invoice.base_total_minor, sorted(rows), sorted(taxes)


@settings(max_examples=150)
@given(invoices, deductions)
def test_an_invoice_with_deductions_is_the_one_that_line_discounts_make(said, wanted):
    company = company_of(said)
    if (invoice := draft(company, said, plain(said))) is None:
        return
    deduct(company, invoice, wanted)
    hold(company)
    lines = lines_of(company, invoice.id)
    discounted = [
        changed(each, discount=off(major_of(x.discount_minor, "USD")))
        for each, x in zip(plain(said), lines, strict=True)
    ]
    other = draft(company, said, discounted)
    assert other is not None
    assert figures(company, invoice.id) == figures(company, other.id)
    for each in (invoice, other):
        company.ask(IssueInvoice(invoice_id=each.id))
    posted = {each.id: company.get(Invoice, each.id).entry_id for each in (invoice, other)}
    sides = [
        sorted((x.account_id, x.tax_rate_id or 0, x.debit_minor, x.credit_minor) for x in entry)
        for entry in (
            [x for x in company.rows(JournalLine) if x.entry_id == posted[each.id]]
            for each in (invoice, other)
        )
    ]
    assert sides[0] == sides[1]
    hold(company)


@settings(max_examples=150)
@given(invoices, deductions, st.lists(st.tuples(st.integers(1, 4), percents), max_size=8))
def test_what_such_an_invoice_charged_comes_back_line_by_line_to_the_last_cent(said, wanted, shares):
    company = company_of(said)
    if (invoice := draft(company, said, plain(said))) is None:
        return
    deduct(company, invoice, wanted)
    invoice = company.ask(IssueInvoice(invoice_id=invoice.id))
    assume(invoice.total_minor)
    for position, hundredths in shares:
        with contextlib.suppress(Refusal):
            shape = Shape(position, percent=Decimal(hundredths))
            company.ask(CreditInvoice(invoice_id=invoice.id, shapes=(shape,)))
        hold(company)
    if company.get(Invoice, invoice.id).uncredited_minor:
        company.ask(CreditInvoice(invoice_id=invoice.id))
    hold(company)  # It knows that every net and every tax of the whole invoice is back.
    assert "receivable" not in company.trial_balance()


@settings(max_examples=100)
@given(invoices, deductions, st.randoms(use_true_random=False))
def test_what_is_taken_back_leaves_nothing_behind(said, wanted, chance):
    company = company_of(said)
    if (invoice := draft(company, said, plain(said))) is None:
        return
    before = figures(company, invoice.id)
    taken = deduct(company, invoice, wanted)
    after = figures(company, invoice.id)
    company.ask(RecalculateInvoice(invoice_id=invoice.id))
    assert figures(company, invoice.id) == after
    chance.shuffle(taken)
    for id in taken:
        with contextlib.suppress(Refusal):
            company.ask(ChangeDeductions(invoice_id=invoice.id, amounts=((id, Decimal("0.01")),)))
    for id in taken:
        company.ask(RemoveDeduction(invoice_id=invoice.id, deduction_id=id))
        hold(company)
    assert figures(company, invoice.id) == before
    assert company.rows(InvoiceDeduction) == []


@settings(max_examples=60)
@given(invoices, deductions)
def test_a_void_invoice_comes_again_with_what_was_taken_off_it(said, wanted):
    company = company_of(said)
    if (invoice := draft(company, said, plain(said))) is None:
        return
    deduct(company, invoice, wanted)
    company.ask(IssueInvoice(invoice_id=invoice.id))
    company.ask(VoidInvoice(invoice_id=invoice.id))
    assert company.trial_balance() == {}
    again = company.ask(ReissueInvoice(invoice_id=invoice.id))
    assert figures(company, again.id) == figures(company, invoice.id)
    company.ask(RecalculateInvoice(invoice_id=again.id))
    assert figures(company, again.id) == figures(company, invoice.id)
    hold(company)
