"""What the console's settings show: locks, series, rates, taxes, reasons, branches, policy; the audit log."""

import msgspec

from avoir.app.reads.console import SIZE, Conditions, Page, page
from avoir.app.reads.query import Query
from avoir.core.customer import DisputeReason
from avoir.core.journal import Event
from avoir.core.organization import ApprovalPolicy, Branch, Entity, ExchangeRate, Lock, Series
from avoir.core.rail import Gateway
from avoir.core.tax import TaxRate

MOST_RATES = 200


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


def audit(query: Query, topic: str, actor: str, number: int, size: int = SIZE) -> Page:
    """A page of the audit log, newest first."""
    where = Conditions("1 = 1")
    if topic:
        where.add("t.subject_kind = :topic", topic=topic)
    if actor:
        where.add("t.actor = :actor OR t.actor LIKE :more", actor=actor, more=f"{actor} %")
    found = page(query, Event, where, "t.id DESC", number, size)
    return msgspec.structs.replace(found, rows=[Told(each, changes_of(each)) for each in found.rows])


def subjects(query: Query) -> list[str]:
    """What the audit log tells of."""
    rows = query.all(
        "SELECT DISTINCT t.subject_kind FROM events AS t WHERE t.organization_id = :o ORDER BY 1"
    )
    return [kind for (kind,) in rows]


def changes_of(event: Event) -> list[Change]:
    """What was before and is after, field by field."""
    body = msgspec.json.decode(event.body)
    before, after = body.get("before") or {}, body.get("after") or {}
    return [
        Change(field, _said(before.get(field)), _said(after.get(field)))
        for field in dict.fromkeys((*before, *after))
        if field != "organization_id" and _said(before.get(field)) != _said(after.get(field))
    ]


def _said(value: object) -> str:
    # Of a new thing only what it says: neither empty texts nor the zeros of what did not happen.
    return "" if value is None or value == 0 else str(value)
