"""A link to a clerk in a process of its own: asks go out together, once for each turn of the event loop."""

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from typing import Any, cast

from avoir.app.clerk import BUSY, Busy, Outcome, Weather
from avoir.core.command import Ask
from avoir.store.hatch import Asked, Frames, frame

log = logging.getLogger(__name__)
MOST_WAITING, MOST_PER_ORGANIZATION = 4096, 2048
AGAIN_SECONDS = 0.05
FINISH_SECONDS = 10


class Link(asyncio.Protocol):
    """Speaks to one hatch, for one event loop; made anew when the clerk was.

    `deliver` is called in the loop. `orphaned` is called when nobody listens any more: whoever starts
    clerks is gone.
    """

    def __init__(
        self,
        path: str,
        deliver: Callable[[list[tuple[Any, Outcome]]], None],
        orphaned: Callable[[], None],
    ) -> None:
        self.path, self.deliver, self.orphaned = path, deliver, orphaned
        self.loop = asyncio.get_running_loop()
        self._numbers = count(1)
        self._tickets: dict[int, tuple[int, Any]] = {}
        self._waiting: dict[int, int] = {}
        self._unsent: Asked = []
        self._frames = Frames()
        self._transport: asyncio.WriteTransport | None = None
        self._greeted = self._closing = False
        self._connecting = self.loop.create_task(self._connect())

    # For the door.

    def submit(self, ask: Ask, ticket: Any) -> None:
        """Send an ask at the end of this turn of the loop. Refuses `Busy`."""
        organization_id = ask.organization_id
        mine = self._waiting.get(organization_id, 0)
        if self._closing or len(self._tickets) >= MOST_WAITING or mine >= MOST_PER_ORGANIZATION:
            raise Busy(BUSY)
        number = next(self._numbers)
        self._tickets[number] = organization_id, ticket
        self._waiting[organization_id] = mine + 1
        self._unsent.append((number, ask))
        if len(self._unsent) == 1:
            self.loop.call_soon(self._send)

    def alive(self) -> bool:
        """Whether a clerk is at work at the other end."""
        return self._greeted

    def close(self) -> None:
        """Take no more, and hang up. What is under way is finished by the clerk all the same."""
        self._closing = True
        self._connecting.cancel()
        if self._transport is not None:
            self._send()
            self._transport.close()

    # For the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._frames = cast(asyncio.WriteTransport, transport), Frames()
        self._send()

    def data_received(self, data: bytes) -> None:
        for answered in self._frames.feed(data):
            self._greeted = True
            self.deliver([(self._done(number), out) for number, out in answered])

    def connection_lost(self, exc: Exception | None) -> None:
        """What was sent and not answered may have been recorded: the key finds it."""
        self._transport, self._greeted = None, False
        unsent = {number for number, _ in self._unsent}
        lost = [number for number in self._tickets if number not in unsent]
        if lost:
            gone = Weather("the clerk was lost; ask again with the same key")
            self.deliver([(self._done(number), gone) for number in lost])
        if not self._closing:
            log.warning("the clerk was lost, and %d asks with it", len(lost))
            self._connecting = self.loop.create_task(self._connect())

    def _send(self) -> None:
        if self._transport is None or not self._unsent:
            return
        asked, self._unsent = self._unsent, []
        try:
            self._transport.write(frame(asked))
        except Exception as bug:  # What cannot travel was never asked.
            self.deliver([(self._done(number), bug) for number, _ in asked])

    def _done(self, number: int) -> Any:
        organization_id, ticket = self._tickets.pop(number)
        left = self._waiting[organization_id] - 1
        if left:
            self._waiting[organization_id] = left
        else:
            del self._waiting[organization_id]
        return ticket

    async def _connect(self) -> None:
        # The queue of the socket outlives a clerk, so this fails only when all who hold it are gone.
        for _ in range(round(FINISH_SECONDS / AGAIN_SECONDS)):
            try:
                await self.loop.create_unix_connection(lambda: self, self.path)
            except BlockingIOError:  # The queue is full.
                await asyncio.sleep(AGAIN_SECONDS)
            except OSError:
                break
            else:
                return
        log.error("nobody serves the books any more")
        gone = Weather("nobody serves the books any more")
        self._unsent = []
        self.deliver([(self._done(number), gone) for number in [*self._tickets]])
        self.orphaned()
