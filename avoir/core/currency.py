"""Currencies of ISO 4217 and their decimals. A test holds the table to the standard's own list."""

from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
        CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ
        GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
        MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
        RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
        UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS: dict[str, int] = {code: n for n, codes in _BY_DECIMALS.items() for code in codes.split()}

SEEDED = ("USD", "CAD", "EUR", "LYD", "GBP", "CNY", "AUD", "INR")
"""The currencies that every organization's list begins with (contract B)."""


class Currency(Row, frozen=True, gc=False):
    """A currency that an organization lists by its own name and sign, or has taken off its list."""

    TABLE, KEY = "currencies", ("organization_id", "code")
    organization_id: int
    code: str
    name: str
    sign: str
    listed: int
    created_at: str
    updated_at: str


class UnknownCurrency(Refusal):
    """The code is not an active currency of ISO 4217 with a minor unit."""

    code, kind = "unknown_currency", Kind.INVALID


class CurrencyMismatch(Refusal):
    """Two currencies do not mix in one document, payment or account."""

    code, kind = "currency_mismatch", Kind.INVALID


def exponent(currency: str) -> int:
    """The number of decimals of a currency (ISO 4217). Refuses `UnknownCurrency`."""
    decimals = EXPONENTS.get(currency)
    if decimals is None:
        raise UnknownCurrency("this is no active currency of ISO 4217", currency=currency)
    return decimals


def same_currency(one: str, other: str) -> None:
    """Refuses `CurrencyMismatch` unless both are the same."""
    if one != other:
        raise CurrencyMismatch(f"{one} and {other} do not mix here", one=one, other=other)
