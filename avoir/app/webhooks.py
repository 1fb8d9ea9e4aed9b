"""Webhooks: who is told, the messages that wait, and what became of them.

A message is a row before it is sent, so nothing is told that is not written down, and a worker may die
anywhere: what is pending is sent by the next one. A server may hear the same message twice.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits
from avoir.core.webhook_endpoint import (
    MOST_ATTEMPTS,
    WebhookEndpoint,
    WebhookPending,
    address,
    known_types,
)
from avoir.core.webhook_event import DEFAULT, DELIVERED, FAILED, PENDING, WebhookEvent

Needs = Iterator[tuple[type[Row], Any]]


class Message(msgspec.Struct, frozen=True):
    """A body to send, and the event that it tells of."""

    event_id: int
    body: str


class CreateWebhookEndpoint(Command, frozen=True, kw_only=True):
    """Tell a server of changes from now on. The key is the caller's; nobody is told it again."""

    ANSWER = WebhookEndpoint
    url: str
    signing_key: str
    auth_token: str = ""
    types: tuple[str, ...] = ()
    after: int | None = None  # The last event that it is not told of; left out, the last that there is.

    def decide(self, desk: Desk) -> WebhookEndpoint:
        """Refuses `BadWebhookUrl`, `UnknownWebhookType`, `TextTooLong`."""
        endpoint = WebhookEndpoint(
            organization_id=desk.organization_id,
            id=desk.next("webhook_endpoint"),
            url=address(fits(self.url, "url", 2000)),
            signing_key=fits(self.signing_key, "signingKey"),
            auth_token=fits(self.auth_token, "authToken", 2000),
            types=known_types(self.types),
            active=1,
            last_event=desk.last("event") if self.after is None else self.after,
            created_at=desk.now,
            updated_at=desk.now,
        )
        desk.tell("webhook_endpoint.created", desk.add(endpoint))
        return changed(
            endpoint, signing_key="", auth_token=""
        )  # An answer is kept; keys have their one place.


class EditWebhookEndpoint(Command, frozen=True, kw_only=True):
    """Where a server is, what it is told of and how it knows us; what is not given stays as it is."""

    ANSWER = WebhookEndpoint
    endpoint_id: int
    url: str
    types: tuple[str, ...] = ()
    signing_key: str = ""
    auth_token: str = ""

    def needs(self) -> Needs:
        yield WebhookEndpoint, self.endpoint_id

    def decide(self, desk: Desk) -> WebhookEndpoint:
        """Refuses `NotFound`, and what `CreateWebhookEndpoint` refuses."""
        old = desk.get(WebhookEndpoint, self.endpoint_id)
        endpoint = changed(
            old,
            url=address(fits(self.url, "url", 2000)),
            types=known_types(self.types) if self.types else old.types,
            signing_key=fits(self.signing_key, "signingKey") or old.signing_key,
            auth_token=fits(self.auth_token, "authToken", 2000) or old.auth_token,
            updated_at=desk.now,
        )
        desk.tell("webhook_endpoint.edited", desk.put(endpoint))
        return changed(endpoint, signing_key="", auth_token="")


class SwitchWebhookEndpoint(Command, frozen=True, kw_only=True):
    """Tell a server no more for a while, or again, of what happens from then on; not said, the other one."""

    ANSWER = WebhookEndpoint
    endpoint_id: int
    active: bool | None = None

    def needs(self) -> Needs:
        yield WebhookEndpoint, self.endpoint_id

    def decide(self, desk: Desk) -> WebhookEndpoint:
        """Refuses `NotFound`."""
        old = desk.get(WebhookEndpoint, self.endpoint_id)
        active = not old.active if self.active is None else self.active
        # What happened meanwhile it was not to hear, so it is not told of it afterwards.
        last = old.last_event if old.active else desk.last("event")
        endpoint = changed(old, active=int(active), last_event=last, updated_at=desk.now)
        desk.tell("webhook_endpoint.switched", desk.put(endpoint))
        return changed(endpoint, signing_key="", auth_token="")


