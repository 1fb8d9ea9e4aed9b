"""The engine in process: the clerk with its real store, and callers who keep its queue at a depth."""

import queue
import time
from typing import Any, NamedTuple

from avoir.app.clerk import Clerk
from avoir.core.refund import Refund
from avoir.store.books import Books
from avoir.store.database import open_database
from bench.databases import Engine
from bench.ground import SHAPES, Ground


class Run(NamedTuple):
    """One stretch of measuring."""

    commands: int
    seconds: float
    cpu: float
    latencies: list[float]


def drive(url: str, engine: Engine, ground: Ground, shape: str, depth: int, seconds: float) -> Run:
    """Keep `depth` asks waiting for that long. Every answer must be a refund."""
    answers: queue.SimpleQueue[list[tuple[float, Any]]] = queue.SimpleQueue()
    clerk = Clerk(Books(open_database(url)), answers.put)
    clerk.thread.start()
    asks = SHAPES[shape](ground)
    cpu, start = time.process_time() + engine.cpu(), time.perf_counter()
    for _ in range(depth):
        clerk.submit(next(asks), time.perf_counter())
    latencies: list[float] = []
    waiting, end = depth, start + seconds
    while waiting:
        batch = answers.get()
        now = time.perf_counter()
        for asked, out in batch:
            if not isinstance(out, Refund):
                raise RuntimeError(f"no refund, but {out!r}")
            latencies.append(now - asked)
            if now < end:
                clerk.submit(next(asks), time.perf_counter())
            else:
                waiting -= 1
    took, used = time.perf_counter() - start, time.process_time() + engine.cpu() - cpu
    clerk.close()
    return Run(len(latencies), took, used, latencies)
