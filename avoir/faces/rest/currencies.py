"""Currencies: contract B's seeds and the organization's base (rest.md, 2.8)."""

from typing import Any

from avoir.core.currency import exponent
from avoir.core.organization import Organization
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.render import SEEDED, name_of, sign_of

FIRST_ID = 1000


async def index(call: Call) -> list[dict[str, Any]]:
    """The currencies that clients offer; documents may be in any of ISO 4217."""
    setup = call.caller.setup
    codes = dict.fromkeys((*SEEDED, setup.base_currency))
    return [
        _row(FIRST_ID + place, code, setup.base_currency, setup.organization)
        for place, code in enumerate(codes)
    ]


async def show(call: Call) -> dict[str, Any]:
    """One currency, by its code. Refuses `UnknownCurrency`."""
    setup, code = call.caller.setup, call.request.path_params["code"].upper()
    exponent(code)
    codes = list(dict.fromkeys((*SEEDED, setup.base_currency)))
    place = codes.index(code) if code in codes else len(codes)
    return _row(FIRST_ID + place, code, setup.base_currency, setup.organization)


def _row(id: int, code: str, base: str, organization: Organization) -> dict[str, Any]:
    return {
        "id": id,
        "currency_name": name_of(code),
        "currency_code": code,
        "currency_sign": sign_of(code),
        "created_at": organization.created_at,
        "updated_at": None,
        "is_base_currency": code == base,
    }
