"""An answer's head waits for its body, and for nothing else."""

import asyncio

import pytest

from avoir.cli.whole import MOST_HELD, Whole


class Wire:
    """A transport that keeps what was written, write by write."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


CASES = [
    # written in one turn of the loop            leaves as
    ([b"head", b"body"],                         [b"headbody"]),
    ([b"head", b""],                             [b"head"]),
    ([b"head", b"one", b"two"],                  [b"headone", b"two"]),
    ([b"head", b"body", b"head", b"body"],       [b"headbody", b"headbody"]),
    ([b"100 Continue"],                          [b"100 Continue"]),
    ([b"h" * MOST_HELD, b"body"],                [b"h" * MOST_HELD, b"body"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "leaves"), CASES)
def test_what_was_written_leaves_in_order_within_a_turn(said, leaves):
    async def turn() -> Wire:
        wire = Wire()
        whole = Whole(wire, asyncio.get_running_loop())
        for data in said:
            whole.write(data)
        await asyncio.sleep(0)
        return wire

    assert asyncio.run(turn()).written == leaves


def test_a_head_does_not_wait_for_a_body_that_is_long_in_coming():
    async def turns() -> Wire:
        wire = Wire()
        whole = Whole(wire, asyncio.get_running_loop())
        whole.write(b"head")
        assert wire.written == []
        await asyncio.sleep(0)
        assert wire.written == [b"head"]
        whole.write(b"body")
        await asyncio.sleep(0)
        return wire

    assert asyncio.run(turns()).written == [b"head", b"body"]


def test_what_is_held_is_written_before_the_end():
    async def turn() -> Wire:
        wire = Wire()
        whole = Whole(wire, asyncio.get_running_loop())
        whole.write(b"bye")
        whole.close()
        assert whole.is_closing()
        await asyncio.sleep(0)
        return wire

    wire = asyncio.run(turn())
    assert (wire.written, wire.closed) == ([b"bye"], True)
