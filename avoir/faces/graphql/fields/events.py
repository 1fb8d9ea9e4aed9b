"""Event and EventDetail: the audit log in contract A's words."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from babel.dates import format_datetime, format_timedelta

from avoir.core.journal import Event
from avoir.faces.graphql.fields.common import MOST_INT, Fields, of
from avoir.faces.graphql.request import Info

SAID_IN_A = {"account": "FinancialAccount", "customer": "Account", "organization": "Warren"}
"""Contract A's words for the kinds of our events, where they differ."""
BLANK = (None, "")


def object_type(kind: str) -> str:
    """Contract A's word for a kind of thing that events tell of."""
    return SAID_IN_A.get(kind) or "".join(word.title() for word in kind.split("_"))


def kind_of(object_type: str) -> str:
    """The kind of thing that a word of contract A means."""
    ours = {theirs.lower(): kind for kind, theirs in SAID_IN_A.items()}
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in object_type)
    return ours.get(object_type.replace("_", "").lower()) or snake.lstrip("_").lower()


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event.created_at)


def _formatted(event: Event, info: Info) -> str:
    return format_datetime(_at(event).astimezone(info.context.caller.zone), "medium", locale="en")


def _ago(event: Event, info: Info) -> str:
    return str(format_timedelta(_at(event) - datetime.now(UTC), add_direction=True, locale="en"))


def _verb(event: Event) -> str:
    return event.topic.rpartition(".")[2].replace("_", " ")


def _short(event: Event, info: Info) -> str:
    return f"{object_type(event.subject_kind)} {_verb(event)}"


def _described(event: Event, info: Info) -> str:
    return f"{object_type(event.subject_kind)} {event.subject_id} {_verb(event)}"


def _long(event: Event, info: Info) -> str:
    changed = ", ".join(change.attribute for change in changes(event))
    return f"{_described(event, info)} by {event.actor}" + (f": {changed}" if changed else "")


def _query_name(event: Event, info: Info) -> str:
    name = object_type(event.subject_kind)
    return name[0].lower() + name[1:]


def _uuid(event: Event, info: Info) -> str:
    """The same each time: an event has a number, and no uuid of its own."""
    named = f"{event.organization_id}/{event.id}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, named))


EVENT: Fields = {
    "actor": of("actor"),
    "description": _described,
    "eventTimestamp": of("created_at"),
    "eventTimestampFormatted": _formatted,
    "eventTypeId": lambda event, info: crc32(event.topic.encode()) & MOST_INT,
    "id": of("id"),
    "longDescription": _long,
    "objectType": lambda event, info: object_type(event.subject_kind),
    "payload": lambda event, info: body_of(event),
    "queryName": _query_name,
    "queryType": lambda event, info: object_type(event.subject_kind),
    "severity": lambda event, info: "info",
    "shortDescription": _short,
    "shortForm": of("topic"),
    "target": lambda event, info: f"{object_type(event.subject_kind)} {event.subject_id}",
    "timeAgo": _ago,
    "uuid": _uuid,
}


class Change(NamedTuple):
    """One field that an event changed."""

    attribute: str
    was: str | None
    now: str | None


class Held(NamedTuple):
    """One field of the subject as it is after an event."""

    header: str
    content: str


def body_of(event: Event) -> Mapping[str, Any]:
    """What an event tells: the subject before, and after."""
    body: Mapping[str, Any] = msgspec.json.decode(event.body)
    return body


def changes(event: Event) -> list[Change]:
    """What an event changed, field by field."""
    body = body_of(event)
    before, after = body.get("before") or {}, body.get("after") or {}
    return [
        Change(name, _said(before.get(name)), _said(after.get(name)))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def _items(event: Event, info: Info) -> list[Held]:
    after = body_of(event).get("after") or {}
    return [Held(name, _said(value) or "") for name, value in after.items() if value not in BLANK]


def _said(value: Any) -> str | None:
    if value in BLANK:
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


EVENT_DETAIL: Fields = {
    "eventDetailChanges": lambda event, info: changes(event),
    "eventDetailItems": _items,
    "id": of("id"),
}
EVENT_DETAIL_CHANGE: Fields = {
    "attribute": of("attribute"),
    "changedFrom": of("was"),
    "changedTo": of("now"),
}
EVENT_DETAIL_ITEM: Fields = {"content": of("content"), "header": of("header")}
