"""A gateway at the other end of a bad line. What it has paid in fact is what the books are held against."""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from avoir.core.rail import Answer, Failed, Paid, PayBack, Pending
from avoir.simulation.clock import VirtualLoop


class Bank:
    """Pays once per key. Requests are late, lost or doubled, and so are answers and news."""

    def __init__(self, loop: VirtualLoop, chance: Random, news: Callable[[str], None]) -> None:
        self.loop, self.chance, self.news = loop, chance, news
        self.asked: dict[str, PayBack] = {}
        self.verdicts: dict[str, Answer] = {}
        self.known_at: dict[str, float] = {}
        self.faults: Counter[str] = Counter()
        self.wrongs: list[str] = []
        self.trouble = 1.0
        """How bad the line is: 1 as ever, 0 for the end, when all is to be settled."""

    async def pay_back(self, asked: PayBack, key: str) -> Answer:
        """Pay, unless the line is bad; raises, or never comes back, where a real one would."""
        if self._happens("request lost", 0.08):
            await asyncio.Event().wait()
        if self._happens("request late", 0.1):
            await asyncio.sleep(self.chance.random() * 4)
        if self._happens("request doubled", 0.1):
            # The copy comes later than the answer to the first, and after whatever is asked meanwhile.
            self.loop.call_later(self.chance.random() * 9, self._arrived, asked, key)
        self._arrived(asked, key)
        if self._happens("answer lost after success", 0.12):
            await asyncio.Event().wait()
        if self._happens("connection reset after success", 0.05):
            raise ConnectionError("reset by peer")
        return self._verdict(key)

    async def look_up(self, key: str) -> Answer | None:
        """What became of a key that arrived."""
        if self._happens("question lost", 0.08):
            await asyncio.Event().wait()
        return self._verdict(key) if key in self.asked else None

    @property
    def paid(self) -> dict[str, int]:
        """What was paid in fact, in minor units, by key."""
        return {
            key: asked.amount_minor
            for key, asked in self.asked.items()
            if isinstance(self.verdicts[key], Paid)
        }

    def _arrived(self, asked: PayBack, key: str) -> None:
        known = self.asked.get(key)
        if known is not None:
            if known != asked:
                self.wrongs.append(f"{key} was asked for twice, and not the same: {known}, {asked}")
            return
        self.asked[key] = asked
        no = self.chance.random() < 0.15
        self.verdicts[key] = Failed("declined") if no else Paid(f"bank-{key[:8]}")
        wait = self.chance.choice((0.0, 0.0, 0.5, 6.0))
        self.known_at[key] = self.loop.time() + wait
        for _ in range(self.chance.choice((0, 1, 1, 3))):
            # News comes early, late and more than once.
            self.faults["news out of order"] += 1
            self.loop.call_later(self.chance.random() * 2 * wait, self.news, key)

    def _verdict(self, key: str) -> Answer:
        return self.verdicts[key] if self.loop.time() >= self.known_at[key] else Pending()

    def _happens(self, what: str, often: float) -> bool:
        if self.chance.random() >= often * self.trouble:
            return False
        self.faults[what] += 1
        return True
