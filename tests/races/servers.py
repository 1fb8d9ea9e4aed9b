"""Real server processes, and callers that never tire."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil

PATIENCE = 60
"""Seconds that a server may take to start or stop before the test gives up on it."""


class Server:
    """`avoir serve` in processes of its own, on a free port."""

    def __init__(
        self, url: str, log: Path, *, processes: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "avoir", "serve", "--json", "--port", "0", "--database", url,
                 "--processes", str(processes), "--log-level", "warning"],
                stdout=subprocess.PIPE, stderr=errors, start_new_session=True, text=True,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip
        said = self.process.stdout.readline()
        assert '"url"' in said, f"it did not start: {said} {log.read_text()}"
        self.at = json.loads(said)["url"]
        self._until_ready()

    def _until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.at}/ready", timeout=PATIENCE).status_code == 200:
                    return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"not ready: {self.log.read_text()}")

    def kill(self) -> None:
        """kill -9, all of its processes at once: nobody has time for a last word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._gone()

    def kill_clerk(self) -> None:
        """kill -9 the process that writes, and no other; there may be none for a moment."""
        for child in psutil.Process(self.process.pid).children():
            if "avoir.cli.clerks" in child.cmdline():
                child.kill()

    def stop(self) -> int:
        """Ask it to finish what waits; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code


@contextlib.contextmanager
def serving(url: str, log: Path, *, number: int = 1, processes: int = 1) -> Iterator[list[Server]]:
    """Some servers of one database; killed afterwards, if they still live."""
    servers: list[Server] = []
    try:
        for _ in range(number):
            servers.append(Server(url, log, processes=processes))
        yield servers
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()


def avoir(*words: str) -> dict[str, Any]:
    """What `avoir` says, as JSON; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "avoir", *words, "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


class Said(NamedTuple):
    """What a request was answered."""

    status: int
    body: Any


class Caller:
    """Somebody who asks one server for refunds of one note over REST, on a connection of their own.

    Raises `OSError` or `HTTPException` when the server is gone.
    """

    def __init__(self, server: Server, api_key: str, amount: str, note_id: int = 1) -> None:
        self.connection = HTTPConnection(server.at.removeprefix("http://"), timeout=PATIENCE)
        self.api_key, self.path = api_key, f"/api/credit-notes/{note_id}/refunds"
        self.form = json.dumps({"fromAccountId": 1000, "amount": amount, "date": "2026-11-22"}).encode()

    def refund(self, key: str) -> Said:
        """One refund under a key."""
        self.connection.request("POST", self.path, self.form, {
            "Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        })  # fmt: skip
        answer = self.connection.getresponse()
        return Said(answer.status, json.loads(answer.read()))

    def close(self) -> None:
        self.connection.close()


def at_once(works: Iterable[Callable[[], object]]) -> None:
    """Run every work on a thread of its own, and wait for all; the first problem is raised."""
    works = list(works)
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()
