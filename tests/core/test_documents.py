"""How a document adds up: lines, discounts, tax, adjustment, in currencies of any size."""

from decimal import Decimal

import pytest

from avoir.app.accounts import CreateAccount
from avoir.app.invoices import CreateInvoice
from avoir.app.items import CreateItem
from avoir.core.document import Discount, Line, Wording
from avoir.core.errors import Refusal
from avoir.core.money import major_of
from tests.ledger import Paper, line, off, percent


def totals(document) -> str:
    """subtotal - discount | net + tax + adjustment = total"""
    minors = (
        document.subtotal_minor, document.discount_minor, document.net_minor,
        document.tax_minor, document.adjustment_minor, document.total_minor,
    )  # fmt: skip
    return "{} - {} | {} + {} + {} = {}".format(*(major_of(minor, document.currency) for minor in minors))


# Each case has one tax rate, 20 %, with the id 1; a second one, 15 %, with the id 2; a compound one, 10 %: 3.
CASES = [
    # timing, lines, what is said of the document
    #     subtotal - discount | net + tax + adjustment = total
    ("before_tax", [line(1000, 1)], {},
        "1000 - 0 | 1000 + 200 + 0 = 1200"),
    ("before_tax", [line(1000, 1)], {"discount": percent(10)},
        "1000 - 100 | 900 + 180 + 0 = 1080"),
    ("after_tax", [line(1000, 1)], {"discount": percent(10)},
        "1000 - 100 | 1000 + 200 + 0 = 1100"),
    ("before_tax", [line(1000, 1)], {"discount": off("0.01")},
        "1000 - 0.01 | 999.99 + 200 + 0 = 1199.99"),
    ("before_tax", [line(1200, 1)], {"inclusive": True},
        "1200 - 0 | 1000 + 200 + 0 = 1200"),
    ("before_tax", [line(1200, 1)], {"inclusive": True, "discount": percent(50)},
        "1200 - 600 | 500 + 100 + 0 = 600"),
    ("after_tax", [line(1200, 1)], {"inclusive": True, "discount": percent(50)},
        "1200 - 600 | 1000 + 200 + 0 = 600"),
    ("before_tax", [line(1000, 1)], {"adjustment": "-0.50"},
        "1000 - 0 | 1000 + 200 + -0.5 = 1199.5"),
    ("after_tax", [line(1000)], {"discount": percent(10), "adjustment": 50},
        "1000 - 100 | 1000 + 0 + 50 = 950"),
    ("before_tax", [line(1000, quantity=2, discount=percent(10))], {},
        "1800 - 0 | 1800 + 0 + 0 = 1800"),
    ("before_tax", [line(1000, discount=off("0.01"))], {},
        "999.99 - 0 | 999.99 + 0 + 0 = 999.99"),
    ("before_tax", [line(10, discount=off(10))], {},
        "0 - 0 | 0 + 0 + 0 = 0"),
    ("before_tax", [line(10, discount=percent(100)), line(1)], {},
        "1 - 0 | 1 + 0 + 0 = 1"),
    ("before_tax", [line("0.333333", quantity=3)], {},
        "1 - 0 | 1 + 0 + 0 = 1"),
    ("before_tax", [line("0.005", quantity=1)], {},
        "0.01 - 0 | 0.01 + 0 + 0 = 0.01"),
    ("before_tax", [line("0.004999", quantity=1)], {},
        "0 - 0 | 0 + 0 + 0 = 0"),
    ("before_tax", [line("68.33", 1)] * 2, {},
        "136.66 - 0 | 136.66 + 27.33 + 0 = 163.99"),
    ("before_tax", [line("68.33", 1)] * 4, {},
        "273.32 - 0 | 273.32 + 54.66 + 0 = 327.98"),
    ("before_tax", [line("0.03", 1)] * 100, {},
        "3 - 0 | 3 + 0.6 + 0 = 3.6"),
    ("before_tax", [line(769, 1)], {},
        "769 - 0 | 769 + 153.8 + 0 = 922.8"),
    ("before_tax", [line(1000, 2), line(200, 2, 1)], {},
        "1200 - 0 | 1200 + 220 + 0 = 1420"),
    ("before_tax", [line(100, 1, 3)], {},
        "100 - 0 | 100 + 32 + 0 = 132"),
    ("before_tax", [line(132, 1, 3)], {"inclusive": True},
        "132 - 0 | 100 + 32 + 0 = 132"),
    ("before_tax", [line(100, 1, 1)], {},
        "100 - 0 | 100 + 20 + 0 = 120"),
    ("after_tax", [line(10)], {"discount": percent(100)},
        "10 - 10 | 10 + 0 + 0 = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("timing", "lines", "said", "expected"), CASES)
def test_a_document_adds_up(timing, lines, said, expected):
    company = Paper(timing=timing)
    company.tax(20)
    company.tax(15)
    company.tax(10, compound=True)
    assert totals(company.invoice(*lines, **said)) == expected
    assert totals(company.credit_note(*lines, **said)) == expected


SIZES = [
    # currency  price        total
    ("JPY",     "1001",      "1001 - 0 | 1001 + 200 + 0 = 1201"),
    ("JPY",     "0.5",       "1 - 0 | 1 + 0 + 0 = 1"),
    ("KWD",     "1.0005",    "1.001 - 0 | 1.001 + 0.2 + 0 = 1.201"),
    ("CLF",     "1.00005",   "1.0001 - 0 | 1.0001 + 0.2 + 0 = 1.2001"),
]  # fmt: skip


@pytest.mark.parametrize(("currency", "price", "expected"), SIZES)
def test_a_line_is_rounded_to_what_its_currency_can_hold(currency, price, expected):
    company = Paper(currency=currency)
    assert totals(company.invoice(line(price, company.tax(20)))) == expected


def test_the_document_discount_is_split_over_the_lines_and_taxed_at_each_ones_rate():
    company = Paper()
    full, reduced = company.tax(20), company.tax(5)
    invoice = company.invoice(line(100, full), line(50, reduced), discount=off("10.01"))
    # 10.01 splits into 6.67 and 3.34; 20 % of 93.33 is 18.67, 5 % of 46.66 is 2.33.
    assert totals(invoice) == "150 - 10.01 | 139.99 + 21 + 0 = 160.99"
    assert company.entries("invoice", invoice.id) == [
        "Dr receivable 160.99, Cr sales 139.99, Cr tax_payable 18.67, Cr tax_payable 2.33"
    ]


WRONG = [
    # lines, and what is said of the document                               code
    ([], {},                                                                "lines_required"),
    ([line(1)] * 1_001, {},                                                 "lines_required"),
    ([line(-1)], {},                                                        "negative_number"),
    ([line(1, quantity=-1)], {},                                            "negative_number"),
    ([line(1, discount=percent(-1))], {},                                   "negative_number"),
    ([line(1)], {"discount": off(-1)},                                      "negative_number"),
    ([line(1, discount=percent("100.5"))], {},                              "discount_too_large"),
    ([line(1, discount=off("1.01"))], {},                                   "discount_too_large"),
    ([line(1)], {"discount": off("1.01")},                                  "discount_too_large"),
    ([line(1)], {"discount": percent(101)},                                 "discount_too_large"),
    ([line(1, discount=off("0.001"))], {},                                  "amount_too_fine"),
    ([line("0.0000001")], {},                                               "amount_too_fine"),
    ([line(1, quantity="0.0000001")], {},                                   "amount_too_fine"),
    ([line(1, discount=percent("0.0000001"))], {},                          "amount_too_fine"),
    ([line(1)], {"adjustment": "0.005"},                                    "amount_too_fine"),
    ([line("NaN")], {},                                                     "amount_out_of_range"),
    ([line(1, quantity="Infinity")], {},                                    "amount_out_of_range"),
    ([line("1e400")], {},                                                   "amount_out_of_range"),
    ([line("9007199254", quantity="9007199254")], {},                       "amount_out_of_range"),
    ([line("9007199254", quantity=9_999)] * 2, {},                          "amount_out_of_range"),
    ([line("9007199254", 1, quantity=9_999)], {},                           "amount_out_of_range"),
    ([line(1)], {"adjustment": "1e20"},                                     "amount_out_of_range"),
    ([line(1)], {"adjustment": "-1.01"},                                    "negative_total"),
    ([line("0.01", 1, 2)] * 10, {"inclusive": True},                        "negative_total"),
    ([line(1, 99)], {},                                                     "not_found"),
    ([line(1, item_id=77)], {},                                             "not_found"),
    ([line(1, account_id=77)], {},                                          "not_found"),
    ([line(1, account_id=2**70)], {},                                       "not_found"),
    ([line(1, account_id=1000)], {},                                        "not_an_income_account"),
    ([line(1)], {"currency": "XXX"},                                        "exchange_rate_required"),
    ([line(1)], {"currency": "XXX", "rate": 1},                             "unknown_currency"),
    ([line(1)], {"currency": "EUR"},                                        "exchange_rate_required"),
    ([line(1)], {"rate": 2},                                                "exchange_rate_not_one"),
    ([line(1)], {"issued_on": "2026-02-30"},                                "invalid_date"),
    ([line(1)], {"branch_id": 7},                                           "unknown_branch"),
    ([line(1)], {"reference": "x" * 256},                                   "text_too_long"),
    ([line(1)], {"number": "x" * 65},                                       "text_too_long"),
    ([line(1)], {"customer_id": 7},                                         "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "said", "code"), WRONG)
@pytest.mark.parametrize("document", ["invoice", "credit_note"])
def test_a_document_that_says_nothing_sensible_is_refused_and_nothing_is_kept_of_it(
    document, lines, said, code
):
    company = Paper()
    company.tax(20)
    company.tax(20)
    before = company.books()
    with pytest.raises(Refusal) as refused:
        getattr(company, document)(*lines, **said)
    assert refused.value.code == code, refused.value
    assert company.books() == before


def test_a_day_to_pay_by_must_be_a_day():
    company = Paper()
    company.refused(
        CreateInvoice(customer_id=1, issued_on="2026-11-01", due_on="soon", wording=Wording((line(1),))),
        "invalid_date",
    )


def test_a_line_that_names_an_item_takes_its_price_account_and_tax():
    company = Paper()
    vat = company.tax(20)
    item = company.ask(CreateItem(name="Hour", price=Decimal("80.5"), account_id=1026, tax_rate_id=vat))
    assert item.id == 1000
    invoice = company.invoice(Line(Decimal(2), item_id=item.id))
    assert company.entries("invoice", invoice.id) == [
        "Dr receivable 193.20, Cr Sales of Service Income 161.00, Cr tax_payable 32.20"
    ]
    cheaper = company.invoice(
        Line(Decimal(2), Decimal(70), item_id=item.id, account_id=1025, tax_rate_ids=())
    )
    assert company.entries("invoice", cheaper.id) == ["Dr receivable 140.00, Cr sales 140.00"]


@pytest.mark.parametrize("item", [{"sellable": False}, {"active": False}])
def test_an_item_that_is_not_for_sale_is_not_sold(item):
    company = Paper()
    id = company.ask(CreateItem(name="Old", price=Decimal(1), **item)).id
    wording = Wording((Line(Decimal(1), item_id=id),))
    company.refused(
        CreateInvoice(customer_id=1, issued_on="2026-11-01", due_on="2026-11-01", wording=wording),
        "item_not_sellable",
    )


def test_a_line_does_not_earn_on_an_account_that_sleeps():
    company = Paper()
    id = company.ask(CreateAccount(name="Old sales", type="income", active=False)).id
    company.refused(
        CreateInvoice(
            customer_id=1, issued_on="2026-11-01", due_on="2026-11-01",
            wording=Wording((line(1, account_id=id),)),
        ),
        "not_an_income_account",
    )  # fmt: skip


def test_a_discount_is_a_percentage_or_an_amount():
    assert Discount(Decimal(10)).of(1_000, "USD") == 100
    assert Discount(Decimal(10), "amount").of(1_000, "USD") == 1_000
    assert Discount(Decimal("33.333333")).of(100, "USD") == 33
