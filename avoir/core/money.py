"""Numbers of the trade, all whole: minor units, micro quantities, nano rates. Dividing loses nothing."""

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact

from avoir.core.currency import exponent
from avoir.core.errors import Kind, Refusal, invariant

MOST = 2**53 - 1
"""The largest amount in minor units: exact in every client, also in those that know only doubles."""

MICRO, NANO = 10**6, 10**9
"""Quantities and unit prices are kept in millionths, exchange rates in thousand-millionths."""

WIDEST = 2**63 - 1
"""The largest whole number that both databases keep. A price of 9,999,999,999.99 is less, in millionths."""

# Wide enough for every number in range: one that does not fit has too many decimals. It is found out without
# computing with them all, for a request may bring a million.
_EXACT = Context(prec=60, traps=[Inexact])


class AmountTooFine(Refusal):
    """The currency, or the kind of number, has no such decimals. Avoir refuses, it does not round."""

    code, kind = "amount_too_fine", Kind.INVALID


class AmountOutOfRange(Refusal):
    """Larger than can be kept exactly."""

    code, kind = "amount_out_of_range", Kind.INVALID


class AmountNotPositive(Refusal):
    """Here an amount must be more than nothing."""

    code, kind = "amount_not_positive", Kind.INVALID


def scaled(value: Decimal, places: int, what: str) -> int:
    """`value * 10**places` as a whole number, exactly. Refuses `AmountTooFine`, `AmountOutOfRange`."""
    if not value.is_finite() or (value and value.adjusted() > 30):
        raise AmountOutOfRange(f"{what} is out of range", field=what)
    try:
        shifted = _EXACT.scaleb(value, places)
        whole = int(shifted)
    except Inexact:
        shifted, whole = value, 0
    if whole != shifted:
        raise AmountTooFine(f"{what} has more than {places} decimals", field=what, places=places)
    if abs(whole) > WIDEST:
        raise AmountOutOfRange(f"{what} is out of range", field=what)
    return whole


def minor_of(amount: Decimal, currency: str, what: str = "amount") -> int:
    """Major units to minor units. Refuses `AmountTooFine` (12.345 USD), `AmountOutOfRange`."""
    return in_range(scaled(amount, exponent(currency), what), what)


def positive_minor_of(amount: Decimal, currency: str, what: str = "amount") -> int:
    """As `minor_of`; refuses `AmountNotPositive` too."""
    minor = minor_of(amount, currency, what)
    if minor <= 0:
        raise AmountNotPositive(f"{what} must be more than nothing", field=what)
    return minor


def unscaled(whole: int, places: int) -> Decimal | int:
    """A scaled number as people write it: 1010 with 2 places is 10.1, 12000 is 120."""
    while places and whole % 10 == 0:
        whole //= 10
        places -= 1
    # Read from a text it is exact whatever the context's precision, and several times as fast.
    return Decimal(f"{whole}e-{places}") if places else whole


def major_of(minor: int, currency: str) -> Decimal | int:
    """Minor units to major units, exact and without trailing zeros."""
    return unscaled(minor, exponent(currency))


def in_range(minor: int, what: str) -> int:
    """The amount itself. Refuses `AmountOutOfRange`."""
    if abs(minor) > MOST:
        raise AmountOutOfRange(f"{what} is out of range", field=what)
    return minor


def rounded(numerator: int, denominator: int) -> int:
    """`numerator / denominator`, half away from zero: the one rounding in the house."""
    invariant(denominator > 0, "a denominator is positive")
    half_up = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half_up if numerator >= 0 else -half_up


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weight: the parts sum to it, none is a whole unit off its exact share.

    Largest remainder, ties by position. With no weight at all nothing can be divided but nothing.
    """
    whole = sum(weights)
    invariant(min(weights, default=0) >= 0, "weights are not negative")
    if whole == 0:
        invariant(minor == 0, "something is divided among somebody")
        return [0] * len(weights)
    if minor < 0:
        return [-part for part in split(-minor, weights)]
    exact = [divmod(minor * weight, whole) for weight in weights]
    parts = [floor for floor, _ in exact]
    over = minor - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: (-exact[i][1], i))[:over]:
        parts[i] += 1
    return parts
