"""View, WebhookEvent, Period, AccountType and what a search finds: small things of the house."""

from typing import Any

import msgspec
from babel import Locale

from avoir.app.reads.graph_made import MonthRow
from avoir.core.webhook_event import WebhookEvent
from avoir.faces.graphql.fields.common import Fields, always, of, some
from avoir.faces.graphql.fields.users import warren_id
from avoir.faces.graphql.request import Info

MONTHS = Locale("en").months["format"]["wide"]


def _opened(row: Any, info: Info) -> str:
    return info.context.caller.setup.organization.created_at


VIEW: Fields = {
    "columns": some("columns"),
    "conditions": some("conditions"),
    "id": of("id"),
    "isDefault": lambda view, info: bool(view.is_default),
    "name": of("name"),
    "obj": of("object"),
    "sortBy": some("sort_by"),
    "sortOrder": some("sort_order"),
    "userId": of("owner"),
}


def _headers(event: WebhookEvent, info: Info) -> Any:
    return msgspec.json.decode(event.headers) if event.headers else None


WEBHOOK_EVENT: Fields = {
    "createdAt": of("created_at"),
    "headers": _headers,
    "id": of("id"),
    "payload": of("payload"),
    "payloadType": of("payload_type"),
    "responseBody": some("response_body"),
    "responseCode": some("response_code"),
    "updatedAt": of("updated_at"),
    "url": of("url"),
}


def _month_name(month: MonthRow, info: Info) -> str:
    return str(MONTHS[month.month])


PERIOD: Fields = {
    "closed": lambda month, info: bool(month.closed),
    "createdAt": _opened,
    "id": of("id"),
    "month": of("month"),
    "monthName": _month_name,
    "updatedAt": _opened,
    "warrenId": warren_id,
    "year": of("year"),
}

ACCOUNT_TYPE: Fields = {
    "code": of("code"),
    "createdAt": _opened,
    "id": of("id"),
    "name": of("name"),
    "updatedAt": _opened,
}

SEARCH_RESULT: Fields = {
    "content": of("content"),
    "id": of("id"),
    "model": of("model"),
    "objUpdatedAt": of("updated_at"),
}
PRICE_TIER: Fields = {name: always(None) for name in ("ends", "price", "starts")}
