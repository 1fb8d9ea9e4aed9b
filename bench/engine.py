"""The engine in process: the clerk with its real store, and callers who keep its queue at a depth.

The callers' asks are made beforehand, as the floor's parameters are: what is measured is what the engine does
with them, from the queue to the answer. Over HTTP nothing is made beforehand.
"""

import gc
import itertools
import queue
import time
from collections import deque
from typing import Any, NamedTuple

from avoir.app.clerk import Clerk
from avoir.core.refund import Refund
from avoir.store.books import Books
from avoir.store.database import open_database
from bench.databases import Engine
from bench.ground import SHAPES, Ground

MOST_A_SECOND = 8_192
"""So many asks are made for a second. A run that needs more ends before its time."""


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
    asks = deque(itertools.islice(SHAPES[shape](ground), int(MOST_A_SECOND * seconds)))
    # As a server does once it is made ready: what is there already is not looked through for garbage.
    gc.collect()
    gc.freeze()
    cpu, start = time.process_time() + engine.cpu(), time.perf_counter()
    for _ in range(depth):
        clerk.submit(asks.popleft(), time.perf_counter())
    latencies: list[float] = []
    waiting, end = depth, start + seconds
    while waiting:
        batch = answers.get()
        now = time.perf_counter()
        for asked, out in batch:
            if not isinstance(out, Refund):
                raise RuntimeError(f"no refund, but {out!r}")
            latencies.append(now - asked)
            if now < end and asks:
                clerk.submit(asks.popleft(), time.perf_counter())
            else:
                waiting -= 1
    took, used = time.perf_counter() - start, time.process_time() + engine.cpu() - cpu
    clerk.close()
    gc.unfreeze()
    return Run(len(latencies), took, used, latencies)
