"""A clerk's thread that moves only while the world waits for it: so clerks interleave, and always alike."""

import threading
from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The process is dead. Not an `Exception`: nothing may catch it and go on."""


class Hand:
    """One thread, one job at a time. `step` lets it go on until it pauses or has done its job."""

    def __init__(self) -> None:
        self._mine, self._worlds = threading.Lock(), threading.Lock()
        self._mine.acquire()
        self._worlds.acquire()
        self._job: Callable[[], Any] | None = None
        self._killed = self._closed = False
        self.outcome: Any = None
        self._thread = threading.Thread(target=self._work, name="simulated clerk", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether there is a job that is not done."""
        return self._job is not None

    def start(self, job: Callable[[], Any]) -> None:
        """Give it a job; nothing happens before the first `step`."""
        self._job, self.outcome = job, None

    def step(self) -> bool:
        """Let it work until it pauses; whether the job is done, its result in `outcome`."""
        self._mine.release()
        self._worlds.acquire()
        return self._job is None

    def kill(self) -> None:
        """The process dies where it stands; its transaction with it."""
        if self._job is not None:
            self._killed = True
            self.step()
            self._killed = False

    def close(self) -> None:
        """End the thread."""
        self.kill()
        self._closed = True
        self._mine.release()
        self._thread.join()

    def pause(self) -> None:
        """In the hand: let the world go on, until the next `step`."""
        if self._killed:
            raise Killed
        self._worlds.release()
        self._mine.acquire()
        if self._killed:
            raise Killed

    def _work(self) -> None:
        while True:
            self._mine.acquire()
            if self._closed:
                return
            try:
                self.outcome = self._job() if self._job is not None else None
            except Killed:
                self.outcome = None
            except BaseException as problem:
                self.outcome = problem
            self._job = None
            self._worlds.release()
