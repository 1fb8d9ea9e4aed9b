"""Tax rates (rest.md, 2.8)."""

from typing import Any

from avoir.app.reads.query import Query
from avoir.app.tax_rates import (
    ActivateTaxRate,
    CreateTaxRate,
    DeleteTaxRate,
    EditTaxRate,
    InactivateTaxRate,
)
from avoir.core.errors import NotFound
from avoir.core.tax import TaxRate
from avoir.faces.render import micro
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import flag, number, text

SAID = (
    text("name"),
    text("code", most=255),
    number("rate", coerced=True),
    text("description", optional=True),
    flag("isNonRecoverable"),
    flag("isCompound"),
)
CREATE = Body(*SAID, flag("active", default=True))
EDIT = Body(*SAID, flag("active", default=None))


async def create(call: Call) -> dict[str, Any]:
    """A new tax rate. Refuses `TaxCodeTaken`, `TaxRateOutOfRange`."""
    return _row(await call.caller.ask(CreateTaxRate(**_said(call))))


async def edit(call: Call) -> dict[str, Any]:
    """Say anew what a tax rate is. Refuses what `EditTaxRate` refuses."""
    return _row(await call.caller.ask(EditTaxRate(tax_rate_id=call.id(), **_said(call))))


async def activate(call: Call) -> dict[str, Any]:
    """Offer a tax rate again. Refuses `TaxRateAlreadyActive`, `NotFound`."""
    return _row(await call.caller.ask(ActivateTaxRate(tax_rate_id=call.id())))


async def inactivate(call: Call) -> dict[str, Any]:
    """Offer a tax rate no more. Refuses `TaxRateAlreadyInactive`, `NotFound`."""
    return _row(await call.caller.ask(InactivateTaxRate(tax_rate_id=call.id())))


async def delete(call: Call) -> None:
    """Take a tax rate away that nothing names. Refuses `TaxRateIsUsed`, `NotFound`."""
    await call.caller.ask(DeleteTaxRate(tax_rate_id=call.id()))


def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "name": form["name"],
        "code": form["code"],
        "percent": form["rate"],
        "is_compound": form["isCompound"],
        "is_non_recoverable": form["isNonRecoverable"],
        "description": form["description"],
        "active": form["active"],
    }


async def show(call: Call) -> dict[str, Any]:
    """One tax rate. Refuses `NotFound`."""
    rate = await call.caller.read(_rate, call.id())
    if rate is None:
        raise NotFound("no such TaxRate", kind="TaxRate")
    return _row(rate)


async def index(call: Call) -> list[dict[str, Any]]:
    """All tax rates, by name."""
    return [_row(rate) for rate in await call.caller.read(_rates)]


def _row(x: TaxRate) -> dict[str, Any]:
    percent = micro(x.percent_micro)
    return {
        "id": x.id,
        "name": x.name,
        "code": x.code,
        "rate": percent,
        "description": x.description or None,
        "is_non_recoverable": bool(x.is_non_recoverable),
        "is_compound": bool(x.is_compound),
        "active": bool(x.active),
        "created_at": x.created_at,
        "updated_at": x.updated_at or None,
        "name_formatted": f"{x.name} [{percent}%]",
        "rate_formatted": f"{percent}%",
    }


def _rate(query: Query, id: int) -> TaxRate | None:
    return query.one(TaxRate, id)


def _rates(query: Query) -> list[TaxRate]:
    return query.rows(TaxRate, "", "ORDER BY t.name, t.id")
