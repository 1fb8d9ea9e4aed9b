"""Branches (rest.md, 2.8)."""

from typing import Any

from avoir.app.branches import (
    CreateBranch,
    DeleteBranch,
    EditBranch,
    MarkPrimaryBranch,
    RequireBranches,
)
from avoir.app.reads.query import Query
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.organization import Branch
from avoir.core.together import Together
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import email, flag, kept, text

PLACE = (
    text("code", optional=True, most=255),
    text("address", optional=True),
    text("city", optional=True),
    text("country", optional=True),
    text("phoneNumber", optional=True),
    email("email", optional=True),
)
CREATE = Body(text("name"), flag("primary"), *PLACE)
EDIT = Body(text("name", optional=True), flag("primary"), *map(kept, PLACE))


async def create(call: Call) -> dict[str, Any]:
    """A new branch. Refuses `BranchCodeTaken`."""
    return branch_row(await call.caller.ask(CreateBranch(primary=call.form["primary"], **_said(call))))


async def edit(call: Call) -> dict[str, Any]:
    """Change what is said of a branch. Refuses what `EditBranch` refuses."""
    id, said = call.id(), _said(call)
    command: Command = EditBranch(branch_id=id, **said | {"name": said["name"] or None})
    if call.form["primary"]:
        marking = MarkPrimaryBranch(branch_id=id)
        command = Together(what="EditBranch, MarkPrimaryBranch", commands=(command, marking))
    await call.caller.ask(command)
    return await show(call)


async def delete(call: Call) -> None:
    """Take a branch away that nothing names. Refuses what `DeleteBranch` refuses."""
    await call.caller.ask(DeleteBranch(branch_id=call.id()))


async def mark_primary(call: Call) -> dict[str, Any]:
    """Make a branch the primary one of its entity. Refuses `NotFound`."""
    return branch_row(await call.caller.ask(MarkPrimaryBranch(branch_id=call.id())))


async def activate(call: Call) -> None:
    """From now on every document names its branch. Refuses `BranchesAlreadyRequired`."""
    await call.caller.ask(RequireBranches())
    call.access.forget()


async def show(call: Call) -> dict[str, Any]:
    """One branch. Refuses `NotFound`."""
    branch = await call.caller.read(_branch, call.id())
    if branch is None:
        raise NotFound("no such Branch", kind="Branch")
    return branch_row(branch)


def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "name": form["name"],
        "code": form["code"],
        "address": form["address"],
        "city": form["city"],
        "country": form["country"],
        "phone_number": form["phoneNumber"],
        "email": form["email"],
    }


async def index(call: Call) -> list[dict[str, Any]]:
    """All branches, oldest first."""
    return [branch_row(branch) for branch in await call.caller.read(_branches)]


def branch_row(x: Branch) -> dict[str, Any]:
    """A branch as it stands in documents and replies."""
    return {
        "id": x.id,
        "name": x.name,
        "code": x.code or None,
        "address": x.address or None,
        "city": x.city or None,
        "country": x.country or None,
        "phone_number": x.phone_number or None,
        "email": x.email or None,
        "website": None,
        "primary": bool(x.is_primary),
        "created_at": x.created_at,
        "updated_at": None,
    }


def _branch(query: Query, id: int) -> Branch | None:
    return query.one(Branch, id)


def _branches(query: Query) -> list[Branch]:
    return query.rows(Branch, "", "ORDER BY t.id")
