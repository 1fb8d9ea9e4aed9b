"""Currencies: the organization's list, by name and sign (rest.md, 2.8)."""

from typing import Any

from avoir.app.currencies import AddCurrency, EditCurrency, RemoveCurrency
from avoir.app.reads.currencies import listed
from avoir.app.reads.query import Query
from avoir.core.currency import SEEDED, Currency, exponent
from avoir.faces.render import name_of, sign_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import text

FIRST_ID, FIRST_OF_OTHERS, LETTERS = 1000, 2000, 26

CREATE = Body(text("currencyName"), text("currencyCode"), text("currencySign"))
EDIT = Body(text("currencyName"), text("currencySign"))


async def index(call: Call) -> list[dict[str, Any]]:
    """The currencies that clients offer; documents may be in any of ISO 4217."""
    found = await call.caller.read(listed, call.style.base)
    return [_row(code, row, call) for code, row in found.items()]


async def show(call: Call) -> dict[str, Any]:
    """One currency, by its code. Refuses `UnknownCurrency`."""
    code, found = _code(call), await call.caller.read(listed, call.style.base)
    if code not in found:
        exponent(code)
    return _row(code, found.get(code) or await call.caller.read(_row_of, code), call)


async def create(call: Call) -> dict[str, Any]:
    """Put a currency into the list. Refuses what `AddCurrency` refuses."""
    form = call.form
    command = AddCurrency(currency=form["currencyCode"], name=form["currencyName"], sign=form["currencySign"])
    row = await call.caller.ask(command)
    return _row(row.code, row, call)


async def edit(call: Call) -> dict[str, Any]:
    """Call a listed currency otherwise. Refuses what `EditCurrency` refuses."""
    form = call.form
    command = EditCurrency(currency=_code(call), name=form["currencyName"], sign=form["currencySign"])
    row = await call.caller.ask(command)
    return _row(row.code, row, call)


async def delete(call: Call) -> None:
    """Take a currency off the list. Refuses what `RemoveCurrency` refuses."""
    await call.caller.ask(RemoveCurrency(currency=_code(call)))


def _row_of(query: Query, code: str) -> Currency | None:
    return query.one(Currency, code)


def _row(code: str, row: Currency | None, call: Call) -> dict[str, Any]:
    organization = call.caller.setup.organization
    return {
        "id": id_of_code(code),
        "currency_name": (row and row.name) or name_of(code),
        "currency_code": code,
        "currency_sign": (row and row.sign) or sign_of(code),
        "created_at": row.created_at if row else organization.created_at,
        "updated_at": row.updated_at if row else None,
        "is_base_currency": code == call.style.base,
    }


def _code(call: Call) -> str:
    """The currency that the address names, by its code or its id."""
    named: str = call.request.path_params["code"].upper()
    number = int(named) if named.isascii() and named.isdecimal() and len(named) < 6 else 0
    if FIRST_ID <= number < FIRST_ID + len(SEEDED):
        return SEEDED[number - FIRST_ID]
    if FIRST_OF_OTHERS <= number < FIRST_OF_OTHERS + LETTERS**3:
        rest, last = divmod(number - FIRST_OF_OTHERS, LETTERS)
        return "".join(chr(ord("A") + place) for place in (*divmod(rest, LETTERS), last))
    return named


def id_of_code(code: str) -> int:
    """A number for a currency, always the same: contract B's clients edit by it."""
    if code in SEEDED:
        return FIRST_ID + SEEDED.index(code)
    number = 0
    for letter in code:
        number = number * LETTERS + ord(letter) - ord("A")
    return FIRST_OF_OTHERS + number
