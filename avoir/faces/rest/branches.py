"""Branches (rest.md, 2.8)."""

from typing import Any

from avoir.app.branches import CreateBranch
from avoir.app.reads.query import Query
from avoir.core.organization import Branch
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import email, text

CREATE = Body(
    text("name"),
    text("code", optional=True, most=255),
    text("address", optional=True),
    text("city", optional=True),
    text("country", optional=True),
    text("phoneNumber", optional=True),
    email("email", optional=True),
)


async def create(call: Call) -> dict[str, Any]:
    """A new branch. Refuses `BranchCodeTaken`."""
    form = call.form
    command = CreateBranch(
        name=form["name"],
        code=form["code"],
        address=form["address"],
        city=form["city"],
        country=form["country"],
        phone_number=form["phoneNumber"],
        email=form["email"],
    )
    return branch_row(await call.caller.ask(command))


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


def _branches(query: Query) -> list[Branch]:
    return query.rows(Branch, "", "ORDER BY t.id")
