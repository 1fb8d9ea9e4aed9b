"""Webhooks: servers are told of changes, signed as contract A signs, whatever becomes of the servers."""

import asyncio
import contextlib
import hashlib
import hmac
import json

import pytest

from avoir.app.webhooks import QueueWebhooks
from avoir.core.webhook_endpoint import WebhookEndpoint
from avoir.core.webhook_event import WebhookEvent
from avoir.faces.graphql.envelope import body_of
from avoir.faces.herald import signed
from avoir.gateways.webhook import send
from tests.faces.graphql.shop import EVERY_SCOPE, Shop
from tests.ledger import line

CREATE = """mutation ($attributes: WebhookEndpointAttributes!) {
    webhookEndpointCreate(attributes: $attributes) {
        webhookEndpoint { id url types active } signingKey errors } }"""


class Server:
    """A server of somebody else, on the loop of the test: keeps what it hears and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answer: bytes | None = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/hook"

    async def stop(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def _serve(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((headers, body))
        if self.answer is None:
            await reader.read()  # Until the other one gives up.
        else:
            writer.write(self.answer)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        writer.close()


@pytest.fixture
def hooked(url):
    """A shop that may tell servers on this machine, and such a server."""
    with Shop(url, webhooks_private=True, worker_seconds=0) as shop:
        shop.client("boss", f"{EVERY_SCOPE} workflow:read workflow:write admin:write")
        shop.token = shop.token_of("boss")
        shop.server = Server()
        shop.there = shop.run(shop.server.start())
        yield shop
        shop.run(shop.server.stop())


def endpoint(shop, **attributes):
    return shop.data(CREATE, {"attributes": {"url": shop.there} | attributes})["webhookEndpointCreate"]


def round_(shop) -> int:
    return shop.run(shop.app.state.herald.round())


def told(shop) -> list[dict]:
    return [json.loads(body) for _, body in shop.server.heard]


def test_a_server_is_told_of_what_changes_from_now_on_and_once(hooked):
    hooked.invoice(line(1))
    made = endpoint(
        hooked, types=["Invoice", "CreditNote", "Refund"], signingKey="k3y-of-ours", authToken="t0"
    )
    assert made == {
        "webhookEndpoint": {
            "id": "1", "url": hooked.there, "types": ["Invoice", "CreditNote", "Refund"], "active": True,
        },
        "signingKey": "k3y-of-ours",
        "errors": None,
    }  # fmt: skip
    assert round_(hooked) == 0
    hooked.paid(hooked.invoice(line("100.10", hooked.tax(20))), "120.12")
    hooked.data("mutation { invoiceRefund(invoiceId: 2) { errors } }")
    assert round_(hooked) == 3
    by_type = {each["type"]: each["payload"] for each in told(hooked)}
    assert len(told(hooked)) == len(by_type) == 3
    invoice, note, refund = by_type["Invoice"], by_type["CreditNote"], by_type["Refund"]
    assert (invoice["id"], invoice["amount"], invoice["amount_due"]) == ("2", 120.12, 0)
    assert (invoice["state"], invoice["account_id"], invoice["base_currency_id"]) == ("PAID", "1", "USD")
    assert (note["kind"], note["credited_invoice_id"], note["amount_applied"]) == ("REFUND", "2", 120.12)
    assert (refund["state"], refund["credit_note_id"]) == ("SETTLED", note["id"])
    for headers, body in hooked.server.heard:
        assert headers["x-bunny-signature"] == hmac.new(b"k3y-of-ours", body, hashlib.sha1).hexdigest()
        assert (headers["authorization"], headers["content-type"]) == ("bearer t0", "application/json")
        assert b'":120.12,' in body
        assert b": " not in body
    assert {each.state for each in hooked.rows(WebhookEvent)} == {"delivered"}
    assert round_(hooked) == 0
    written = " ".join(body for (body,) in hooked.database.all("SELECT body FROM events"))
    assert "k3y-of-ours" not in written


def test_what_fails_is_tried_twice_and_then_only_when_somebody_asks(hooked):
    endpoint(hooked, types=["Invoice"])
    hooked.server.answer = b"HTTP/1.1 500 Oh\r\ncontent-length: 4\r\n\r\noops"
    hooked.invoice(line(1))
    assert [round_(hooked) for _ in range(3)] == [1, 1, 0]
    (event,) = hooked.rows(WebhookEvent)
    assert (event.state, event.attempts, event.response_code, event.response_body) == (
        "failed",
        2,
        "500",
        "oops",
    )
    assert "authorization" not in event.headers


def test_a_server_that_hangs_or_is_not_there_is_part_of_the_record(hooked):
    async def reply(answer: bytes | None, url: str = hooked.there, **how):
        hooked.server.answer = answer
        return await send(url, b"{}", {}, **{"seconds": 5, "private": True} | how)

    assert hooked.run(reply(None, seconds=0.2)) == (0, "no answer within 0.2 seconds")
    assert hooked.run(reply(b"", "http://127.0.0.1:1/")).code == 0
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"
    assert hooked.run(reply(moved)).code == 302
    long = b"HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n" + b"\0x" * 25_000
    assert len(hooked.run(reply(long)).body) == 5_000
    assert hooked.run(reply(b"HTTP/1.1 200", "http://nowhere.invalid/")).code == 0


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]",
     "0.0.0.0", "[fd00::1]", "2130706433", "100.64.0.1"],
)  # fmt: skip
def test_nothing_is_sent_to_a_private_address_unless_it_is_set(host):
    reply = asyncio.run(send(f"http://{host}:9/", b"{}", {}, seconds=2))
    assert reply == (0, "the address is private, and nothing is sent there")


def test_an_endpoint_that_is_gone_is_told_nothing_more(hooked):
    endpoint(hooked)
    hooked.invoice(line(1))
    answer = hooked.data("mutation { webhookEndpointDelete(id: 1) { webhookEndpoint { url } errors } }")
    assert answer["webhookEndpointDelete"]["webhookEndpoint"]["url"] == hooked.there
    assert round_(hooked) == 0
    assert hooked.data("{ webhookEndpoints { id } }")["webhookEndpoints"] == []
    assert hooked.rows(WebhookEndpoint) == []
    assert hooked.server.heard == []


def test_two_workers_write_a_message_once(hooked):
    endpoint(hooked, types=["Invoice"])
    since = hooked.rows(WebhookEndpoint)[0].last_event
    command = QueueWebhooks(endpoint_id=1, after=since, upto=since + 1, messages=())
    again = QueueWebhooks(endpoint_id=1, after=since, upto=since + 2, messages=())
    hooked.ask(command)
    hooked.ask(again)
    assert hooked.rows(WebhookEndpoint)[0].last_event == since + 1


WRONG = [
    ({"url": "ftp://example.com"}, "bad_webhook_url"),
    ({"url": "https://user@example.com/"}, "bad_webhook_url"),
    ({"url": "/hook"}, "bad_webhook_url"),
    ({"types": ["Nonsense"]}, "unknown_webhook_type"),
    ({"signingKey": "x" * 300}, "text_too_long"),
]


def test_an_endpoint_that_cannot_be_is_refused(hooked):
    for attributes, code in WRONG:
        error = hooked.no(CREATE, {"attributes": {"url": "https://example.com/"} | attributes})
        assert error["extensions"]["code"] == code
    assert (
        hooked.no("mutation { webhookEndpointDelete(id: 1) { errors } }")["extensions"]["code"] == "not_found"
    )
    # A key is made where none is given, and is the same under the same idempotency key.
    attributes = {"attributes": {"url": "https://example.com/"}}
    one, two = (hooked.data(CREATE, attributes, idempotency_key="k") for _ in range(2))
    assert one == two
    assert one["webhookEndpointCreate"]["signingKey"].startswith("whsec_")
    assert len(hooked.rows(WebhookEndpoint)) == 1


def test_a_message_on_trial(hooked):
    query = """mutation ($url: String!, $body: String) { testWebhook(url: $url, customPayload: $body,
        payloadType: "Invoice", signingKey: "abc") { success message errors } }"""
    answer = hooked.data(query, {"url": hooked.there})["testWebhook"]
    assert answer == {"success": True, "message": "ok", "errors": None}
    ((headers, body),) = hooked.server.heard
    assert body == b'{"type":"Invoice","payload":{}}'
    assert headers["x-bunny-signature"] == signed(body, "abc")
    hooked.data(query, {"url": hooked.there, "body": "{}"})
    # The contract's own test vector (4.11).
    assert hooked.server.heard[-1][0]["x-bunny-signature"] == "db5c76f4264d0ad96cf21baec394964b4b8ce580"
    answer = hooked.data(query, {"url": "http://127.0.0.1:1/"})["testWebhook"]
    assert answer["success"] is False


def test_the_envelope_is_snake_case_and_compact():
    assert body_of("Invoice", {"baseCurrencyTotal": 120, "poNumber": "ä/\u2028"}) == (
        '{"type":"Invoice","payload":{"base_currency_total":120,"po_number":"ä/\u2028"}}'
    )
