"""What was supplied inside the European Union without tax, for the buyer to pay it: by customer and month."""

import msgspec

from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_columns import key, money, text
from avoir.app.reads.graph_filter import Column, Columns, Type
from avoir.core.organization import DEFAULT_ENTITY

MEMBERS = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GR": "Greece",
    "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
}  # fmt: skip
"""The members of the European Union by their ISO 3166 codes. An address may have the one or the other."""
_ALSO = {"EL": "GR", "Czech Republic": "CZ"}


class IntracomRow(msgspec.Struct, frozen=True):
    """What a customer was charged in a month without tax, less credit notes, in minor units."""

    customer_id: int
    currency: str
    month: str  # YYYY-MM
    minor: int


def _countries() -> str:
    """Every way of writing a member, and its code."""
    said = {**{code: code for code in MEMBERS}, **{name: code for code, name in MEMBERS.items()}, **_ALSO}
    return " UNION ALL ".join(
        f"SELECT '{name.upper()}' AS said, '{code}' AS code" for name, code in sorted(said.items())
    )


def _documents(table: str, sign: str, more: str = "") -> str:
    return f"""SELECT t.customer_id, t.entity_id, t.currency, SUBSTR(t.issued_on, 1, 7) AS month,
        {sign}t.total_minor AS minor FROM {table} AS t
        WHERE t.organization_id = :o AND t.state = 'issued' AND t.tax_minor = 0 {more}"""


_TAX_NUMBER, _COUNTRY = "detail(c.details, 'taxNumber')", "detail(c.details, 'billingAddressCountry')"
_HOME = f"""CASE WHEN e.id <> {DEFAULT_ENTITY} OR detail(e.details, 'billingCountry') <> ''
    THEN detail(e.details, 'billingCountry') ELSE detail(o.details, 'location') END"""
INTRACOM_VATS = Listing(
    IntracomRow,
    "1 = 1",
    Columns(
        id=Column("t.month || '-' || CAST(t.customer_id AS TEXT) || '-' || t.currency", Type.TEXT),
        accountId=key("customer_id"),
        currencyId=text("currency"),
        month=Column("t.month || '-01'", Type.DAY),
        billingCountry=text("country"),
        taxNumber=text("tax_number"),
        totalAmount=money("t.minor"),
    ),
    source=f"""(SELECT c.organization_id, d.customer_id, d.currency, d.month, {_COUNTRY} AS country,
            {_TAX_NUMBER} AS tax_number, CAST(SUM(d.minor) AS BIGINT) AS minor
        FROM ({_documents("invoices", "", "AND t.kind = 'invoice'")}
            UNION ALL {_documents("credit_notes", "-")}) AS d
        JOIN customers AS c ON c.organization_id = :o AND c.id = d.customer_id
        JOIN entities AS e ON e.organization_id = :o AND e.id = d.entity_id
        JOIN ({_countries()}) AS theirs ON theirs.said = UPPER(TRIM({_COUNTRY}))
        JOIN organizations AS o ON o.organization_id = :o
        JOIN ({_countries()}) AS ours ON ours.said = UPPER(TRIM({_HOME}))
        WHERE {_TAX_NUMBER} <> '' AND theirs.code <> ours.code
        GROUP BY c.organization_id, d.customer_id, d.currency, d.month, c.details)""",
    key=("month", "customer_id", "currency"),
)
"""Businesses with a tax number in another member than the entity that sold to them, oldest month first.

Contract A, 4.7: the EU's reverse charge by month, from which the month's credit notes are taken off.
"""
