"""Tax rates."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.money import scaled
from avoir.core.row import Row, changed
from avoir.core.tax import PERCENT, TAX_RATES_BY_CODE, TaxRate
from avoir.core.text import LONG, fits

MOST = 10 * PERCENT


class TaxCodeTaken(Refusal):
    """Another tax rate has the code."""

    code, kind = "tax_code_taken", Kind.CONFLICT


class TaxRateOutOfRange(Refusal):
    """A tax rate lies between 0 and 1000 percent."""

    code, kind = "tax_rate_out_of_range", Kind.INVALID


class TaxRateIsUsed(Refusal):
    """Documents or items name the tax rate, which stays, but may be made inactive."""

    code = "tax_rate_is_used"


class TaxRateAlreadyActive(Refusal):
    """The tax rate is active already."""

    code = "tax_rate_already_active"


class TaxRateAlreadyInactive(Refusal):
    """The tax rate is inactive already."""

    code = "tax_rate_already_inactive"


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
        """Refuses `TaxCodeTaken`, `TaxRateOutOfRange`, `TextTooLong`."""
        said = _said(self)
        _free(desk, self.code)
        rate = TaxRate(
            organization_id=desk.organization_id,
            id=desk.next("tax_rate"),
            active=int(self.active),
            created_at=desk.now,
            **said,
        )
        desk.tell("tax_rate.created", rate)
        return desk.add(rate)


class EditTaxRate(Command, frozen=True, kw_only=True):
    """Say anew what a tax rate is. Documents keep the percentage that they were charged at."""

    ANSWER = TaxRate
    tax_rate_id: int
    name: str
    code: str
    percent: Decimal
    is_compound: bool = False
    is_non_recoverable: bool = False
    description: str = ""
    active: bool | None = None  # As it is, if not given.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield TaxRate, self.tax_rate_id

    def decide(self, desk: Desk) -> TaxRate:
        """Refuses `NotFound`, and what `CreateTaxRate` refuses."""
        rate = desk.get(TaxRate, self.tax_rate_id)
        said = _said(self)
        if self.code != rate.code:
            _free(desk, self.code)
        active = rate.active if self.active is None else int(self.active)
        desk.tell("tax_rate.edited", rate)
        return desk.put(changed(rate, active=active, updated_at=desk.now, **said))


class ActivateTaxRate(Command, frozen=True, kw_only=True):
    """Offer a tax rate for new documents again."""

    ANSWER = TaxRate
    tax_rate_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield TaxRate, self.tax_rate_id

    def decide(self, desk: Desk) -> TaxRate:
        """Refuses `NotFound`, `TaxRateAlreadyActive`."""
        rate = desk.get(TaxRate, self.tax_rate_id)
        if rate.active:
            raise TaxRateAlreadyActive("the tax rate is active already", taxRateId=rate.id)
        desk.tell("tax_rate.activated", rate)
        return desk.put(changed(rate, active=1, updated_at=desk.now))


class InactivateTaxRate(Command, frozen=True, kw_only=True):
    """Offer a tax rate no more. The documents that name it stay."""

    ANSWER = TaxRate
    tax_rate_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield TaxRate, self.tax_rate_id

    def decide(self, desk: Desk) -> TaxRate:
        """Refuses `NotFound`, `TaxRateAlreadyInactive`."""
        rate = desk.get(TaxRate, self.tax_rate_id)
        if not rate.active:
            raise TaxRateAlreadyInactive("the tax rate is inactive already", taxRateId=rate.id)
        desk.tell("tax_rate.inactivated", rate)
        return desk.put(changed(rate, active=0, updated_at=desk.now))


class DeleteTaxRate(Command, frozen=True, kw_only=True):
    """Take a tax rate away that nothing names."""

    ANSWER = TaxRate
    tax_rate_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield TaxRate, self.tax_rate_id

    def decide(self, desk: Desk) -> TaxRate:
        """Refuses `NotFound`, `TaxRateIsUsed`."""
        rate = desk.get(TaxRate, self.tax_rate_id)
        if rate.used:
            raise TaxRateIsUsed("documents or items name the tax rate", taxRateId=rate.id)
        desk.remove(rate)
        desk.tell("tax_rate.deleted", rate)
        return rate


def _said(asked: CreateTaxRate | EditTaxRate) -> dict[str, Any]:
    name, code = fits(asked.name, "name"), fits(asked.code, "code")
    percent = scaled(asked.percent, 6, "rate")
    if not 0 <= percent <= MOST:
        raise TaxRateOutOfRange("a tax rate lies between 0 and 1000 percent", field="rate")
    return {
        "name": name,
        "code": code,
        "percent_micro": percent,
        "is_compound": int(asked.is_compound),
        "is_non_recoverable": int(asked.is_non_recoverable),
        "description": fits(asked.description, "description", LONG),
    }


def _free(desk: Desk, code: str) -> None:
    if desk.of(TaxRate, TAX_RATES_BY_CODE, code):
        raise TaxCodeTaken("another tax rate has the code", code=code)
