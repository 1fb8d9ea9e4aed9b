"""Callers: each asks for one thing after the other, and asks again with the same key until it is answered."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from avoir.core.command import Ask, Command, KeyReused, encode, fingerprint, uuid_seed
from avoir.core.errors import Refusal
from avoir.simulation.clock import START, VirtualLoop, instant_of
from avoir.simulation.oracle import Oracle

PATIENCE = 4
"""Seconds of the loop that a caller waits for an answer."""

Send = Callable[[Ask, Callable[[Any], None]], None]
_MILLISECONDS = int(START.timestamp() * 1000)


class Clerkship:
    """What all callers share: how asks are put into envelopes, where they go, and what was acknowledged."""

    def __init__(self, loop: VirtualLoop, chance: Random, oracle: Oracle, send: Send) -> None:
        self.loop, self.chance, self.oracle, self.send = loop, chance, oracle, send
        self.acknowledged: dict[tuple[int, str], str] = {}
        self.tally: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.trouble = 1.0
        self._asks = 0

    def envelope(self, organization_id: int, key: str, command: Command, actor: str) -> Ask:
        """An ask as the door makes one, by the clock and the chance of the simulated world."""
        self._asks += 1
        now = self.loop.instant()
        seed = uuid_seed(_MILLISECONDS, (self._asks << 12).to_bytes(10))
        return Ask(
            organization_id=organization_id, key=key, fingerprint=fingerprint(command), command=command,
            actor=actor, now=instant_of(now), today=now.date().isoformat(), seed=seed,
        )  # fmt: skip

    def heard(self, ask: Ask, outcome: Any) -> bool:
        """Take note of an answer; whether it is one (weather is none). A bug ends the simulation."""
        if isinstance(outcome, Refusal):
            self.tally["refused"] += 1
            self.refused[outcome.code] += 1
            return True
        if isinstance(outcome, BaseException):
            self.oracle.must(type(outcome).__name__ == "Weather", "no command is a bug", ask.command, outcome)
            return False
        self.tally["granted"] += 1
        if not ask.command.DRY:
            said = encode(outcome).decode()
            known = self.acknowledged.setdefault((ask.organization_id, ask.key), said)
            self.oracle.must(known == said, "one key has one answer", ask.key, known, said)
        return True


class Caller:
    """Somebody with one thing to ask at a time. `next_command` says what, and of which organization."""

    def __init__(
        self, n: int, shared: Clerkship, next_command: Callable[[], tuple[int, Command] | None]
    ) -> None:
        self.n, self.shared, self.next_command = n, shared, next_command
        self._asked, self._waits = 0, ""
        self._ask: Ask | None = None
        self.done = False

    def go(self) -> None:
        """Ask for the next thing, or be done."""
        thing = self.next_command()
        if thing is None:
            self.done = True
            return
        organization_id, command = thing
        self._asked += 1
        self._waits = f"{self.n}-{self._asked}"
        actor = f"user:{self.n % 5 + 1}"
        self._ask = self.shared.envelope(organization_id, self._waits, command, actor)
        self._send(self._ask)

    def _send(self, ask: Ask) -> None:
        shared = self.shared
        shared.tally["asked"] += 1
        if shared.chance.random() < 0.03 * shared.trouble:
            shared.faults["request doubled"] += 1
            shared.tally["asked"] += 1
            shared.send(ask, lambda outcome: self._answered(ask, outcome))
        shared.send(ask, lambda outcome: self._answered(ask, outcome))
        self._timer = shared.loop.call_later(PATIENCE, self._tire, ask)

    def _tire(self, ask: Ask | None) -> None:
        if ask is not None and self._ask is ask:
            self.shared.faults["asked again"] += 1
            # Another envelope around the same words: time goes on, the key stays.
            again = self.shared.envelope(ask.organization_id, ask.key, ask.command, ask.actor)
            self._ask = again
            self._send(again)

    def _answered(self, ask: Ask, outcome: Any) -> None:
        over = self.shared.heard(ask, outcome)
        if ask.key != self._waits:
            return
        self._timer.cancel()
        shared = self.shared
        if not over:
            shared.loop.call_later(0.1, self._tire, self._ask)
            return
        if not isinstance(outcome, Refusal) and shared.chance.random() < 0.01 * shared.trouble:
            self._misuse(ask)
        self._ask, self._waits = None, ""
        shared.loop.call_later(shared.chance.random() / 20, self.go)

    def _misuse(self, ask: Ask) -> None:
        """Use the key again for something else: it must be refused, whatever else happens."""
        self.shared.faults["key used for something else"] += 1
        other = msgspec.structs.replace(ask, fingerprint="0" * 32)

        def answered(outcome: Any) -> None:
            if not isinstance(outcome, Exception) or isinstance(outcome, Refusal):
                self.shared.oracle.must(isinstance(outcome, KeyReused), "a key is for one thing", outcome)

        self.shared.tally["asked"] += 1
        self.shared.send(other, answered)
