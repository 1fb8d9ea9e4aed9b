"""The audit log: who did what, when, and what it changed. It is the events, which nobody can edit."""

from typing import Any

import msgspec

from avoir.app.reads.query import Query
from avoir.core.journal import Event

MOST = 1000
"""Records of one answer; `after` leads on."""


class Record(msgspec.Struct, frozen=True):
    """One event. `before` and `after` are the fields that changed; all of them, of what is new or gone."""

    id: int
    at: str
    actor: str
    topic: str
    kind: str
    subject_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class _Body(msgspec.Struct):
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_body = msgspec.json.Decoder(_Body)


def audit_of(query: Query, kind: str, subject_id: int) -> list[Record]:
    """All that happened to one thing, oldest first: `audit_of(query, "refund", 7)`.

    What has no id of its own (locks, series, rates) is kept under the organization's, by kind.
    """
    events = query.rows(
        Event, "t.subject_kind = :about AND t.subject_id = :id", "ORDER BY t.id", about=kind, id=subject_id
    )
    return [_record(event) for event in events]


def audit(
    query: Query,
    since: str = "",
    until: str = "",
    actor: str = "",
    topic: str = "",
    after: int = 0,
    most: int = 100,
) -> list[Record]:
    """What happened in the organization, oldest first, from the event behind `after` on.

    `since` and `until` are instants or their beginnings (2026-11-22), `until` excluded; `actor` is a person
    by any key of theirs (`user:7` finds `user:7 key:2`); `topic` is one, or a kind of thing (`refund`).
    """
    wanted = {
        "t.id > :after": after,
        "t.created_at >= :since": since,
        "t.created_at < :until": until,
        "(t.actor = :actor OR substr(t.actor, 1, CAST(:length AS INTEGER)) = :with_key)": actor,
        "(t.topic = :topic OR t.subject_kind = :topic)": topic,
    }
    events = query.rows(
        Event,
        " AND ".join(condition for condition, value in wanted.items() if value),
        "ORDER BY t.id LIMIT :most",
        after=after,
        since=since,
        until=until,
        actor=actor,
        with_key=f"{actor} ",
        length=len(actor) + 1,
        topic=topic,
        most=min(most, MOST),
    )
    return [_record(event) for event in events]


def _record(event: Event) -> Record:
    body = _body.decode(event.body)
    return Record(
        id=event.id,
        at=event.created_at,
        actor=event.actor,
        topic=event.topic,
        kind=event.subject_kind,
        subject_id=event.subject_id,
        before=body.before,
        after=body.after,
    )
