"""A gateway without money, that does as it is told: to try everything that a real one does to you."""

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from avoir.core.rail import Answer, Failed, Paid, PayBack, Pending

SANDBOX = "sandbox"
"""What the gateway is called."""
DECLINED = "declined"
"""A token that the sandbox takes no payment by."""


class Play(msgspec.Struct, frozen=True):
    """How the sandbox treats one refund. It is the same each time: nothing is left to chance.

    `fails`: the answer is no, for this reason. `pending`: how often it is asked before it knows. `deaf`: the
    first so many requests never arrive. `mute`: what is asked is done, but the first so many answers are
    lost. `news`: how often it says unasked that there is news, once it knows.
    """

    fails: str = ""
    pending: int = 0
    deaf: int = 0
    mute: int = 0
    news: int = 1


PLAYS: Mapping[int, Play] = {
    1: Play(fails="declined"),
    2: Play(pending=2),
    3: Play(mute=1),
    4: Play(deaf=1),
    5: Play(pending=2, fails="the account is closed"),
    6: Play(mute=2, pending=1, news=3),
}
"""By the last two digits of an amount in minor units: 10.01 USD is declined, 10.03 paid and not answered."""


def charge(token: str, key: str) -> Paid | Failed:
    """Take a payment: yes at once, for no money moves; no, if the token says so. The key names it."""
    return Failed(DECLINED) if token == DECLINED or not token else Paid(f"{SANDBOX}-{key}")


class Sandbox:
    """Keeps what it was asked in memory, by key. `listener` is told the key when there is news."""

    def __init__(
        self, plays: Mapping[int, Play] = PLAYS, listener: Callable[[str], None] = lambda key: None
    ) -> None:
        self.plays, self.listener = plays, listener
        self.asked: dict[str, PayBack] = {}
        self.calls: dict[str, int] = {}
        self.questions: dict[str, int] = {}

    async def pay_back(self, asked: PayBack, key: str) -> Answer:
        """Do as the amount says; the same key is the same refund, and is paid once."""
        calls = self.calls[key] = self.calls.get(key, 0) + 1
        play = self._play(asked)
        if calls <= play.deaf:
            await _silence()
        if self.asked.setdefault(key, asked) != asked:
            return Failed("the key was used for another refund")
        if calls <= play.deaf + play.mute:
            await _silence()
        return self._answer(key)

    async def look_up(self, key: str) -> Answer | None:
        """What became of a refund that arrived."""
        return self._answer(key) if key in self.asked else None

    @property
    def paid(self) -> dict[str, int]:
        """What was paid in fact, in minor units by key: each key once, however often it was asked."""
        return {key: asked.amount_minor for key, asked in self.asked.items() if not self._play(asked).fails}

    def _play(self, asked: PayBack) -> Play:
        return self.plays.get(asked.amount_minor % 100, Play())

    def _answer(self, key: str) -> Answer:
        play = self._play(self.asked[key])
        questions = self.questions[key] = self.questions.get(key, 0) + 1
        if questions <= play.pending:
            return Pending()
        if questions == play.pending + 1:
            for _ in range(play.news):
                self.listener(key)
        return Failed(play.fails) if play.fails else Paid(f"sandbox-{key}")


async def _silence() -> None:
    """What a lost message looks like from the other end."""
    await asyncio.Event().wait()
