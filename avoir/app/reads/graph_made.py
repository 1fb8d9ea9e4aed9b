"""Contract A's lists of what Avoir keeps in no table of its own: a SELECT makes their rows."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_columns import TIMES, flag, instant, key, money, number, perhaps, state, text
from avoir.app.reads.graph_filter import Column, Columns, Type
from avoir.app.reads.graph_lists import (
    CREDIT_NOTES,
    INVOICE_STATE,
    INVOICES,
    NOTE_STATE,
    PAYMENT_STATE,
    PAYMENTS,
)
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import RECEIVABLES
from avoir.core.access import Client, Role
from avoir.core.credit_note import CreditNote
from avoir.core.currency import SEEDED, Currency
from avoir.core.invoice import Invoice
from avoir.core.organization import ExchangeRate
from avoir.core.payment import Payment
from avoir.core.rail import Gateway

ALL = "1 = 1"


class TransactionRow(msgspec.Struct, frozen=True):
    """A document as a transaction; the document itself is read by its own id."""

    id: int
    kind: str
    document_id: int
    created_at: str


KINDS: dict[str, type[Any]] = {"INVOICE": Invoice, "CREDIT_NOTE": CreditNote, "PAYMENT": Payment}
"""What a transaction may be, in the order of their numbers."""
_WAYS = len(KINDS) + 1


def transaction_id(kind: str, document_id: int) -> int:
    """The id of a document among all transactions."""
    return document_id * _WAYS + [*KINDS].index(kind) + 1


def transaction_at(id: int) -> tuple[str, int] | None:
    """The kind and id of the document that a transaction's id names."""
    document_id, way = divmod(id, _WAYS)
    return ([*KINDS][way - 1], document_id) if way and document_id > 0 else None


def _transactions(kind: str, number: int, shown: str, amount: str, state: str) -> str:
    return f"""SELECT t.organization_id, t.id * {_WAYS} + {number} AS id, '{kind}' AS kind,
        t.id AS document_id, t.created_at, t.customer_id, t.currency, t.number, t.{amount} AS amount_minor,
        {state} AS state FROM {KINDS[kind].TABLE} AS t WHERE t.organization_id = :o AND {shown}"""


TRANSACTIONS = Listing(
    TransactionRow,
    ALL,
    Columns(
        id=key("id"),
        accountId=key("customer_id"),
        kind=state("t.kind"),
        state=state("t.state"),
        createdAt=instant("created_at"),
        currencyId=text("currency"),
        number=text("number"),
        transactionableId=key("document_id"),
        amount=money("t.amount_minor"),
    ),
    source="({})".format(
        " UNION ALL ".join(
            (
                _transactions("INVOICE", 1, INVOICES.shown, "total_minor", INVOICE_STATE),
                _transactions("CREDIT_NOTE", 2, CREDIT_NOTES.shown, "total_minor", NOTE_STATE),
                _transactions("PAYMENT", 3, PAYMENTS.shown, "amount_minor", PAYMENT_STATE),
            )
        )
    ),
    key=("created_at", "id"),
)


class BalanceRow(msgspec.Struct, frozen=True):
    """What a customer owes in one currency, in its minor units; negative: is owed."""

    customer_id: int
    currency: str
    minor: int


def _balances(whose: str) -> str:
    return f"""(SELECT t.organization_id, t.customer_id, t.currency,
        CAST(SUM(t.debit_minor - t.credit_minor) AS BIGINT) AS minor FROM customer_balances AS t
        WHERE t.organization_id = :o AND {whose} AND t.account_id IN ({RECEIVABLES})
        GROUP BY t.organization_id, t.customer_id, t.currency)"""


BALANCES = Listing(
    BalanceRow,
    ALL,
    Columns(
        id=Column("CAST(t.customer_id AS TEXT) || '-' || t.currency", Type.TEXT),
        accountId=key("customer_id"),
        currencyId=text("currency"),
        balance=money("t.minor"),
    ),
    source=_balances(ALL),
    key=("customer_id", "currency"),
)


