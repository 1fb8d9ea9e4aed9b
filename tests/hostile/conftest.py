"""A real server to be unkind to, and what it takes of memory meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from avoir.demo.calls import SCOPES
from tests.conftest import ENGINES
from tests.ledger import Ledger, line
from tests.races.servers import PATIENCE, avoir, serving

MOST_GROWTH = 192 * 2**20
"""Bytes that all processes of the server together may grow by, whatever is sent."""


class Victim:
    """A server, and both doors to it."""

    def __init__(self, at: str, key: str, token: str, url: str) -> None:
        self.at, self.key, self.token, self.url = at, key, token, url
        self.host, _, port = at.removeprefix("http://").partition(":")
        self.port = int(port)
        self.asked = 0
        self.http = httpx.Client(base_url=at, timeout=PATIENCE)

    def rest(self, method: str, path: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json", **headers}
        return self._fine(self.http.request(method, path, content=body, headers=headers))

    def graphql(self, body: bytes, **headers: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json", **headers}
        return self._fine(self.http.post("/graphql", content=body, headers=headers))

    def _fine(self, said: httpx.Response) -> httpx.Response:
        self.asked += 1
        assert said.status_code < 500, (said.status_code, said.text[:500])
        return said


@pytest.fixture(scope="module", params=ENGINES)
def victim(request, databases, tmp_path_factory) -> Iterator[Victim]:
    """One server of each engine for all of them; it is as small and as right afterwards as before."""
    with databases.fresh(request.param) as url:
        yield from attacked(url, tmp_path_factory.mktemp("hostile"))


def attacked(url: str, home: Path) -> Iterator[Victim]:
    """A server, and what it is like when all is over."""
    ledger = Ledger(url)
    ledger.paid(ledger.invoice(line(100)), 50)
    for _ in range(2):
        ledger.credit_note(line(100))
    key = avoir("key", "create", "--database", url)["key"]
    client = avoir("client", "create", "--scopes", SCOPES, "--database", url)
    ledger.close()
    with serving(url, home / "log") as (server,):
        token = httpx.post(f"{server.at}/oauth/token", timeout=PATIENCE, data={
            "grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"], "scope": SCOPES,
        }).json()["access_token"]  # fmt: skip
        victim = Victim(server.at, key, token, url)
        victim.rest("GET", "/api/credit-notes")
        victim.graphql(b'{"query": "{ __typename }"}')
        before = memory(server.process.pid)
        yield victim
        assert memory(server.process.pid) - before < MOST_GROWTH
        assert victim.http.get("/ready").status_code == 200
        victim.http.close()
    assert "Traceback" not in (home / "log").read_text()
    assert avoir("verify", "--database", url)["ok"]


def memory(pid: int) -> int:
    """What a process and its children have in memory, in bytes."""
    server = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (server, *server.children(recursive=True)))
