"""What every mutation does: ask a command, read a day, give back a payload."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from avoir.core.command import Command
from avoir.faces.graphql.request import Info

Args = Mapping[str, Any]
Payload = Mapping[str, Any]
Mutation = Callable[[Info, Args], Awaitable[Payload]]


async def ask(info: Info, command: Command, part: str = "") -> Any:
    """What the command gave back; its step is the field's place in the answer.

    `part` names the command where a mutation asks several.
    """
    return await info.context.ask(command, str(info.path.key), part)


def day(info: Info, text: str | None, what: str) -> str:
    """The day that a text names; today, if nothing is said."""
    request = info.context
    return request.caller.day(text, what) if text else request.today