def balances_of(query: Query, customer_ids: Sequence[int]) -> list[BalanceRow]:
    """What some customers owe, by currency."""
    whose, params = query.among("t.customer_id", customer_ids)
    sql = f"SELECT t.customer_id, t.currency, t.minor FROM {_balances(whose)} AS t ORDER BY 1, 2"
    return [BalanceRow(*row) for row in query.all(sql, **params)]


class MonthRow(msgspec.Struct, frozen=True):
    """A month of the books. `closed` is 1 when nothing may be posted in it any more."""

    id: int
    year: int
    month: int
    closed: int


class CurrencyRow(msgspec.Struct, frozen=True):
    """A currency that somebody may use."""

    code: str
    name: str
    enabled: int


class TypeRow(msgspec.Struct, frozen=True):
    """What a customer is."""

    id: int
    code: str
    name: str


def given(rows: Iterable[msgspec.Struct]) -> str:
    """Rows that are at hand, as what stands behind FROM: texts of our own making, and numbers."""
    rows = [*rows]
    names = ", ".join(("organization_id", *rows[0].__struct_fields__))
    values = ", ".join(
        f"(:o, {', '.join(_literal(getattr(row, name)) for name in row.__struct_fields__)})" for row in rows
    )
    return f"(WITH g ({names}) AS (VALUES {values}) SELECT * FROM g)"


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'{}'".format(value.replace("'", "''"))


PERIODS = Listing(
    MonthRow,
    ALL,
    Columns(id=key("id"), year=key("year"), month=key("month"), closed=flag("t.closed")),
)
CURRENCIES = Listing(
    CurrencyRow,
    ALL,
    Columns(
        id=text("code"), isoCode=text("code"), name=text("name"), priority=number("0"),
        enabled=flag("t.enabled"),
    ),
    key=("code",),
)  # fmt: skip
TYPES = Listing(TypeRow, ALL, Columns(id=key("id"), code=text("code"), name=text("name")))

API_CLIENTS = Listing(
    Client,
    "t.tenancy_id = :tenancy AND t.deleted_at = ''",
    Columns(
        TIMES,
        id=key("id"),
        clientId=text("client_id"),
        name=text("name"),
        accessTokenExpiresIn=number("t.expires_in"),
        authorizationCodeEnabled=flag("t.code_grant"),
        clientCredentialsEnabled=flag("t.credentials_grant"),
        pkceEnabled=flag("t.pkce"),
        redirectUri=text("redirect_uri"),
        entityId=perhaps("entity_id"),
        ownerId=perhaps("owner_id"),
    ),
    directory=True,
)


class PersonRow(msgspec.Struct, frozen=True):
    """A user with their place in the organization."""

    id: int
    email: str
    first_name: str
    last_name: str
    created_at: str
    enabled: int
    role_id: int
    invited_at: str


USERS = Listing(
    PersonRow,
    "t.tenancy_id = :tenancy",
    Columns(
        id=key("id"),
        email=text("email"),
        firstName=text("first_name"),
        lastName=text("last_name"),
        fullName=Column("TRIM(t.first_name || ' ' || t.last_name)", Type.TEXT),
        name=Column("TRIM(t.first_name || ' ' || t.last_name)", Type.TEXT),
        createdAt=instant("created_at"),
        updatedAt=instant("created_at"),
        enabled=flag("t.enabled"),
        roleId=key("role_id"),
    ),
    source="""(SELECT u.organization_id, u.id, u.email, u.first_name, u.last_name, u.created_at, m.role_id,
        CASE WHEN u.active = 1 AND m.state = 'active' THEN 1 ELSE 0 END AS enabled, m.invited_at,
        m.tenancy_id FROM memberships AS m JOIN users AS u
        ON u.organization_id = m.organization_id AND u.id = m.user_id)""",
    directory=True,
)

OWNERS = USERS._replace(shown="t.tenancy_id = :tenancy AND t.enabled = 1")
"""Whom something can be given to."""

