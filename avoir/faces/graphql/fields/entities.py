"""Entity and Currency."""

from collections.abc import Mapping
from typing import Any

import msgspec
from babel import Locale

from avoir.core.money import unscaled
from avoir.core.organization import Entity, ExchangeRate, Series
from avoir.faces.graphql.fields.common import Fields, Resolver, always, many, of, some
from avoir.faces.graphql.fields.iso_numeric import NUMBERS
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

SERIES = Batch(Series, "entity_id", "t.kind = 'invoice'")
LOCALE = Locale("en")


async def _series(entity: Entity, info: Info) -> Series | None:
    """None of an entity that was just deleted."""
    series: list[Series] = await many(info, SERIES, entity.id)
    return series[0] if series else None


async def _prefix(entity: Entity, info: Info) -> str | None:
    series = await _series(entity, info)
    return series.prefix if series else None


async def _sequence(entity: Entity, info: Info) -> int | None:
    series = await _series(entity, info)
    return series.next_number if series else None


def _fiscal_year_start(entity: Entity, info: Info) -> int | None:
    month = info.context.caller.setup.organization.fiscal_year.title()
    names = list(LOCALE.months["format"]["wide"].values())
    return names.index(month) if month in names else None


def _timezone(entity: Entity, info: Info) -> str:
    return info.context.caller.setup.organization.timezone


DETAILS: Mapping[str, Any] = {
    **dict.fromkeys(
        (
            "abbreviation",
            "accentColor",
            "billingCity",
            "billingCountry",
            "billingState",
            "billingStreet",
            "billingZip",
            "brandColor",
            "customerServiceEmail",
            "emailSenderName",
            "fax",
            "phone",
            "privacyUrl",
            "quoteNumberPrefix",
            "refundPolicyUrl",
            "taxType",
            "termsUrl",
            "timezone",
            "website",
        ),
        str | None,
    ),
    "disputeSubscriptionAction": str | None,
    "emailTemplate": str | None,
    "fiscalYearStartMonth": int | None,
    "hideZeroQuoteCharges": bool | None,
    "quoteNumberSeq": int | None,
}
"""What an entity keeps that no law reads, and of which type it is."""


def _detail(name: str, otherwise: Resolver) -> Resolver:
    def resolve(entity: Entity, info: Info) -> Any:
        kept = msgspec.json.decode(entity.details).get(name)
        return otherwise(entity, info) if kept is None else kept

    return resolve


PLACE: Mapping[str, str] = {
    "billingCity": "city",
    "billingState": "state_province",
    "billingStreet": "address_1",
    "billingZip": "postal_code",
    "phone": "phone",
}
"""What an entity says of where it is, and what contract B calls it in an organization's address."""


def _of_organization(name: str) -> Resolver:
    """What was said of the organization through contract B, which has one entity: the default one."""

    def resolve(entity: Entity, info: Info) -> Any:
        setup = info.context.caller.setup
        if entity.id != setup.entity.id:
            return None
        details = msgspec.json.decode(setup.organization.details)
        if name == "billingCountry":
            return details.get("location") or None
        address = details.get("address")
        return (address.get(PLACE[name]) or None) if isinstance(address, dict) else None

    return resolve


ENTITY: Fields = {
    **dict.fromkeys(("invoicesImageUrl", "quotesImageUrl", "topNavImageUrl", "tzOffset"), always(None)),
    **{name: _detail(name, always(None)) for name in DETAILS},
    **{name: _detail(name, _of_organization(name)) for name in ("billingCountry", *PLACE)},
    "abbreviation": _detail("abbreviation", of("name")),
    "baseCurrencyId": of("base_currency"),
    "createdAt": of("created_at"),
    "disputeInvoiceAction": lambda entity, info: entity.dispute_action.upper(),
    "disputeSubscriptionAction": _detail("disputeSubscriptionAction", always("DO_NOTHING")),
    "emailTemplate": _detail("emailTemplate", always("")),
    "fiscalYearStartMonth": _detail("fiscalYearStartMonth", _fiscal_year_start),
    "id": of("id"),
    "invoiceNumberPrefix": _prefix,
    "invoiceNumberSeq": _sequence,
    "isDefault": lambda entity, info: entity.id == info.context.caller.setup.entity.id,
    "name": of("name"),
    "taxId": some("tax_number"),
    "timezone": _detail("timezone", _timezone),
    "tzIdentifier": _timezone,
    "updatedAt": lambda entity, info: entity.updated_at or entity.created_at,
}


async def _name(code: str, info: Info) -> str:
    offered = (await info.context.currencies()).get(code)
    return offered.name if offered and offered.name else name_of(code)


def name_of(code: str) -> str:
    """What a currency is called in English."""
    return str(LOCALE.currencies.get(code, code))


def _code(code: str, info: Info) -> str:
    return code


def symbol(code: str, info: Info) -> Any:
    """The sign of a currency, if it has one."""
    return LOCALE.currency_symbols.get(code)


async def _symbol(code: str, info: Info) -> Any:
    offered = (await info.context.currencies()).get(code)
    return offered.sign if offered and offered.sign else symbol(code, info)


async def _enabled(code: str, info: Info) -> bool:
    """Whether the organization offers it. Documents may be in any currency of ISO 4217."""
    return code in await info.context.currencies()


async def _rate(code: str, info: Info) -> Any:
    """What one unit is worth in the base currency today, if a rate is known."""
    if code == info.context.caller.setup.base_currency:
        return 1
    rate: ExchangeRate | None = (await info.context.rates()).get(code)
    return unscaled(rate.rate_nano, 9) if rate else None


async def _conversion(code: str, info: Info) -> str | None:
    return "fixed" if await _rate(code, info) is not None else None


CURRENCY: Fields = {
    "conversionRate": _rate,
    "conversionType": _conversion,
    "enabled": _enabled,
    "id": _code,
    "isoCode": _code,
    "isoNumeric": lambda code, info: NUMBERS.get(code),
    "name": _name,
    "priority": always(0),
    "symbol": _symbol,
    "symbolFirst": always(True),
}
"""A currency is its code."""
