"""Several things taken away at once, and the question which could be (rest.md, section 0: bulk)."""

from collections.abc import Callable
from typing import Any

from avoir.core.command import Command, Preview
from avoir.core.errors import Refusal
from avoir.core.together import Together
from avoir.faces.rest.endpoint import Call, Handler, Way
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import flag, ids

BULK = Body(ids("ids"), flag("skipUndeletable"))

Deletion = Callable[[int], Command]


def validate(deletion: Deletion) -> Handler:
    """Which ones could be taken away now, each by itself."""

    async def handle(call: Call) -> dict[str, Any]:
        """Which of these could be deleted, each by itself."""
        wanted = call.form["ids"]
        refused = {id for id in wanted if await _refused(call, Preview(command=deletion(id)), id)}
        fine = [id for id in wanted if id not in refused]
        return {
            "deletable_count": len(fine),
            "non_deletable_count": len(refused),
            "deletable_ids": fine,
            "non_deletable_ids": [id for id in wanted if id in refused],
        }

    return handle


def delete(deletion: Deletion) -> Handler:
    """All are taken away in one commit, or none; or, if wanted, whichever can be."""

    async def handle(call: Call) -> None:
        """Delete all of these, or none. Refuses what the first refuses; nothing with `skipUndeletable`."""
        wanted = call.form["ids"]
        if call.form["skipUndeletable"]:
            for id in wanted:
                await _refused(call, deletion(id), id)
        else:
            commands = tuple(map(deletion, wanted))
            await call.caller.ask(Together(what=type(commands[0]).__name__, commands=commands))

    return handle


def ways(path: str, deletion: Deletion, status: int = 201, room: str = "") -> tuple[Way, Way]:
    """The two ways of a resource."""
    return (
        Way("POST", f"{path}/validate-bulk-delete", validate(deletion), BULK, status=status, room=room),
        Way("POST", f"{path}/bulk-delete", delete(deletion), BULK, status=status, room=room),
    )


async def _refused(call: Call, command: Command, id: int) -> bool:
    try:
        await call.caller.ask(command, step=str(id))
    except Refusal:
        return True
    return False
