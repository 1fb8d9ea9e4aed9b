"""Webhook endpoints: which servers are told of what, and what they are told by way of which message."""

from urllib.parse import urlsplit

from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

MOST_ATTEMPTS = 2
"""A message is sent so often at most (contract A, 4.11)."""

OBJECTS = {
    "account": "FinancialAccount",
    "contact": "Contact",
    "credit_note": "CreditNote",
    "customer": "Account",
    "dispute": "Dispute",
    "dispute_reason": "DisputeReason",
    "entity": "Entity",
    "invoice": "Invoice",
    "payment": "Payment",
    "refund": "Refund",
}
"""What messages tell of: our thing, and the type that contract A calls it."""


class WebhookEndpoint(Row, frozen=True, gc=False):
    """A server that is told of changes. `last_event` is the event up to which messages were written."""

    TABLE, SECRETS = "webhook_endpoints", ("signing_key", "auth_token")
    organization_id: int
    id: int
    url: str
    signing_key: str
    auth_token: str  # Sent as a bearer token, if there is one.
    types: str  # Contract A's types, separated by blanks; empty: all.
    active: int
    last_event: int
    created_at: str
    updated_at: str

    @property
    def subjects(self) -> tuple[str, ...]:
        """Our things that it is told of."""
        wanted = self.types.split()
        return tuple(ours for ours, theirs in OBJECTS.items() if not wanted or theirs in wanted)


class BadWebhookUrl(Refusal):
    """A webhook goes to an absolute http or https address, without a user in it."""

    code, kind = "bad_webhook_url", Kind.INVALID


class UnknownWebhookType(Refusal):
    """Webhooks tell of no such type."""

    code, kind = "unknown_webhook_type", Kind.INVALID


class WebhookPending(Refusal):
    """The message is still to be sent."""

    code = "webhook_pending"


def address(url: str) -> str:
    """The address itself. Refuses `BadWebhookUrl`."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise BadWebhookUrl("a webhook goes to an http or https address", field="url")
    return url


def known_types(types: tuple[str, ...]) -> str:
    """The types as they are kept. Refuses `UnknownWebhookType`."""
    for type_ in types:
        if type_ not in OBJECTS.values():
            raise UnknownWebhookType(f"webhooks tell of no {type_[:60]}", type=type_[:60])
    return " ".join(dict.fromkeys(types))
