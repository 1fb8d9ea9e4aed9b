"""A crowd of callers in processes of their own, each with threads, all at one server at the same time."""

import json
import queue
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, NamedTuple

PATIENCE = 60


class Wish(NamedTuple):
    """One request: of which thing, what, and under which key."""

    thing: str
    act: str
    amount: int
    method: str
    path: str
    body: Any
    key: str


class Heard(NamedTuple):
    """A wish, when it was sent and answered (one clock for all processes), and the answer."""

    wish: Wish
    sent: float
    answered: float
    status: int
    said: str


def ask_all(at: str, api_key: str, wishes: Sequence[Wish], threads: int) -> list[Heard]:
    """Ask for everything, on so many connections at once."""
    waiting: queue.SimpleQueue[Wish] = queue.SimpleQueue()
    for wish in wishes:
        waiting.put(wish)

    def work(_: int) -> list[Heard]:
        heard: list[Heard] = []
        with closing(HTTPConnection(at.removeprefix("http://"), timeout=PATIENCE)) as connection:
            while True:
                try:
                    wish = waiting.get_nowait()
                except queue.Empty:
                    return heard
                heard.append(_one(connection, api_key, wish))

    with ThreadPoolExecutor(threads) as pool:
        return [each for part in pool.map(work, range(threads)) for each in part]


def _one(connection: HTTPConnection, api_key: str, wish: Wish) -> Heard:
    headers = {
        "authorization": f"Bearer {api_key}", "content-type": "application/json", "idempotency-key": wish.key,
    }  # fmt: skip
    sent = time.monotonic()
    body = None if wish.body is None else json.dumps(wish.body)
    connection.request(wish.method, wish.path, body, headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    return Heard(wish, sent, time.monotonic(), answer.status, said)
