"""An event loop whose clock stands still while anything is to be done, and then leaps to what comes next."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, TypeVarTuple

Ts = TypeVarTuple("Ts")
START = datetime(2026, 1, 1, tzinfo=UTC)
SPEED = 3600
"""Seconds that pass in the books for each second of the loop: callers are quick, months are long."""


class Stuck(Exception):
    """Nothing is to be done any more, and somebody still waits: what should have been told was not."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio as it is, but for its clock, and for how it finds what comes next: a thousand callers wait.

    What is due at the same time comes in the order in which it was asked for.
    """

    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self.problem: BaseException | None = None
        self.set_exception_handler(self._fail)
        self._now = 0.0
        self._due: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._asked = 0

    def time(self) -> float:
        return self._now

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call it then. Pairs are compared in C, handles are not."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._asked += 1
        heappush(self._due, (when, self._asked, timer))
        return timer

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        """Do what is to be done now; if that is nothing, leap to what comes next."""
        due, ready = self._due, self._ready
        while due and due[0][2].cancelled():
            heappop(due)
        if not ready and not self._stopping:
            if not due:
                raise Stuck("nothing is left to be done, and somebody waits")
            self._now = max(self._now, due[0][0])
        while due and due[0][0] <= self._now:
            ready.append(heappop(due)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    def live(self, life: Coroutine[Any, Any, None]) -> None:
        """Run until it is over, or until the first thing that nobody caught, which is raised."""
        task = self.create_task(life)
        task.add_done_callback(self._over)
        self.run_forever()
        task.remove_done_callback(self._over)
        if self.problem is not None:
            raise self.problem
        task.result()

    def _over(self, task: asyncio.Task[None]) -> None:
        self.stop()

    def _fail(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        problem = context.get("exception")
        if problem is not None and self.problem is None:
            self.problem = problem
            self.stop()

    def instant(self) -> datetime:
        """What the clock on the wall of the simulated world says."""
        return START + timedelta(milliseconds=round(self.time() * SPEED * 1000))


@lru_cache(64)
def instant_of(moment: datetime) -> str:
    """A moment as the books write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
