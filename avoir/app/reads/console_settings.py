"""What the console's settings show: locks, series, rates, taxes, reasons, branches, policy; the audit log."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from avoir.app.reads.console import SIZE, Conditions, Page, few, page
from avoir.app.reads.query import Query
from avoir.core.currency import exponent
from avoir.core.customer import DisputeReason
from avoir.core.journal import Event
from avoir.core.money import major_of, unscaled
from avoir.core.organization import ApprovalPolicy, Branch, Entity, ExchangeRate, Lock, Series
from avoir.core.rail import Gateway
from avoir.core.tax import TaxRate

MOST_RATES = 200
SCALES = {"micro": 6, "nano": 9}
"""Fields that hold numbers with so many places, by the end of their name."""
NEXT_SUBJECT = "SELECT min(t.subject_kind) FROM events AS t WHERE t.organization_id = :o {}"
Span = tuple[str, str]


class Settings(msgspec.Struct, frozen=True):
    """Everything that an organization has set."""

    entities: list[Entity]
    branches: list[Branch]
    series: list[Series]
    taxes: list[TaxRate]
    reasons: list[DisputeReason]
    rates: list[ExchangeRate]
    gateways: list[Gateway]
    policy: ApprovalPolicy | None


class Change(msgspec.Struct, frozen=True):
    """One field of a thing, before and after; empty where it was not there."""

    field: str
    before: str
    after: str


class Told(msgspec.Struct, frozen=True):
    """One event of the audit log, and what it changed."""

    event: Event
    changes: list[Change]


def locks(query: Query) -> dict[str, Lock]:
    """The locks by module."""
    return {each.module: each for each in query.rows(Lock)}


def settings(query: Query) -> Settings:
    """Everything at once: it is little."""
    policies = query.rows(ApprovalPolicy)
    return Settings(
        query.rows(Entity, "", "ORDER BY t.id"),
        query.rows(Branch, "", "ORDER BY t.id"),
        query.rows(Series, "", "ORDER BY t.entity_id, t.kind"),
        query.rows(TaxRate, "", "ORDER BY t.id"),
        query.rows(DisputeReason, "", "ORDER BY t.active DESC, t.name"),
        query.rows(ExchangeRate, "", "ORDER BY t.valid_on DESC, t.currency LIMIT :most", most=MOST_RATES),
        query.rows(Gateway, "", "ORDER BY t.name"),
        policies[0] if policies else None,
    )


def audit(query: Query, topic: str, actor: str, span: Span, number: int, size: int = SIZE) -> Page:
    """A page of the audit log, newest first; `span` is from an instant to another, either may be empty."""
    where = Conditions("1 = 1")
    if span[0]:
        where.add("t.created_at >= :since", since=span[0])
    if span[1]:
        where.add("t.created_at < :until", until=span[1])
    if actor:
        where.add("t.actor = :actor OR t.actor LIKE :more", actor=actor, more=f"{actor} %")
    if topic:
        about = Conditions("t.subject_kind = :topic", topic=topic)
        # What is rare is looked up; of what is not, the newest are soon met with on the way back through all.
        rare = few(query, Event, about) is not None
        where.add("t.subject_kind = :topic" if rare else "(t.subject_kind = :topic) = (1 = 1)", topic=topic)
    whole = len(where.each) == 1
    total = query.standing(Event) if whole else few(query, Event, where)
    found = page(query, Event, where, "t.id DESC", number, size, total=total)
    bases = {entity.id: entity.base_currency for entity in query.rows(Entity)}
    return msgspec.structs.replace(found, rows=[Told(each, changes_of(each, bases)) for each in found.rows])


def subjects(query: Query) -> list[str]:
    """What the audit log tells of."""
    # From each to the next one, by the index of what events are about.
    rows = query.all(
        f"""WITH RECURSIVE k (kind) AS (
            {NEXT_SUBJECT.format("")} UNION ALL
            SELECT ({NEXT_SUBJECT.format("AND t.subject_kind > k.kind")}) FROM k WHERE k.kind IS NOT NULL
        ) SELECT k.kind FROM k WHERE k.kind IS NOT NULL ORDER BY 1"""
    )
    return [kind for (kind,) in rows]


def changes_of(event: Event, bases: Mapping[int, str]) -> list[Change]:
    """What was before and is after, field by field; amounts in major units. `bases`: currencies by entity."""
    body = msgspec.json.decode(event.body)
    before, after = body.get("before") or {}, body.get("after") or {}
    own, entity = after.get("currency") or before.get("currency"), after.get("entity_id") or 0
    fields = (field for field in dict.fromkeys((*before, *after)) if field != "organization_id")
    found = []
    for field in fields:
        currency = bases.get(entity) if field.startswith("base_") else own
        was, now = (_said(field, each.get(field), currency) for each in (before, after))
        if was != now:
            found.append(Change(_named(field), was, now))
    return found


def _named(field: str) -> str:
    name, _, unit = field.rpartition("_")
    return name if unit in ("minor", *SCALES) else field


def _said(field: str, value: object, currency: str | None) -> str:
    # Of a new thing only what it says: neither empty texts nor the zeros of what did not happen.
    if value is None or value == 0:
        return ""
    unit = field.rpartition("_")[2]
    if isinstance(value, int) and unit in SCALES:
        return str(unscaled(value, SCALES[unit]))
    if isinstance(value, int) and unit == "minor" and currency:
        return f"{Decimal(major_of(value, currency)):.{exponent(currency)}f} {currency}"
    return str(value)
