"""What every mutation does: ask a command, read a day, give back a payload."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from avoir.app.reads import graph
from avoir.app.reads.graph_house_lists import ACCOUNTS
from avoir.core.command import Command
from avoir.faces.graphql.ids import NOBODY, identifier
from avoir.faces.graphql.request import Info

Args = Mapping[str, Any]
Payload = Mapping[str, Any]
Mutation = Callable[[Info, Args], Awaitable[Payload]]


async def ask(info: Info, command: Command, part: str = "") -> Any:
    """What the command gave back; its step is the field's place in the answer.

    `part` names the command where a mutation asks several.
    """
    return await info.context.ask(command, str(info.path.key), part)


async def customer_of(info: Info, given: Args) -> int:
    """The customer by its id, else by its code; nobody, for the law to refuse."""
    if given.get("accountId") is not None:
        return identifier(given["accountId"])
    code = given.get("accountCode") or ""
    if not code or "\0" in code:
        return NOBODY
    found = await info.context.caller.read(graph.one, ACCOUNTS, {"code": code}, {})
    return found.id if found else NOBODY


def day(info: Info, text: str | None, what: str) -> str:
    """The day that a text names; today, if nothing is said."""
    request = info.context
    return request.caller.day(text, what) if text else request.today
