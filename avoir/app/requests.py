"""Requests of several steps, each a command of its own."""

from avoir.core.command import Command
from avoir.core.desk import Desk


class KeepRequest(Command, frozen=True):
    """Bind an idempotency key to a request of several steps, so that it is refused for any other.

    Nothing changes but the key: the answer that is kept under it is the whole effect.
    """

    ANSWER = None

    def decide(self, desk: Desk) -> None:
        """Refuses nothing; whoever keeps the answer refuses a key that was used otherwise."""
