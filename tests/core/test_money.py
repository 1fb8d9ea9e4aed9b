"""Numbers of the trade: what is exact, what is refused, and how a rest is divided."""

from decimal import Decimal

import pytest

from avoir.core.errors import InvariantBroken, Refusal
from avoir.core.money import (
    MOST,
    WIDEST,
    in_range,
    major_of,
    minor_of,
    positive_minor_of,
    rounded,
    scaled,
    split,
)

TAKEN = [
    # amount                 currency  minor units
    ("12.34",                "USD",    1_234),
    ("12.3",                 "USD",    1_230),
    ("12.340000",            "USD",    1_234),
    ("-0.01",                "USD",    -1),
    ("-0",                   "USD",    0),
    ("0E+20",                "USD",    0),
    ("0E-50",                "USD",    0),
    ("0E+999999",            "USD",    0),
    ("1E+3",                 "USD",    100_000),
    ("7",                    "JPY",    7),
    ("7.0",                  "JPY",    7),
    ("1.234",                "KWD",    1_234),
    ("1.2345",               "CLF",    12_345),
    ("90071992547409.91",    "USD",    MOST),
    ("-90071992547409.91",   "USD",    -MOST),
    ("9007199254740991",     "JPY",    MOST),
    ("900719925474.0991",    "CLF",    MOST),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "currency", "minor"), TAKEN)
def test_an_amount_that_the_currency_can_hold_is_taken_exactly(amount, currency, minor):
    assert minor_of(Decimal(amount), currency) == minor


REFUSED = [
    # amount                 currency  code
    ("12.345",               "USD",    "amount_too_fine"),
    ("0.001",                "USD",    "amount_too_fine"),
    ("0.5",                  "JPY",    "amount_too_fine"),
    ("1.2345",               "KWD",    "amount_too_fine"),
    ("1.23456",              "CLF",    "amount_too_fine"),
    ("1E-400",               "USD",    "amount_too_fine"),
    ("-1E-31",               "USD",    "amount_too_fine"),
    ("1E-99999999",          "USD",    "amount_too_fine"),
    ("90071992547409.92",    "USD",    "amount_out_of_range"),
    ("-90071992547409.92",   "USD",    "amount_out_of_range"),
    ("9007199254740992",     "JPY",    "amount_out_of_range"),
    ("1E+400",               "USD",    "amount_out_of_range"),
    ("-1E+999999",           "USD",    "amount_out_of_range"),
    ("NaN",                  "USD",    "amount_out_of_range"),
    ("sNaN",                 "USD",    "amount_out_of_range"),
    ("Infinity",             "USD",    "amount_out_of_range"),
    ("-Infinity",            "USD",    "amount_out_of_range"),
    ("1",                    "XXX",    "unknown_currency"),
    ("1",                    "usd",    "unknown_currency"),
    ("1",                    "",       "unknown_currency"),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "currency", "code"), REFUSED)
def test_an_amount_that_cannot_be_kept_exactly_is_refused_and_never_rounded(amount, currency, code):
    with pytest.raises(Refusal) as refused:
        minor_of(Decimal(amount), currency)
    assert refused.value.code == code


@pytest.mark.parametrize("amount", ["0", "-0.00", "-1"])
def test_where_something_must_be_given_nothing_is_refused(amount):
    with pytest.raises(Refusal) as refused:
        positive_minor_of(Decimal(amount), "EUR", "refund")
    assert (refused.value.code, refused.value.facts) == ("amount_not_positive", {"field": "refund"})


def test_the_sixth_decimal_of_a_quantity_counts_and_the_seventh_is_refused():
    assert scaled(Decimal("0.000001"), 6, "quantity") == 1
    with pytest.raises(Refusal) as refused:
        scaled(Decimal("0.0000001"), 6, "quantity")
    assert refused.value.facts == {"field": "quantity", "places": 6}


LONG = "0" * 900_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"1.{LONG}1", "amount_too_fine"),
        (f"0.{LONG.replace('0', '3')}", "amount_too_fine"),
        (f"1{LONG}", "amount_out_of_range"),
    ],
    ids=["a cent too small to see", "thirds", "a fortune"],
)
def test_a_number_as_long_as_a_request_may_be_is_refused_at_once(text, code):
    # Exact arithmetic with a million digits would keep the clerk busy for a minute.
    with pytest.raises(Refusal) as refused:
        minor_of(Decimal(text), "USD")
    assert refused.value.code == code


