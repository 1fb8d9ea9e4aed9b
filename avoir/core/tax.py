"""Tax: what is charged on a document. What is given back stands in `credit`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Protocol

from avoir.core.money import MICRO, rounded, split
from avoir.core.row import Row

PERCENT = 100 * MICRO
"""100 % in millionths of a percent."""


class TaxRate(Row, frozen=True, gc=False):
    """A tax rate. A compound one is taken on the base and the other taxes together."""

    TABLE = "tax_rates"
    GROUPS = (("organization_id", "code"),)
    organization_id: int
    id: int
    name: str
    code: str
    percent_micro: int
    is_compound: int
    is_non_recoverable: int
    description: str
    active: int
    created_at: str
    updated_at: str = ""  # Empty: as it was made.
    used: int = 0  # 1: something names it, so it stays.


TAX_RATES_BY_CODE = TaxRate.GROUPS[0]

Charged = dict[int, int]
"""Tax by tax rate id, in minor units."""


class OfLine(Protocol):
    """One tax of one line, of whatever document."""

    @property
    def tax_rate_id(self) -> int: ...
    @property
    def percent_micro(self) -> int: ...
    @property
    def tax_minor(self) -> int: ...


def by_rate(taxes: Iterable[OfLine]) -> dict[tuple[int, int], int]:
    """What is charged in all, in minor units, by a rate's id and its percentage in millionths."""
    sums: defaultdict[tuple[int, int], int] = defaultdict(int)
    for tax in taxes:
        sums[tax.tax_rate_id, tax.percent_micro] += tax.tax_minor
    return dict(sums)


def charged(bases: Sequence[int], rates: Sequence[Sequence[TaxRate]], *, inclusive: bool) -> list[Charged]:
    """The tax of each line, by rate: computed once per rate on the whole document, then split.

    `bases` are the lines' taxable amounts in minor units, with the tax inside if `inclusive`.
    EN 16931: BT-117 = BT-116 x rate, rounded once per rate; half up, largest remainder over the lines.
    """
    exact: dict[int, dict[int, Fraction]] = defaultdict(dict)
    for position, (base, of_line) in enumerate(zip(bases, rates, strict=True)):
        for rate, tax in _exact(base, of_line, inclusive):
            exact[rate.id][position] = tax
    lines: list[Charged] = [{} for _ in bases]
    for rate_id, shares in exact.items():
        total = sum(shares.values(), Fraction(0))
        scale = lcm(*(share.denominator for share in shares.values()))
        weights = [int(share * scale) for share in shares.values()]
        parts = split(rounded(total.numerator, total.denominator), weights)
        for position, part in zip(shares, parts, strict=True):
            lines[position][rate_id] = part
    return lines


def _exact(base: int, rates: Sequence[TaxRate], inclusive: bool) -> list[tuple[TaxRate, Fraction]]:
    simple = Fraction(sum(rate.percent_micro for rate in rates if not rate.is_compound), PERCENT)
    compound = Fraction(sum(rate.percent_micro for rate in rates if rate.is_compound), PERCENT)
    net = Fraction(base)
    if inclusive:
        net /= (1 + simple) * (1 + compound)
    return [
        (rate, net * (1 + simple if rate.is_compound else 1) * Fraction(rate.percent_micro, PERCENT))
        for rate in rates
    ]
