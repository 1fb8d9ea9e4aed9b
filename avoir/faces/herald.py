"""The herald: writes down what other servers are to be told, and tells them.

What a message says comes from the face whose words it speaks (`tell`); how it is sent from a gateway
(`send`). Nothing is sent while a transaction is open, and everything is written down before it is sent.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from avoir.app.clerk import Weather
from avoir.app.reads import webhooks
from avoir.app.reads.webhooks import News, Waiting
from avoir.app.webhooks import Message, QueueWebhooks, RecordWebhook
from avoir.core.access import DIRECTORY
from avoir.core.errors import Refusal
from avoir.core.webhook_endpoint import WebhookEndpoint
from avoir.faces.back_office import BackOffice

log = logging.getLogger(__name__)
PAGE = 100
SECONDS = 20
"""How long one message may take (contract A, 4.11)."""
SIGNATURE, AGENT = "x-bunny-signature", "Avoir"


class Reply(Protocol):
    """What a server answered."""

    @property
    def good(self) -> bool: ...

    @property
    def code(self) -> int: ...

    @property
    def body(self) -> str: ...


Tell = Callable[[int, str, int], Awaitable[str | None]]
"""The body that tells of a thing, by organization, kind and id; None if there is nothing to tell."""
Send = Callable[[str, bytes, Mapping[str, str]], Awaitable[Reply]]


class Herald:
    """Makes rounds, as the worker does. Several may: what one is sending another may send too."""

    def __init__(self, office: BackOffice, tell: Tell, send: Send, *, at_once: int = 8) -> None:
        self.office, self.tell, self.send = office, tell, send
        self._few = asyncio.Semaphore(at_once)

    async def run(self, every: int) -> None:
        """Make a round every so many seconds, until cancelled."""
        while True:
            try:
                await self.round()
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("a round of webhooks broke off")
            await asyncio.sleep(every)

    async def round(self) -> int:
        """Write down what is new, and send what waits, once each; how many messages that were."""
        after = (0, 0)
        while page := await self.office.read(webhooks.endpoints_of_all, DIRECTORY, after, PAGE):
            for endpoint in page:
                await self._write(endpoint)
            after = (page[-1].organization_id, page[-1].id)
        sent, after = 0, (0, 0)
        while waits := await self.office.read(webhooks.waiting, DIRECTORY, after, PAGE):
            await asyncio.gather(*(self._send(message) for message in waits))
            sent, after = sent + len(waits), (waits[-1].organization_id, waits[-1].id)
        return sent

    async def _write(self, endpoint: WebhookEndpoint) -> None:
        after = endpoint.last_event
        while found := await self.office.read(
            webhooks.news, endpoint.organization_id, after, endpoint.subjects, PAGE
        ):
            messages = [each for news in found if (each := await self._message(endpoint, news))]
            command = QueueWebhooks(
                endpoint_id=endpoint.id, after=after, upto=found[-1].event_id, messages=tuple(messages)
            )
            if not await self.office.ask(endpoint.organization_id, command) and messages:
                return
            after = found[-1].event_id

    async def _message(self, endpoint: WebhookEndpoint, news: News) -> Message | None:
        body = await self.tell(endpoint.organization_id, news.subject_kind, news.subject_id)
        return None if body is None else Message(news.event_id, body)

    async def _send(self, message: Waiting) -> None:
        async with self._few:
            try:
                await self._sent(message)
            except Refusal as refusal:
                log.info("webhook %s: %s", message.id, refusal)
            except Weather:
                raise
            except Exception:  # One message must not keep the others waiting.
                log.exception("webhook %s", message.id)

    async def _sent(self, message: Waiting) -> None:
        body = message.payload.encode()
        headers = headers_of(body, message.signing_key, message.auth_token)
        code, text, good = "", "the endpoint is gone", False
        if message.known:
            reply = await self.send(message.url, body, headers)
            code, text, good = str(reply.code or ""), reply.body, reply.good
        told = {name: value for name, value in headers.items() if name != "authorization"}
        command = RecordWebhook(
            webhook_event_id=message.id,
            delivered=good,
            response_code=code,
            response_body=text,
            headers=msgspec.json.encode(told).decode(),
        )
        await self.office.ask(message.organization_id, command)


def headers_of(body: bytes, signing_key: str, auth_token: str = "") -> dict[str, str]:
    """What goes with a body: its signature, as contract A signs (4.11), and whose it is."""
    headers: dict[str, Any] = {"content-type": "application/json", "user-agent": AGENT}
    if signing_key:
        headers[SIGNATURE] = signed(body, signing_key)
    if auth_token:
        headers["authorization"] = f"Bearer {auth_token}"
    return headers


def signed(body: bytes, key: str) -> str:
    """The lower-case hex HMAC-SHA1 of the exact body."""
    return hmac.new(key.encode(), body, hashlib.sha1).hexdigest()
