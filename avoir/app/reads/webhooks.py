"""What webhooks have still to tell: endpoints with news, and messages that wait, in every organization."""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.webhook_endpoint import WebhookEndpoint
from avoir.core.webhook_event import WebhookEvent


class Waiting(msgspec.Struct, frozen=True):
    """A message that is to be sent, and the keys to send it with. Without an endpoint it is given up."""

    organization_id: int
    id: int
    url: str
    payload: str
    signing_key: str
    auth_token: str
    known: int


class News(msgspec.Struct, frozen=True):
    """The last change of a thing among the events that an endpoint has not been told of."""

    event_id: int
    subject_kind: str
    subject_id: int


def endpoints_of_all(query: Query, after: tuple[int, int], most: int) -> list[WebhookEndpoint]:
    """The active endpoints behind one (organization, id), in that order, in every organization."""
    columns = ", ".join(f"t.{name}" for name in WebhookEndpoint.__struct_fields__)
    found = query.all(
        f"""SELECT {columns} FROM webhook_endpoints AS t
        WHERE t.active = 1 AND (t.organization_id, t.id) > (:organization, :id)
        ORDER BY t.organization_id, t.id LIMIT :most""",
        organization=after[0], id=after[1], most=most,
    )  # fmt: skip
    return [WebhookEndpoint(*row) for row in found]


def endpoints(query: Query) -> list[WebhookEndpoint]:
    """The organization's endpoints, oldest first."""
    return query.rows(WebhookEndpoint, "", "ORDER BY t.id")


def deliveries(query: Query, url: str, skip: int, most: int) -> tuple[int, list[WebhookEvent]]:
    """How many messages went to an address, and some of them, newest first."""
    ((total,),) = query.all(
        "SELECT count(*) FROM webhook_events AS t WHERE t.organization_id = :o AND t.url = :url",
        o=query.organization_id, url=url,
    )  # fmt: skip
    order = "ORDER BY t.id DESC LIMIT :most OFFSET :skip"
    return int(total), query.rows(WebhookEvent, "t.url = :url", order, url=url, most=most, skip=skip)


def news(query: Query, after: int, subjects: tuple[str, ...], most: int) -> list[News]:
    """What changed behind an event, oldest first: each thing once, by its last change of the first `most`."""
    kinds = ", ".join(f"'{each}'" for each in subjects)
    found = query.all(
        f"""SELECT t.id, t.subject_kind, t.subject_id FROM events AS t
        WHERE t.organization_id = :o AND t.id > :after AND t.subject_kind IN ({kinds})
        ORDER BY t.id LIMIT :most""",
        o=query.organization_id, after=after, most=most,
    )  # fmt: skip
    last = {(kind, id): event for event, kind, id in found}
    return sorted((News(event, kind, id) for (kind, id), event in last.items()), key=lambda x: x.event_id)


def waiting(query: Query, after: tuple[int, int], most: int) -> list[Waiting]:
    """The messages that wait behind one (organization, id), in that order, in every organization."""
    found = query.all(
        """SELECT t.organization_id, t.id, t.url, t.payload, coalesce(e.signing_key, ''),
            coalesce(e.auth_token, ''), CASE WHEN e.id IS NULL THEN 0 ELSE 1 END
        FROM webhook_events AS t
        LEFT JOIN webhook_endpoints AS e ON e.organization_id = t.organization_id
            AND e.id = (SELECT min(f.id) FROM webhook_endpoints AS f
                        WHERE f.organization_id = t.organization_id AND f.url = t.url)
        WHERE t.state = 'pending' AND (t.organization_id, t.id) > (:organization, :id)
        ORDER BY t.organization_id, t.id LIMIT :most""",
        organization=after[0], id=after[1], most=most,
    )  # fmt: skip
    return [Waiting(*row) for row in found]


def webhook_event(query: Query, id: int) -> WebhookEvent | None:
    """A message by its number."""
    return query.one(WebhookEvent, id)
