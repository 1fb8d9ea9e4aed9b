"""The currencies that an organization offers to choose from."""

from avoir.app.reads.query import Query
from avoir.core.currency import SEEDED, Currency


def listed(query: Query, base: str) -> dict[str, Currency | None]:
    """The list by code: those that every organization begins with, the base currency, and its own.

    What nobody has called otherwise has no row.
    """
    rows = {row.code: row for row in query.rows(Currency, "", "ORDER BY t.created_at, t.code")}
    codes = dict.fromkeys((*SEEDED, base, *rows))
    return {code: rows.get(code) for code in codes if code == base or _stays(code, rows.get(code))}


def _stays(code: str, row: Currency | None) -> bool:
    return code in SEEDED if row is None else bool(row.listed)
