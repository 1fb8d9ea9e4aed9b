"""The table of currencies, against the ISO's own list as the package iso4217 carries it."""

from iso4217 import Currency

from avoir.core.currency import EXPONENTS


def test_every_active_currency_that_has_a_minor_unit_is_known_with_its_decimals():
    # Gold, the code for tests and their like have no minor unit: nobody is refunded in them.
    active = {each.code: each.exponent for each in Currency if each.exponent is not None}
    assert active == EXPONENTS


def test_all_four_sizes_of_minor_unit_exist():
    assert {EXPONENTS[code] for code in ("JPY", "EUR", "KWD", "CLF")} == {0, 2, 3, 4}
