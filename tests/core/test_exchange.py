"""Currencies against the base: rates, conversion, and what a settlement takes from an open item."""

from decimal import Decimal

import pytest

from avoir.core.errors import InvariantBroken, Refusal
from avoir.core.exchange import ONE, consumed, rate_of, to_base

RATES = [
    # given          currency  base   nano, or the code of the refusal
    (None,           "USD",    "USD", ONE),
    ("1",            "USD",    "USD", ONE),
    ("1.000000000",  "USD",    "USD", ONE),
    ("1.2",          "EUR",    "USD", 1_200_000_000),
    ("0.000000001",  "EUR",    "USD", 1),
    ("9007199",      "EUR",    "USD", 9_007_199_000_000_000),
    (None,           "EUR",    "USD", "exchange_rate_required"),
    ("1.000000001",  "USD",    "USD", "exchange_rate_not_one"),
    ("0",            "EUR",    "USD", "exchange_rate_not_positive"),
    ("-1.2",         "EUR",    "USD", "exchange_rate_not_positive"),
    ("0",            "USD",    "USD", "exchange_rate_not_positive"),
    ("0.0000000001", "EUR",    "USD", "amount_too_fine"),
    ("9223372037",   "EUR",    "USD", "amount_out_of_range"),
    ("NaN",          "EUR",    "USD", "amount_out_of_range"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "currency", "base", "expected"), RATES)
def test_a_rate_is_the_callers_or_one_or_refused(given, currency, base, expected):
    rate = None if given is None else Decimal(given)
    if isinstance(expected, int):
        assert rate_of(rate, currency, base) == expected
    else:
        with pytest.raises(Refusal) as refused:
            rate_of(rate, currency, base)
        assert refused.value.code == expected


CONVERTED = [
    # minor               currency  rate            base   minor
    (100_000,             "EUR",    "1.2",          "USD", 120_000),
    (141_000,             "EUR",    "0.333333333",  "USD", 47_000),
    (1,                   "EUR",    "0.5",          "USD", 1),
    (1,                   "EUR",    "0.499999999",  "USD", 0),
    (1_000,               "JPY",    "0.0065",       "USD", 650),
    (100,                 "USD",    "153.25",       "JPY", 153),
    (50,                  "USD",    "1",            "JPY", 1),
    (1_234,               "KWD",    "3.25",         "USD", 401),
    (10_000,              "USD",    "0.307",        "KWD", 30_700),
    (12_345,              "CLF",    "36000",        "CLP", 44_442),
    (2**53 - 1,           "USD",    "1",            "USD", 2**53 - 1),
]  # fmt: skip


@pytest.mark.parametrize(("minor", "currency", "rate", "base", "expected"), CONVERTED)
def test_an_amount_is_converted_with_both_currencies_decimals_and_rounded_once(
    minor, currency, rate, base, expected
):
    assert to_base(minor, currency, rate_of(Decimal(rate), currency, base), base) == expected


def test_a_base_amount_that_cannot_be_kept_exactly_is_refused():
    with pytest.raises(Refusal) as refused:
        to_base(2**53 - 1, "EUR", 1_200_000_000, "USD")
    assert refused.value.code == "amount_out_of_range"


CONSUMED = [
    # part  open  base  taken
    (40,    120,  60,   20),
    (120,   120,  60,   60),
    (0,     120,  60,   0),
    (0,     0,    0,    0),
    (1,     3,    10,   3),
    (1,     2,    5,    3),
    (3,     3,    10,   10),
    (5,     10,   0,    0),
]  # fmt: skip


@pytest.mark.parametrize(("part", "open_", "base", "taken"), CONSUMED)
def test_settling_part_of_an_open_item_takes_its_base_amount_in_proportion(part, open_, base, taken):
    assert consumed(part, open_, base) == taken


def test_however_an_item_is_settled_the_last_part_takes_the_exact_rest():
    for steps in ([1] * 7, [3, 4], [7], [2, 2, 3], [6, 1]):
        open_, base = 7, 1_000
        for part in steps:
            base -= consumed(part, open_, base)
            open_ -= part
        assert (open_, base) == (0, 0)


def test_settling_more_than_is_open_is_a_bug():
    with pytest.raises(InvariantBroken):
        consumed(8, 7, 1_000)