ROLES = Listing(
    Role,
    "t.tenancy_id = :tenancy",
    Columns(TIMES, id=key("id"), name=text("name")),
    directory=True,
)


def months(query: Query, today: str) -> list[MonthRow]:
    """The months from the first entry, or from this one, to this one; oldest first."""
    first = query.all("SELECT min(t.booked_on) FROM balances AS t WHERE t.organization_id = :o")[0][0]
    locked = query.all("SELECT t.lock_to FROM locks AS t WHERE t.organization_id = :o AND t.module = 'all'")
    lock_to = locked[0][0] if locked else ""
    this = _month(today)
    return [
        MonthRow(n // 12 * 100 + n % 12 + 1, n // 12, n % 12 + 1, int(lock_to >= _last_day(n)))
        for n in range(min(_month(first or today), this), this + 1)
    ]


def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _last_day(n: int) -> str:
    year, month = n // 12, n % 12 + 1
    return f"{year:04d}-{month:02d}-{monthrange(year, month)[1]:02d}"


def offered_currencies(query: Query, base: str) -> dict[str, Currency]:
    """The currencies that an organization offers, by code; those of its own list with their name and sign."""
    rows = {row.code: row for row in query.rows(Currency, "", "ORDER BY t.created_at, t.code")}
    offered = {
        code: rows.get(code) or Currency(query.organization_id, code, "", "", 1, "", "")
        for code in dict.fromkeys((*SEEDED, base, *rows))
    }
    return {code: row for code, row in offered.items() if row.listed or code == base}


def rates_on(query: Query, base: str, today: str) -> dict[str, ExchangeRate]:
    """The rate of each currency to a base currency that holds on a day."""
    rows = query.rows(
        ExchangeRate,
        "t.base_currency = :base AND t.valid_on <= :today",
        "ORDER BY t.valid_on",
        base=base,
        today=today,
    )
    return {row.currency: row for row in rows}


def roles_by_id(query: Query, tenancy_id: int) -> dict[int, Role]:
    """The roles of an organization, asked of the directory."""
    rows = query.rows(Role, "t.tenancy_id = :tenancy", tenancy=tenancy_id)
    return {row.id: row for row in rows}


def gateways(query: Query) -> list[Gateway]:
    """The gateways that an organization has set up, by name."""
    return query.rows(Gateway, "", "ORDER BY t.name")


def oldest_draft(query: Query, customer_id: int, until: str) -> Invoice | None:
    """The oldest draft of a customer dated until a day, or None."""
    found = query.rows(
        Invoice,
        "t.customer_id = :customer AND t.state = 'draft' AND t.issued_on <= :until",
        "ORDER BY t.issued_on, t.id LIMIT 1",
        customer=customer_id,
        until=until,
    )
    return found[0] if found else None


_BELOW = {
    "customer": {"invoice": "customer_id", "credit_note": "customer_id", "payment": "customer_id",
                 "refund": "customer_id", "dispute": "customer_id", "contact": "customer_id"},
    "invoice": {"credit_note": "invoice_id", "allocation": "invoice_id", "refund": "invoice_id"},
    "credit_note": {"allocation": "credit_note_id", "refund": "credit_note_id"},
    "payment": {"allocation": "payment_id", "refund": "payment_id", "dispute": "payment_id"},
}  # fmt: skip
"""What hangs on a thing of some kind, and the column that says on which."""


def about(kind: str, id: int) -> str:
    """The condition on events of a thing and of all that hangs on it. `id` is a number."""
    kind = kind if kind.isascii() and kind.replace("_", "").isalpha() else "nothing"
    of = [f"(t.subject_kind = '{kind}' AND t.subject_id = {int(id)})"]
    of += [
        f"""(t.subject_kind = '{below}' AND t.subject_id IN
        (SELECT b.id FROM {below}s AS b WHERE b.organization_id = :o AND b.{column} = {int(id)}))"""
        for below, column in _BELOW.get(kind, {}).items()
    ]
    return " OR ".join(of)
