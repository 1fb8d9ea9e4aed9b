"""Over HTTP: one server process, and wrk on the same cores."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil

from bench.databases import Engine
from bench.ground import NOTES

PORT = int(os.environ.get("AVOIR_BENCH_PORT", "8850"))
AT = f"http://127.0.0.1:{PORT}"
SCRIPT = Path(__file__).with_name("refund.lua")
PATIENCE = 90
SERVE = ("-m", "avoir", "serve")
BULK_ROWS = 2000
SERVE_WITH_NOOP = ("-m", "bench.noop")


class Load(NamedTuple):
    """What wrk saw of a stretch, and what the server used for it."""

    requests: int
    seconds: float
    p50: float
    p99: float
    cpu: float
    rss: int


class Broken(Exception):
    """Requests were refused or lost: the measurement is worth nothing."""


def key_of(url: str, public_id: str) -> str:
    """A new API key of the organization, made as anybody would."""
    made = subprocess.run(
        (
            *(sys.executable, "-m", "avoir", "key", "create"),
            *("--database", url, "--organization-id", public_id, "--json"),
        ),
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(made.stdout)["key"])


class Server:
    """A server that answers; its clerk has a process of its own."""

    def __init__(self, process: psutil.Process, start_seconds: float, at: str) -> None:
        self.process, self.start_seconds, self.at = process, start_seconds, at

    def rss(self) -> int:
        """Bytes of memory that its processes have resident."""
        return sum(int(each.memory_info().rss) for each in self._processes())

    def each_mib(self) -> tuple[float, ...]:
        """MiB of memory of each process: of the one that speaks HTTP first."""
        return tuple(each.memory_info().rss / 2**20 for each in self._processes())

    def cpu(self) -> float:
        """Seconds of CPU used."""
        return sum(sum(each.cpu_times()[:2]) for each in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextlib.contextmanager
def served(url: str, arguments: tuple[str, ...] = SERVE_WITH_NOOP, port: int = PORT) -> Iterator[Server]:
    """A server on a database, from its start to its end."""
    begun = time.perf_counter()
    given = {"AVOIR_DATABASE_URL": url, "AVOIR_PORT": str(port), "AVOIR_LOG_LEVEL": "warning"}
    with subprocess.Popen((sys.executable, *arguments), env=os.environ | given) as popen:
        try:
            at = f"http://127.0.0.1:{port}"
            _wait(popen, at)
            yield Server(psutil.Process(popen.pid), time.perf_counter() - begun, at)
        finally:
            popen.terminate()
            popen.wait(PATIENCE)


def _wait(popen: "subprocess.Popen[bytes]", at: str) -> None:
    until = time.perf_counter() + PATIENCE
    with httpx.Client(timeout=PATIENCE) as client:
        while time.perf_counter() < until and popen.poll() is None:
            try:
                if client.get(f"{at}/ready").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.01)
    raise Broken("the server did not come up")


def load(server: Server, engine: Engine, key: str, path: str, connections: int, seconds: int) -> Load:
    """Let wrk ask for that long. Raises `Broken` unless every answer was a yes."""
    cpu = server.cpu() + engine.cpu()
    with asking(key, path, connections, seconds) as asked:
        said = asked()
    cpu = server.cpu() + engine.cpu() - cpu
    if said["refused"] or said["broken"] or not said["requests"]:
        raise Broken(f"{path} at {connections} connections: {said}")
    return Load(
        requests=said["requests"],
        seconds=said["microseconds"] / 1e6,
        p50=said["p50"] / 1e6,
        p99=said["p99"] / 1e6,
        cpu=cpu,
        rss=server.rss(),
    )


@contextlib.contextmanager
def asking(
    key: str, path: str, connections: int, seconds: int, *, notes: int = NOTES, at: str = AT
) -> Iterator[Callable[[], dict[str, int]]]:
    """Let wrk ask beside whatever else is done; what is yielded waits for it, and gives what it saw."""
    words = (
        *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), at),
        # Seeded anew each time: a key that came twice would be answered with what it was told.
        *("--", path, key, str(notes), str(secrets.randbelow(2**31))),
    )
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as ran:

        def seen() -> dict[str, int]:
            said, _ = ran.communicate(timeout=seconds + PATIENCE)
            found: dict[str, int] = json.loads(said.splitlines()[-1])
            return found

        try:
            yield seen
        finally:
            ran.kill()


def bulk(server: Server, engine: Engine, key: str, seconds: int) -> Load:
    """Send one bulk of refunds after the other for that long; each row counts as a request.

    Latencies are of whole calls. Raises `Broken` unless every row was done.
    """
    cpu, took = server.cpu() + engine.cpu(), list[float]()
    until = time.perf_counter() + seconds
    with httpx.Client(timeout=PATIENCE, headers={"Authorization": f"Bearer {key}"}) as client:
        while time.perf_counter() < until:
            asked = {"refunds": [_bulk_row() for _ in range(BULK_ROWS)]}
            sent = time.perf_counter()
            said = client.post(
                f"{AT}/api/refunds/bulk", json=asked, headers={"Idempotency-Key": secrets.token_hex(16)}
            )
            took.append(time.perf_counter() - sent)
            if said.status_code != 201 or said.json()["succeeded_count"] != BULK_ROWS:
                raise Broken(f"a bulk of refunds: {said.status_code} {said.text[:400]}")
    took.sort()
    return Load(
        requests=len(took) * BULK_ROWS,
        # What the client itself takes to make a bulk and to read its answer is not the server's.
        seconds=sum(took),
        p50=took[len(took) // 2],
        p99=took[-1],
        cpu=server.cpu() + engine.cpu() - cpu,
        rss=server.rss(),
    )


def _bulk_row() -> dict[str, Any]:
    return {
        "creditNoteId": 1 + secrets.randbelow(NOTES),
        "fromAccountId": 1000 + secrets.randbelow(4),
        "amount": 0.01,
        "date": "2026-11-20",
        "referenceNo": secrets.token_hex(4),
        "description": "Returned",
    }
