"""The hatch: a clerk in a process of its own, and the asks of other processes that come to it.

A frame is a length and a pickled list: of numbered asks one way, of numbered outcomes the other. Both ends
are the same program, started together, and the socket lies in a directory that nobody else may enter: that
is why a frame may say what it likes.
"""

import gc
import logging
import pickle
import selectors
import socket
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from avoir.app.clerk import Busy, Clerk, Outcome, Weather
from avoir.core.command import Ask
from avoir.core.errors import Refusal

log = logging.getLogger(__name__)
Asked = list[tuple[int, Ask]]
Answered = list[tuple[int, Outcome]]

_LENGTH = 4
AT_ONCE = 1 << 18
"""So many bytes are read from one process before it is another's turn."""
MOST_UNREAD = 1 << 26
"""So many bytes of answers wait for a process that does not read; then it is let go."""


class Failed(Exception):
    """The command had a bug; what it was stands in the clerk's log."""


def frame(said: Asked | Answered) -> bytes:
    """What is said, as it travels."""
    body = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(_LENGTH) + body


class Frames:
    """What has come so far, and the frames in it that are whole."""

    def __init__(self) -> None:
        self._come = bytearray()

    def feed(self, data: bytes | memoryview) -> Iterator[Any]:
        """What is said by each frame that is whole now."""
        self._come += data
        while len(self._come) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._come[:_LENGTH])
            if len(self._come) < end:
                return
            body = bytes(self._come[_LENGTH:end])
            del self._come[:end]
            yield pickle.loads(body)  # noqa: S301 - the other end is this very program.


class Line:
    """One process at the hatch."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket, self.frames, self.unsent = connection, Frames(), bytearray()


class Hatch:
    """Takes asks from sockets and hands answers back, all in one thread: nothing fights with the clerk.

    While a batch is recorded, what comes gathers in the sockets, and is the next batch.
    """

    def __init__(self, clerk: Clerk, listening: socket.socket, lifeline: socket.socket | int) -> None:
        self.clerk, self.listening, self.lifeline = clerk, listening, lifeline
        self.selector = selectors.DefaultSelector()
        self.lines: set[Line] = set()
        self.closing = False
        # One place for all that is read: to be given so much memory anew takes longer than the reading.
        self._read_into = memoryview(bytearray(AT_ONCE))

    def serve(self) -> None:
        """Work until the lifeline ends: whoever started this process holds its other end, and may die."""
        listening = self.listening
        listening.setblocking(False)
        self.selector.register(listening, selectors.EVENT_READ, self._accept)
        self.selector.register(self.lifeline, selectors.EVENT_READ, self._end)
        # What was loaded stays, and need not be looked through for garbage.
        gc.freeze()
        lanes = self.clerk.lanes
        while lanes.waiting or not self.closing:
            for key, _ in self.selector.select(0 if lanes.waiting else None):
                key.data()
            if batch := self.clerk.take():
                outcomes = self.clerk.record([ask for ask, _ in batch])
                self._answer([(ticket, out) for (_, ticket), out in zip(batch, outcomes, strict=True)])
        for line in [*self.lines]:
            self._finish(line)
        self.clerk.close()

    def _end(self) -> None:
        self.closing = True
        self.selector.unregister(self.lifeline)
        self.selector.unregister(self.listening)
        # What was sent before the end is still taken.
        for line in [*self.lines]:
            self._read(line)

    def _accept(self) -> None:
        try:
            connection, _ = self.listening.accept()
        except OSError:  # It hung up meanwhile.
            return
        connection.setblocking(False)
        line = Line(connection)
        self.lines.add(line)
        self.selector.register(connection, selectors.EVENT_READ, lambda: self._turn(line))
        # The first word: a clerk is at work here. The queue of the socket alone says nothing of the kind.
        self._send(line, frame([]))

    def _turn(self, line: Line) -> None:
        self._flush(line)
        self._read(line)

    def _read(self, line: Line) -> None:
        try:
            length = line.socket.recv_into(self._read_into)
        except BlockingIOError:
            return
        except OSError:
            length = 0
        if not length:
            self._let_go(line)
            return
        refused: Answered = []
        for asked in line.frames.feed(self._read_into[:length]):
            for number, ask in asked:
                try:
                    self.clerk.lanes.put(ask, (line, number))
                except Busy as no:
                    refused.append((number, no))
        if refused:
            self._send(line, frame(refused))

    def _answer(self, answers: Sequence[tuple[tuple[Line, int], Outcome]]) -> None:
        by_line: dict[Line, Answered] = defaultdict(list)
        for (line, number), out in answers:
            by_line[line].append((number, _told(out)))
        for line, answered in by_line.items():
            if (
                line in self.lines
            ):  # Else nobody is left to hear it. The books stand; the keys will find them.
                self._send(line, _frame_of(answered))

    def _send(self, line: Line, data: bytes) -> None:
        line.unsent += data
        self._flush(line)

    def _flush(self, line: Line) -> None:
        if line not in self.lines or not line.unsent:
            return
        try:
            del line.unsent[: line.socket.send(line.unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._let_go(line)
            return
        if len(line.unsent) > MOST_UNREAD:
            log.warning("a server process does not read its answers, and is let go")
            self._let_go(line)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.unsent else 0)
        if self.selector.get_key(line.socket).events != wanted:
            self.selector.modify(line.socket, wanted, lambda: self._turn(line))

    def _finish(self, line: Line) -> None:
        line.socket.settimeout(1)
        try:
            line.socket.sendall(line.unsent)
        except OSError:
            log.warning("a server process did not hear its last answers")
        self._let_go(line)

    def _let_go(self, line: Line) -> None:
        if line in self.lines:
            self.lines.discard(line)
            self.selector.unregister(line.socket)
            line.socket.close()


def _told(out: Outcome) -> Outcome:
    """A bug travels as its name only: it may hold what no other process has, and the log has all of it."""
    if isinstance(out, Exception) and not isinstance(out, Refusal | Weather):
        return Failed(f"{type(out).__name__}: {out}")
    return out


def _frame_of(answered: Answered) -> bytes:
    try:
        return frame(answered)
    except Exception:  # An answer that cannot travel is one command's bug, and no other's.
        log.exception("an answer cannot be told")
        return frame([(number, _travels(out)) for number, out in answered])


def _travels(out: Outcome) -> Outcome:
    try:
        pickle.dumps(out)
    except Exception as problem:
        return Failed(f"an answer cannot be told: {problem}")
    return out
