"""The two calls, over HTTP, as any client would send them."""

from decimal import Decimal
from typing import Any, NamedTuple

import httpx
import msgspec

REFUND_INVOICE = """\
mutation invoiceRefund($disputeReasonId: ID!, $invoiceId: ID!) {
  invoiceRefund(disputeReasonId: $disputeReasonId, invoiceId: $invoiceId) {
    creditNote {
      accountId amount amountApplied amountUnapplied createdAt creditedInvoiceId currencyId
      description disputeId disputeReasonId entityId id isCredit isLegacy issuedAt number
      subtotal taxAmount updatedAt uuid warrenId
    }
    errors
  }
}
"""
"""Contract A's document, asking for every plain field of its CreditNote."""

SCOPES = "billing:read billing:write standard:read standard:write"
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Credentials(NamedTuple):
    """What lets a client into the demonstration's organization, by either door; and a person."""

    organization_id: str
    client_id: str
    client_secret: str
    key: str
    email: str
    password: str


class Exchange(NamedTuple):
    """A request and its reply. `asked` is the body; the status says how it went."""

    method: str
    path: str
    asked: dict[str, Any]
    status: int
    reply: dict[str, Any]


class CallFailed(RuntimeError):
    """A call of the demonstration was not answered as it must be."""


class Calls:
    """A client of both faces."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, transport=httpx.HTTPTransport(retries=3))
        self.credentials = credentials

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def token(self) -> Exchange:
        """Contract A's way in: client credentials for a bearer token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.credentials.client_id,
            "client_secret": self.credentials.client_secret,
            "scope": SCOPES,
        }
        return _exchange(form, self.http.post("/oauth/token", data=form), 200)

    def refund_invoice(self, token: str, invoice_id: int, dispute_reason_id: int) -> Exchange:
        """The first call: give back what was paid on an invoice."""
        variables = {"disputeReasonId": str(dispute_reason_id), "invoiceId": str(invoice_id)}
        asked = {"query": REFUND_INVOICE, "variables": variables}
        headers = {"authorization": f"Bearer {token}", "idempotency-key": "demo-invoice-refund"}
        done = _exchange(asked, self._post("/graphql", asked, headers), 200)
        if "errors" in done.reply or done.reply["data"]["invoiceRefund"]["errors"]:
            raise CallFailed(f"the invoice was not refunded: {done.reply}")
        return done

    def refund_credit_note(self, credit_note_id: int, asked: dict[str, Any]) -> Exchange:
        """The second call: pay out part of a credit note."""
        path = f"/api/credit-notes/{credit_note_id}/refunds"
        headers = {
            "authorization": f"Bearer {self.credentials.key}",
            "idempotency-key": "demo-credit-note-refund",
        }
        return _exchange(asked, self._post(path, asked, headers), 201)

    def _post(self, path: str, asked: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        return self.http.post(
            path, content=_encode(asked), headers={"content-type": "application/json", **headers}
        )


def _exchange(asked: dict[str, Any], reply: httpx.Response, expected: int) -> Exchange:
    path = reply.request.url.path
    if reply.status_code != expected:
        raise CallFailed(f"{path} answered {reply.status_code}: {reply.text}")
    return Exchange(reply.request.method, path, asked, reply.status_code, _decode(reply.content))
