"""Tax rates."""

from decimal import Decimal

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.money import scaled
from avoir.core.tax import PERCENT, TAX_RATES_BY_CODE, TaxRate
from avoir.core.text import fits

MOST = 10 * PERCENT


class TaxCodeTaken(Refusal):
    """Another tax rate has the code."""

    code, kind = "tax_code_taken", Kind.CONFLICT


class TaxRateOutOfRange(Refusal):
    """A tax rate lies between 0 and 1000 percent."""

    code, kind = "tax_rate_out_of_range", Kind.INVALID


class CreateTaxRate(Command, frozen=True, kw_only=True):
    """A new tax rate. `percent` of up to 6 decimals: 7.125 is 7.125 %."""

    ANSWER = TaxRate
    name: str
    code: str
    percent: Decimal
    is_compound: bool = False
    is_non_recoverable: bool = False
    description: str = ""
    active: bool = True

    def decide(self, desk: Desk) -> TaxRate:
        """Refuses `TaxCodeTaken`, `TaxRateOutOfRange`."""
        fits(self.code, "code")
        percent = scaled(self.percent, 6, "rate")
        if not 0 <= percent <= MOST:
            raise TaxRateOutOfRange("a tax rate lies between 0 and 1000 percent", field="rate")
        if desk.of(TaxRate, TAX_RATES_BY_CODE, self.code):
            raise TaxCodeTaken("another tax rate has the code", code=self.code)
        rate = TaxRate(
            organization_id=desk.organization_id,
            id=desk.next("tax_rate"),
            name=self.name,
            code=self.code,
            percent_micro=percent,
            is_compound=int(self.is_compound),
            is_non_recoverable=int(self.is_non_recoverable),
            description=self.description,
            active=int(self.active),
            created_at=desk.now,
        )
        desk.tell("tax_rate.created", rate)
        return desk.add(rate)
