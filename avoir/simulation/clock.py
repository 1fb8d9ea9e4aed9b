"""An event loop whose clock stands still while anything is to be done, and then leaps to what comes next."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

START = datetime(2026, 1, 1, tzinfo=UTC)
SPEED = 3600
"""Seconds that pass in the books for each second of the loop: callers are quick, months are long."""


class Stuck(Exception):
    """Nothing is to be done any more, and somebody still waits: what should have been told was not."""


class _Leaping(selectors.SelectSelector):
    """Waits for nobody: the time that would be waited is what passes."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("nothing is left to be done, and somebody waits")
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio as it is, but for its clock."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)
        self.problem: BaseException | None = None
        self.set_exception_handler(self._fail)
        # What is due within a microsecond is due: leaps are sums, and rounded.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._leaping.now

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
