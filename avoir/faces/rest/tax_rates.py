"""Tax rates (rest.md, 2.8)."""

from typing import Any

from avoir.app.reads.query import Query
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.errors import NotFound
from avoir.core.tax import TaxRate
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import flag, number, text
from avoir.faces.rest.render import micro

CREATE = Body(
    text("name"),
    text("code", most=255),
    number("rate", coerced=True),
    text("description", optional=True),
    flag("isNonRecoverable"),
    flag("isCompound"),
    flag("active", default=True),
)


async def create(call: Call) -> dict[str, Any]:
    """A new tax rate. Refuses `TaxCodeTaken`, `TaxRateOutOfRange`."""
    form = call.form
    command = CreateTaxRate(
        name=form["name"],
        code=form["code"],
        percent=form["rate"],
        is_compound=form["isCompound"],
        is_non_recoverable=form["isNonRecoverable"],
        description=form["description"],
        active=form["active"],
    )
    return _row(await call.caller.ask(command))


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
        "updated_at": None,
        "name_formatted": f"{x.name} [{percent}%]",
        "rate_formatted": f"{percent}%",
    }


def _rate(query: Query, id: int) -> TaxRate | None:
    return query.one(TaxRate, id)


def _rates(query: Query) -> list[TaxRate]:
    return query.rows(TaxRate, "", "ORDER BY t.name, t.id")