class DeleteWebhookEndpoint(Command, frozen=True, kw_only=True):
    """Tell a server no more. What waits for it is not sent."""

    ANSWER = WebhookEndpoint
    endpoint_id: int

    def needs(self) -> Needs:
        yield WebhookEndpoint, self.endpoint_id

    def decide(self, desk: Desk) -> WebhookEndpoint:
        """Refuses `NotFound`."""
        endpoint = desk.get(WebhookEndpoint, self.endpoint_id)
        desk.remove(endpoint)
        desk.tell("webhook_endpoint.deleted", endpoint)
        return changed(endpoint, signing_key="", auth_token="")


class QueueWebhooks(Command, frozen=True, kw_only=True):
    """Write down what a server is to be told of the events from `after` up to `upto`."""

    ANSWER = int
    endpoint_id: int
    after: int
    upto: int
    messages: tuple[Message, ...]

    def needs(self) -> Needs:
        yield WebhookEndpoint, self.endpoint_id

    def decide(self, desk: Desk) -> int:
        """How many that were: none, if another worker was faster or the endpoint is gone. Refuses nothing."""
        endpoint = desk.find(WebhookEndpoint, self.endpoint_id)
        if endpoint is None or endpoint.last_event != self.after:
            return 0
        for message in self.messages:
            desk.add(
                WebhookEvent(
                    organization_id=desk.organization_id,
                    id=desk.next("webhook_event"),
                    event_id=message.event_id,
                    url=endpoint.url,
                    payload_type=DEFAULT,
                    payload=message.body,
                    headers="{}",
                    state=PENDING,
                    attempts=0,
                    response_code="",
                    response_body="",
                    created_at=desk.now,
                    updated_at=desk.now,
                )
            )
        desk.tell("webhook_endpoint.queued", endpoint)
        desk.put(changed(endpoint, last_event=self.upto, updated_at=desk.now))
        return len(self.messages)


class RecordWebhook(Command, frozen=True, kw_only=True):
    """What became of one attempt: `delivered`, or not; after the last attempt the message is given up."""

    ANSWER = WebhookEvent
    webhook_event_id: int
    delivered: bool
    response_code: str
    response_body: str
    headers: str = "{}"

    def needs(self) -> Needs:
        yield WebhookEvent, self.webhook_event_id

    def decide(self, desk: Desk) -> WebhookEvent:
        """Refuses `NotFound`."""
        event = desk.get(WebhookEvent, self.webhook_event_id)
        if event.state != PENDING:
            return event  # Another worker has told it meanwhile.
        attempts = event.attempts + 1
        state = DELIVERED if self.delivered else FAILED if attempts >= MOST_ATTEMPTS else PENDING
        desk.tell(f"webhook_event.{'attempted' if state == PENDING else state}", event)
        return desk.put(
            changed(
                event,
                state=state,
                attempts=attempts,
                headers=self.headers,
                response_code=fits(self.response_code, "responseCode"),
                response_body=self.response_body[:LONG],
                updated_at=desk.now,
            )
        )


class RetryWebhook(Command, frozen=True, kw_only=True):
    """Send a message again, with all its attempts before it."""

    ANSWER = WebhookEvent
    webhook_event_id: int

    def needs(self) -> Needs:
        yield WebhookEvent, self.webhook_event_id

    def decide(self, desk: Desk) -> WebhookEvent:
        """Refuses `NotFound`, `WebhookPending`."""
        event = desk.get(WebhookEvent, self.webhook_event_id)
        if event.state == PENDING:
            raise WebhookPending("the message is still to be sent", webhookEventId=event.id)
        desk.tell("webhook_event.retried", event)
        return desk.put(changed(event, state=PENDING, attempts=0, updated_at=desk.now))
