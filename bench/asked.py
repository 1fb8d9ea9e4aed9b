"""Asking a whole server in this process, without a network: how long, how much, and whether it is enough."""

import asyncio
import re
import statistics
import time
from typing import NamedTuple

from starlette.applications import Starlette

from avoir.faces.console.rooms import STATIC
from bench.report import Gate

FIRST = 4
Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """What came back: seconds, the status, bytes, and the text unless it was let go."""

    seconds: float
    status: int
    size: int
    text: bytes


class Asker:
    """Asks one application in somebody's name."""

    def __init__(self, app: Starlette, name: str, value: str) -> None:
        self.app = app
        self.headers: Headers = [(b"host", b"avoir"), (name.encode(), value.encode())]

    async def ask(
        self, address: str, body: bytes = b"", accept: str = "application/json", *, keep: bool = True
    ) -> Answer:
        """One answer, which must be a good one; a long one is not kept. Seconds until its last byte."""
        path, _, query = address.partition("?")
        headers = [*self.headers, (b"accept", accept.encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST" if body else "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": headers, "client": ("127.0.0.1", 1), "server": ("avoir", 80),
        }  # fmt: skip
        status, size, parts = 0, 0, list[bytes]()

        asked = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, object]:
            # After what is asked nothing comes: who asks stays until all is there.
            return next(asked, None) or await asyncio.get_running_loop().create_future()

        async def send(message: dict) -> None:
            nonlocal status, size
            status = message.get("status", status)
            part = message.get("body", b"")
            size += len(part)
            if keep:
                parts.append(part)

        begun = time.perf_counter()
        await self.app(scope, receive, send)
        seconds = time.perf_counter() - begun
        text = b"".join(parts)
        if status != 200:
            raise RuntimeError(f"{address}: {status} {text[:300]!r}")
        return Answer(seconds, status, size, text)


class Wanted(NamedTuple):
    """What is asked, and how many milliseconds it may take; `body` is posted."""

    what: str
    most: float
    address: str
    body: bytes = b""
    times: int = 15


async def median_of(engine: str, asker: Asker, wanted: Wanted) -> Gate:
    """The median of so many askings, the first ones aside: a server is asked more than once."""
    answers = [await asker.ask(wanted.address, wanted.body) for _ in range(wanted.times + FIRST)]
    if b'"errors":[{' in answers[0].text:
        raise RuntimeError(f"{wanted.what}: {answers[0].text[:300]!r}")
    return below(
        engine,
        wanted.what,
        statistics.median(each.seconds for each in answers[FIRST:]) * 1000,
        wanted.most,
        "ms",
    )


def below(engine: str, what: str, value: float, most: float, unit: str) -> Gate:
    """A gate that what was found stays under."""
    return Gate(engine, what, f"< {most:g} {unit}", f"{value:.1f} {unit}", value < most)


def loaded(page: Answer) -> int:
    """The bytes of a page with all that it loads into an empty cache."""
    files = set(re.findall(r'"/console/static/([^"]+)"', page.text.decode()))
    return page.size + sum((STATIC / each).stat().st_size for each in files)
