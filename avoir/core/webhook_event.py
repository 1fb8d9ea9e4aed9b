"""Webhook events: what other servers were told, and what they answered."""

from avoir.core.row import Row

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
DEFAULT, CUSTOM = "default", "custom"


class WebhookEvent(Row, frozen=True, gc=False):
    """One message to one address. `payload` is the body as it is sent, `headers` JSON without secrets."""

    TABLE = "webhook_events"
    organization_id: int
    id: int
    event_id: int | None  # The event of the books that it tells of.
    url: str
    payload_type: str  # default | custom
    payload: str
    headers: str
    state: str  # pending | delivered | failed
    attempts: int
    response_code: str
    response_body: str
    created_at: str
    updated_at: str
