"""What was read a moment ago."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Any

MOST = 10_000
Held = dict[Hashable, Any]
Asked = dict[Hashable, asyncio.Future[Any]]


class Memory:
    """Remembers what is there, by name, and forgets all of it at once every so many seconds.

    Many who want to know the same at the same time ask once. What was asked before something was forgotten is
    not remembered after.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.forget()

    def get(self, name: Hashable) -> Any:
        """What is remembered; None if nothing is."""
        if monotonic() >= self._ends:
            self.forget()
        return self._held.get(name)

    async def learn(self, name: Hashable, read: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """What `read` finds, remembered from now on if it is anything."""
        asked = self._asked.get(name)
        if asked is None:
            reading = self._read(self._held, self._asked, name, read(*args))
            asked = self._asked[name] = asyncio.ensure_future(reading)
        # Whoever asked first may hang up, and the others still want to know.
        return await asyncio.shield(asked)

    def forget(self) -> None:
        """Remember nothing: something may have changed."""
        self._ends = monotonic() + self.seconds
        # Reads that are under way keep hold of the old ones.
        self._held: Held = {}
        self._asked: Asked = {}

    async def _read(self, held: Held, asked: Asked, name: Hashable, reading: Awaitable[Any]) -> Any:
        try:
            found = await reading
        finally:
            del asked[name]
        if found is not None:
            if len(held) >= MOST:
                held.clear()
            held[name] = found
        return found
