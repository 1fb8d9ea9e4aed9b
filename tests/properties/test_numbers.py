"""What is always true of the numbers themselves."""

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from avoir.core.currency import EXPONENTS
from avoir.core.errors import Refusal
from avoir.core.exchange import consumed, rate_of, to_base
from avoir.core.money import MOST, WIDEST, major_of, minor_of, rounded, scaled, split
from avoir.core.tax import PERCENT, TaxRate, charged

minors = st.integers(0, MOST)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)
currencies = st.sampled_from(sorted(EXPONENTS))
percents = st.integers(0, 10 * PERCENT)
bases = st.lists(st.integers(0, 10**10), min_size=1, max_size=12)


@given(minors, weights.filter(any))
def test_a_split_loses_nothing_and_is_fair(minor, weights):
    parts = split(minor, weights)
    assert sum(parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - minor * weight) < sum(weights)
        assert part == 0 or weight


@given(weights.filter(any), st.data())
def test_no_part_outgrows_its_weight_when_no_more_is_split_than_there_is(weights, data):
    """What is left of each line bounds what it gives back; that rests on this."""
    minor = data.draw(st.integers(0, sum(weights)))
    assert all(part <= weight for part, weight in zip(split(minor, weights), weights, strict=True))


@given(st.integers(-MOST, MOST), currencies)
def test_an_amount_comes_out_as_it_went_in(minor, currency):
    assert minor_of(Decimal(major_of(minor, currency)), currency) == minor


@given(st.decimals(allow_nan=True, allow_infinity=True), st.integers(0, 9))
def test_any_number_is_kept_exactly_or_refused(value, places):
    try:
        whole = scaled(value, places, "it")
    except Refusal:
        exact = value.is_finite() and abs(value) * 10**places <= WIDEST and value.adjusted() < 40
        assert not exact or (value * 10**places) % 1 != 0
    else:
        assert Decimal(whole).scaleb(-places) == value


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**15))
def test_rounding_is_by_half_at_most_and_the_same_on_both_sides(numerator, denominator):
    nearest = rounded(numerator, denominator)
    assert 2 * abs(nearest * denominator - numerator) <= denominator
    assert rounded(-numerator, denominator) == -nearest


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.lists(st.integers(1, 10**6), max_size=20))
def test_an_open_item_settled_in_any_parts_leaves_nothing_in_either_currency(open_, base, parts):
    for part in [*parts, open_]:
        part = min(part, open_)
        taken = consumed(part, open_, base)
        assert 0 <= taken <= base
        open_, base = open_ - part, base - taken
    assert (open_, base) == (0, 0)


@given(st.integers(0, 10**10), st.integers(0, 10**10), st.integers(1, 10**12), currencies, currencies)
def test_converting_keeps_order_and_a_sum_is_off_by_a_unit_at_most(one, other, nano, currency, base):
    assume(currency != base)
    rate = rate_of(Decimal(nano).scaleb(-9), currency, base)

    def converted(minor: int) -> int:
        try:
            return to_base(minor, currency, rate, base)
        except Refusal:
            return assume(False)

    together = converted(one + other)
    assert converted(one) <= together
    assert abs(converted(one) + converted(other) - together) <= 1


def rate(id: int, percent_micro: int, is_compound: bool = False) -> TaxRate:
    return TaxRate(1, id, "", "", percent_micro, int(is_compound), 0, "", 1, "")


@given(bases, percents)
def test_tax_is_the_documents_base_times_the_rate_rounded_once(bases, percent):
    taxes = charged(bases, [[rate(1, percent)]] * len(bases), inclusive=False)
    assert sum(tax[1] for tax in taxes) == rounded(sum(bases) * percent, PERCENT)
    for base, tax in zip(bases, taxes, strict=True):
        # Half a unit by rounding the document's, less than one by splitting it.
        assert 2 * abs(tax[1] * PERCENT - base * percent) < 3 * PERCENT


@given(bases, st.lists(st.tuples(percents, st.booleans()), max_size=4), st.booleans())
def test_tax_is_never_negative_and_one_tax_inside_never_more_than_the_price(bases, rates, inclusive):
    all_rates = [rate(i, percent, compound) for i, (percent, compound) in enumerate(rates)]
    for base, tax in zip(bases, charged(bases, [all_rates] * len(bases), inclusive=inclusive), strict=True):
        assert min(tax.values(), default=0) >= 0
        assert not inclusive or max(tax.values(), default=0) <= base
