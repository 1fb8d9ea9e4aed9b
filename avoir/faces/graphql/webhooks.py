"""Webhooks: who is told, and messages sent again or on trial."""

from collections.abc import Mapping
from typing import Any

from avoir.app.reads import webhooks
from avoir.app.webhooks import CreateWebhookEndpoint, DeleteWebhookEndpoint, RetryWebhook
from avoir.core.webhook_endpoint import WebhookEndpoint, address
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.envelope import body_of
from avoir.faces.graphql.fields.common import Fields, of
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info
from avoir.faces.herald import headers_of
from avoir.gateways.webhook import send

TRIAL_SECONDS = 5
"""Contract A, 4.11."""


async def webhook_endpoints(info: Info, args: Args) -> list[WebhookEndpoint]:
    """The organization's endpoints."""
    return await info.context.caller.read(webhooks.endpoints)


async def create(info: Info, args: Args) -> Payload:
    given, caller = args["attributes"], info.context.caller
    once = None if caller.key is None else f"{caller.identity.organization_id}/{caller.key}/{info.path.key}"
    key = given.get("signingKey") or caller.access.new_secret("whsec_", 40, once=once)
    command = CreateWebhookEndpoint(
        url=given["url"],
        signing_key=key,
        auth_token=given.get("authToken") or "",
        types=tuple(given.get("types") or ()),
    )
    return {"webhookEndpoint": await ask(info, command), "signingKey": key}


async def delete(info: Info, args: Args) -> Payload:
    return {"webhookEndpoint": await ask(info, DeleteWebhookEndpoint(endpoint_id=identifier(args["id"])))}


async def retry(info: Info, args: Args) -> Payload:
    return {"webhookEvent": await ask(info, RetryWebhook(webhook_event_id=identifier(args["id"])))}


async def trial(info: Info, args: Args) -> Payload:
    """Nothing is written down of it: it tells of nothing."""
    body = (args.get("customPayload") or body_of(args.get("payloadType") or "Test", {})).encode()
    headers = headers_of(body, args.get("signingKey") or "", args.get("authToken") or "")
    private = info.context.caller.access.private_webhooks
    reply = await send(address(args["url"]), body, headers, seconds=TRIAL_SECONDS, private=private)
    return {"success": reply.good, "message": reply.body or (f"HTTP {reply.code}" if reply.code else None)}


WEBHOOK_ENDPOINT: Fields = {
    "active": lambda endpoint, info: bool(endpoint.active),
    "createdAt": of("created_at"),
    "id": of("id"),
    "types": lambda endpoint, info: endpoint.types.split(),
    "updatedAt": of("updated_at"),
    "url": of("url"),
}

QUERIES: Mapping[str, Any] = {"webhookEndpoints": webhook_endpoints}
MUTATIONS: Mapping[str, Mutation] = {
    "testWebhook": trial,
    "webhookEndpointCreate": create,
    "webhookEndpointDelete": delete,
    "webhookEventRetry": retry,
}