def test_zeros_at_the_end_make_no_number_too_fine():
    assert minor_of(Decimal(f"12.34{LONG}"), "USD") == 1_234


SAID = [
    # minor        currency  major
    (1_234,        "USD",    "12.34"),
    (1_010,        "USD",    "10.1"),
    (12_000,       "USD",    "120"),
    (0,            "USD",    "0"),
    (-5,           "USD",    "-0.05"),
    (-1_000,       "USD",    "-10"),
    (1_500,        "JPY",    "1500"),
    (1_001,        "KWD",    "1.001"),
    (10_000,       "CLF",    "1"),
    (MOST,         "EUR",    "90071992547409.91"),
]  # fmt: skip


@pytest.mark.parametrize(("minor", "currency", "major"), SAID)
def test_an_amount_is_said_exactly_and_without_zeros_at_its_end(minor, currency, major):
    assert str(major_of(minor, currency)) == major
    assert minor_of(Decimal(major), currency) == minor


ROUNDED = [
    # numerator  denominator  nearest
    (0,          1,           0),
    (1,          2,           1),
    (-1,         2,           -1),
    (1,          3,           0),
    (2,          3,           1),
    (5,          2,           3),
    (-5,         2,           -3),
    (49,         100,         0),
    (50,         100,         1),
    (10**30 + 1, 2 * 10**30,  1),
]  # fmt: skip


@pytest.mark.parametrize(("numerator", "denominator", "nearest"), ROUNDED)
def test_a_half_is_rounded_away_from_nothing(numerator, denominator, nearest):
    assert rounded(numerator, denominator) == nearest


SPLIT = [
    # amount  weights          parts
    (100,     [1, 1, 1],       [34, 33, 33]),
    (2_733,   [6_833, 6_833],  [1_367, 1_366]),
    (10,      [1, 0, 3],       [3, 0, 7]),
    (1,       [5, 5],          [1, 0]),
    (-100,    [1, 1, 1],       [-34, -33, -33]),
    (0,       [3, 4],          [0, 0]),
    (0,       [0, 0],          [0, 0]),
    (0,       [],              []),
    (7,       [7],             [7]),
    (2_500,   [7_500, 5_000],  [1_500, 1_000]),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "weights", "parts"), SPLIT)
def test_an_amount_is_divided_by_weight_and_the_first_takes_the_odd_cent(amount, weights, parts):
    assert split(amount, weights) == parts


@pytest.mark.parametrize(("amount", "weights"), [(1, []), (1, [0, 0]), (1, [2, -1])])
def test_dividing_among_nobody_is_a_bug_and_not_a_loss(amount, weights):
    with pytest.raises(InvariantBroken):
        split(amount, weights)


def test_rounding_by_nothing_is_a_bug():
    with pytest.raises(InvariantBroken):
        rounded(1, 0)


def test_a_sum_beyond_the_largest_amount_is_refused():
    assert in_range(-MOST, "total") == -MOST
    with pytest.raises(Refusal) as refused:
        in_range(MOST + 1, "total")
    assert refused.value.code == "amount_out_of_range"


def test_the_widest_number_is_kept_and_the_next_is_not():
    assert scaled(Decimal(WIDEST), 0, "rate") == WIDEST
    assert scaled(Decimal(-WIDEST), 0, "rate") == -WIDEST
    with pytest.raises(Refusal) as refused:
        scaled(Decimal(WIDEST + 1), 0, "rate")
    assert refused.value.code == "amount_out_of_range"


@pytest.mark.parametrize(
    ("amount", "facts"),
    [
        ("1E+31", {"field": "price"}),
        ("NaN", {"field": "price"}),
        (str(WIDEST), {"field": "price"}),
        ("90071992547409.92", {"field": "price"}),
        ("0.001", {"field": "price", "places": 2}),
        ("0", {"field": "price"}),
    ],
)
def test_a_refusal_names_the_field(amount, facts):
    with pytest.raises(Refusal) as refused:
        positive_minor_of(Decimal(amount), "USD", "price")
    assert refused.value.facts == facts


def test_what_is_whole_is_a_whole_number():
    assert [repr(major_of(minor, "USD")) for minor in (0, 100, 12_000, -500)] == ["0", "1", "120", "-5"]
    assert repr(major_of(12_345, "JPY")) == "12345"
