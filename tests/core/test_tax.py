"""Tax: once per rate on the whole document, then split over its lines (EN 16931, BT-117 = BT-116 × rate)."""

from decimal import Decimal

import pytest

from avoir.core.credit_note import CreditNoteTax
from avoir.core.tax import TaxRate, by_rate, charged


def rate(id: int, percent: str, *, compound: bool = False) -> TaxRate:
    micro = int(Decimal(percent).scaleb(6))
    return TaxRate(1, id, f"{percent} %", str(id), micro, int(compound), 0, "", 1, "")


R20, R15, R15B, R10, R7, ZERO = (
    rate(1, "20"), rate(2, "15"), rate(3, "15"), rate(4, "10"), rate(5, "7"), rate(6, "0")
)  # fmt: skip
ON_TOP = rate(9, "10", compound=True)

EXCLUSIVE = [
    # bases                rates                          tax by line
    ([6_833] * 2,          [[R20]] * 2,                   [{1: 1_367}, {1: 1_366}]),
    ([6_833] * 4,          [[R20]] * 4,                   [{1: 1_367}, {1: 1_367}, {1: 1_366}, {1: 1_366}]),
    ([3] * 100,            [[R20]] * 100,                 [{1: 1}] * 60 + [{1: 0}] * 40),
    ([76_900],             [[R20]],                       [{1: 15_380}]),
    ([100_000, 20_000],    [[R15], [R15, R15B]],          [{2: 15_000}, {2: 3_000, 3: 3_000}]),
    ([10_000],             [[R20, R10]],                  [{1: 2_000, 4: 1_000}]),
    ([10_000],             [[R20, ON_TOP]],               [{1: 2_000, 9: 1_200}]),
    ([10_000],             [[ON_TOP, R20]],               [{9: 1_200, 1: 2_000}]),
    ([10_000],             [[ON_TOP]],                    [{9: 1_000}]),
    ([10_000, 0],          [[R20], [R20]],                [{1: 2_000}, {1: 0}]),
    ([10_000, 500],        [[ZERO], []],                  [{6: 0}, {}]),
    ([1, 1, 1],            [[R7]] * 3,                    [{5: 0}, {5: 0}, {5: 0}]),
    ([5, 5, 5],            [[R7]] * 3,                    [{5: 1}, {5: 0}, {5: 0}]),
    ([],                   [],                            []),
]  # fmt: skip


@pytest.mark.parametrize(("bases", "rates", "taxes"), EXCLUSIVE)
def test_tax_is_computed_once_for_each_rate_and_split_over_the_lines(bases, rates, taxes):
    assert charged(bases, rates, inclusive=False) == taxes


INCLUSIVE = [
    # bases              rates               tax by line
    ([12_000],           [[R20]],            [{1: 2_000}]),
    ([6_000, 4_000],     [[R20], [R20]],     [{1: 1_000}, {1: 667}]),
    ([90_000],           [[R10]],            [{4: 8_182}]),
    ([13_200],           [[R20, ON_TOP]],    [{1: 2_000, 9: 1_200}]),
    ([13_000],           [[R20, R10]],       [{1: 2_000, 4: 1_000}]),
    ([10_000],           [[]],               [{}]),
    ([10_000],           [[ZERO]],           [{6: 0}]),
]  # fmt: skip


@pytest.mark.parametrize(("bases", "rates", "taxes"), INCLUSIVE)
def test_tax_inside_is_taken_out_exactly(bases, rates, taxes):
    assert charged(bases, rates, inclusive=True) == taxes


def test_a_documents_tax_is_its_base_times_its_rate_however_its_lines_round():
    # The standard's own trap: by line the tax of 19 lines of 0.02 at 20 % would be nothing.
    bases = [2] * 19
    assert sum(tax[1] for tax in charged(bases, [[R20]] * 19, inclusive=False)) == 8


def test_a_rate_of_seven_decimals_in_all_is_kept_exactly():
    assert charged([1_000_000], [[rate(1, "8.875001")]], inclusive=False) == [{1: 88_750}]
    assert charged([100_000_000], [[rate(1, "8.875001")]], inclusive=False) == [{1: 8_875_001}]


def test_every_line_has_its_rates():
    for rates in ([[R20]], [[R20]] * 3):
        with pytest.raises(ValueError, match="zip"):
            charged([10, 20], rates, inclusive=False)


def test_what_is_charged_by_a_rate_is_added_up_over_the_lines():
    taxes = [CreditNoteTax(1, 1, at, id, micro, minor) for at, id, micro, minor in (
        (1, 7, 20_000_000, 300), (1, 8, 5_000_000, 70), (2, 7, 20_000_000, 11), (3, 7, 19_000_000, 2),
    )]  # fmt: skip
    assert by_rate(taxes) == {(7, 20_000_000): 311, (8, 5_000_000): 70, (7, 19_000_000): 2}
    assert type(by_rate([])) is dict
