"""The rate table: contract B asks for the latest rate; to list, set and delete is ours (rest.md, 2.8)."""

from typing import Any

from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.reads.lists import DAY, Column, Listing
from avoir.app.reads.query import Query
from avoir.core.errors import NotFound
from avoir.core.exchange import ONE
from avoir.core.organization import ExchangeRate
from avoir.faces.render import Style, midnight, rate_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import choice, day, number, text
from avoir.faces.rest.lists import as_they_are, listed

LATEST = Body(
    *(
        choice(name, lambda code: len(code) == 3, rule="isLength", says="must be 3 letters", optional=True)
        for name in ("fromCurrency", "toCurrency")
    )
)
SET = Body(
    text("currencyCode"),
    text("baseCurrency", optional=True),
    day("date"),
    number("exchangeRate", coerced=True, positive=True),
)
LISTING = Listing(
    ExchangeRate,
    {
        "created_at": Column("t.created_at", DAY),
        "date": Column("t.valid_on", DAY),
        "currency_code": Column("t.currency"),
        "base_currency": Column("t.base_currency"),
    },
    searched=("currency_code",),
)


async def latest(call: Call) -> dict[str, Any]:
    """What one of a currency is worth today in another, by the table; both are the base if not given.

    Refuses `NotFound` when the table has no such rate: it is never turned round.
    """
    base, today = call.style.base, call.style.today()
    currency, other = call.query["fromCurrency"] or base, call.query["toCurrency"] or base
    nano = ONE if currency == other else await call.caller.read(_latest, currency, other, today)
    if nano is None:
        raise NotFound("no such ExchangeRate", kind="ExchangeRate")
    return {"base_currency": currency, "to_currency": other, "exchange_rate": rate_of(nano)}


async def index(call: Call) -> dict[str, Any]:
    """A page of the table."""
    style = call.style
    return await listed(call, LISTING, as_they_are, lambda rate: _row(rate, style), "exchange_rates")


async def create(call: Call) -> dict[str, Any]:
    """What a currency is worth from a day on. Refuses what `SetExchangeRate` refuses."""
    form = call.form
    command = SetExchangeRate(
        currency=form["currencyCode"],
        valid_on=form["date"],
        rate=form["exchangeRate"],
        base_currency=form["baseCurrency"],
    )
    return _row(await call.caller.ask(command), call.style)


async def delete(call: Call) -> None:
    """Take a rate out of the table. Refuses `NotFound`."""
    path = call.request.path_params
    command = DeleteExchangeRate(currency=path["code"], valid_on=path["date"], base_currency=path["base"])
    await call.caller.ask(command)


def _latest(query: Query, currency: str, base: str, today: str) -> int | None:
    found = query.rows(
        ExchangeRate,
        "t.currency = :currency AND t.base_currency = :base AND t.valid_on <= :today",
        "ORDER BY t.valid_on DESC LIMIT 1",
        currency=currency,
        base=base,
        today=today,
    )
    return found[0].rate_nano if found else None


def _row(x: ExchangeRate, style: Style) -> dict[str, Any]:
    return {
        "currency_code": x.currency,
        "base_currency": x.base_currency,
        "date": midnight(x.valid_on),
        "formatted_date": style.day(x.valid_on),
        "exchange_rate": rate_of(x.rate_nano),
        "created_at": x.created_at,
    }
