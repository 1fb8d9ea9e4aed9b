"""Webhooks: which servers are told of changes, and what became of the messages. Our addition."""

from typing import Any

import msgspec

from avoir.app.reads import webhooks as reads
from avoir.app.reads.query import Query
from avoir.app.webhooks import (
    CreateWebhookEndpoint,
    DeleteWebhookEndpoint,
    EditWebhookEndpoint,
    RetryWebhook,
    SwitchWebhookEndpoint,
)
from avoir.core.errors import NotFound
from avoir.core.webhook_endpoint import OBJECTS, WebhookEndpoint
from avoir.core.webhook_event import WebhookEvent
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import flag, text, whole, words

MOST_ON_A_PAGE = 100
CREATE = Body(
    text("url", most=2000),
    words("entities"),
    text("entity", optional=True),
    text("secret", optional=True),
    text("authToken", optional=True),
)
TOGGLE = Body(flag("active", default=None))
DELIVERIES = Body(whole("page", least=1, default=1), whole("pageSize", least=1, default=12))


async def index(call: Call) -> list[dict[str, Any]]:
    """The servers that are told, oldest first."""
    return [_row(x) for x in await call.caller.read(reads.endpoints)]


async def show(call: Call) -> dict[str, Any]:
    """One server that is told. Refuses `NotFound`."""
    return _row(await _known(call))


async def create(call: Call) -> dict[str, Any]:
    """Tell a server of changes from now on; nobody is told its secret again.

    Refuses what `CreateWebhookEndpoint` refuses.
    """
    form, caller = call.form, call.caller
    once = None if call.key is None else f"{caller.identity.organization_id}/{call.key}/webhooks"
    secret = form["secret"] or caller.access.new_secret("whsec_", 40, once=once)
    command = CreateWebhookEndpoint(
        url=form["url"],
        signing_key=secret,
        auth_token=form["authToken"],
        types=_types(call),
    )
    return _row(await caller.ask(command)) | {"secret": secret}


async def edit(call: Call) -> dict[str, Any]:
    """Where a server is, and what it is told of; the rest stays. Refuses as `EditWebhookEndpoint` does."""
    form = call.form
    command = EditWebhookEndpoint(
        endpoint_id=call.id(),
        url=form["url"],
        types=_types(call),
        signing_key=form["secret"],
        auth_token=form["authToken"],
    )
    return _row(await call.caller.ask(command))


async def toggle(call: Call) -> dict[str, Any]:
    """Tell a server no more for a while, or again, of what happens from then on. Refuses `NotFound`."""
    command = SwitchWebhookEndpoint(endpoint_id=call.id(), active=call.form["active"])
    return _row(await call.caller.ask(command))


async def delete(call: Call) -> None:
    """Tell a server no more. Refuses `NotFound`."""
    await call.caller.ask(DeleteWebhookEndpoint(endpoint_id=call.id()))


async def deliveries(call: Call) -> dict[str, Any]:
    """What a server was told, newest first. Refuses `NotFound`."""
    url, page = (await _known(call)).url, call.query["page"]
    size = min(call.query["pageSize"], MOST_ON_A_PAGE)
    total, found = await call.caller.read(reads.deliveries, url, (page - 1) * size, size)
    pagination = {"total": total, "page": page, "page_size": size}
    return {"data": [_delivery(x) for x in found], "pagination": pagination}


async def retry(call: Call) -> dict[str, Any]:
    """Send a message again. Refuses `NotFound`, `WebhookPending`."""
    return _delivery(await call.caller.ask(RetryWebhook(webhook_event_id=call.id())))


def _types(call: Call) -> tuple[str, ...]:
    form = call.form
    named = form["entities"] or ((form["entity"],) if form["entity"] else ())
    return tuple(OBJECTS.get(entity, entity) for entity in named)


async def _known(call: Call) -> WebhookEndpoint:
    found: WebhookEndpoint | None = await call.caller.read(_endpoint, call.id())
    if found is None:
        raise NotFound("no such WebhookEndpoint", kind="WebhookEndpoint")
    return found


def _endpoint(query: Query, id: int) -> WebhookEndpoint | None:
    return query.one(WebhookEndpoint, id)


def _row(x: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": x.id,
        "url": x.url,
        "entities": list(x.subjects),
        "active": bool(x.active),
        "created_at": x.created_at,
        "updated_at": x.updated_at,
    }


def _delivery(x: WebhookEvent) -> dict[str, Any]:
    return {
        "id": x.id,
        "event_id": x.event_id,
        "url": x.url,
        "status": x.state,
        "attempts": x.attempts,
        "payload": x.payload,
        "headers": msgspec.json.decode(x.headers),
        "response_code": x.response_code or None,
        "response_body": x.response_body or None,
        "created_at": x.created_at,
        "updated_at": x.updated_at,
    }
