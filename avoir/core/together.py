"""Several commands in one commit."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.row import Row


class Together(Command, frozen=True, kw_only=True):
    """Several commands as one: all of them, or none. `what` names them, as they do not name themselves."""

    what: str
    commands: tuple[Command, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        for command in self.commands:
            yield from command.needs()

    def decide(self, desk: Desk) -> None:
        """Refuses what the first one refuses that cannot be granted."""
        for command in self.commands:
            command.decide(desk)
