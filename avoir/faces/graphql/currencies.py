"""Currencies that the organization offers, and what they are worth."""

from collections.abc import Mapping

from avoir.app.currencies import AddCurrency, EditCurrency, RemoveCurrency
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.reads.query import Query
from avoir.core.currency import SEEDED, Currency, exponent
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.request import Info
from avoir.faces.render import name_of, sign_of


async def currency_update(info: Info, args: Args) -> Payload:
    """Its name, whether it is offered, and its rate from today on. Each is asked by itself."""
    given, code, caller = args["attributes"], args["id"][:3], info.context.caller
    exponent(args["id"])
    known = await caller.read(_known, code)
    listed = bool(known.listed) if known else code in SEEDED or code == caller.setup.base_currency
    name = given.get("name") or (known.name if known and known.name else name_of(code))
    sign = known.sign if known and known.sign else sign_of(code)
    enabled = given.get("enabled")
    if enabled and not listed:
        await ask(info, AddCurrency(currency=code, name=name, sign=sign), "add")
    elif enabled is False and listed:
        await ask(info, RemoveCurrency(currency=code), "remove")
    elif given.get("name"):
        await ask(info, EditCurrency(currency=code, name=name, sign=sign), "edit")
    if given.get("conversionRate") is not None:
        rate = SetExchangeRate(currency=code, valid_on=info.context.today, rate=given["conversionRate"])
        await ask(info, rate, "rate")
    return {"currency": code}


def _known(query: Query, code: str) -> Currency | None:
    return query.one(Currency, code)


MUTATIONS: Mapping[str, Mutation] = {"currencyUpdate": currency_update}
