"""The people of an organization (rest.md, section 1)."""

from typing import Any

from avoir.app.people import ActivateUser, DeleteUser, EditUser, InactivateUser
from avoir.app.reads import people
from avoir.app.reads.people import Person
from avoir.core.access import ACTIVE, DIRECTORY, INVITED
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.faces.rest.api_keys import own_key
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import email, id_in, text, whole
from avoir.faces.rest.lists import MOST_ON_A_PAGE

EDIT = Body(text("firstName"), text("lastName"), email("email"), id_in("roleId", coerced=True))
INDEX = Body(whole("page", least=1, default=1), whole("pageSize", least=1, default=12))


async def index(call: Call) -> dict[str, Any]:
    """A page of the organization's people, those who are only invited among them."""
    page, size = call.query["page"], min(call.query["pageSize"], MOST_ON_A_PAGE)
    total, found = await call.access.door.read(
        people.people, DIRECTORY, call.identity.organization_id, (page - 1) * size, size
    )
    rows = [shown(person) for person in found]
    return {
        "data": rows,
        "users": rows,
        "pagination": {"total": total, "page": page, "page_size": size},
        "filter_meta": {},
    }


async def show(call: Call) -> dict[str, Any]:
    """One of them. Refuses `NotFound`."""
    id = call.id()
    person = await call.access.door.read(people.person, DIRECTORY, call.identity.organization_id, id)
    if person is None:
        raise NotFound("no such user", kind="User", id=id)
    return shown(person)


async def edit(call: Call) -> dict[str, Any]:
    """Somebody's name, e-mail and role. Refuses `NotFound`, `OwnRole`, `UserIsShared`, `EmailTaken`."""
    form = call.form
    command = EditUser(
        **whose(call),
        first_name=form["firstName"],
        last_name=form["lastName"],
        email=form["email"],
        role_id=form["roleId"],
    )
    return await _done(call, command, "The user has been changed.")


async def activate(call: Call) -> dict[str, Any]:
    """Let somebody in again. Refuses `NotFound`, `UserAlreadyActive`, `OwnAccess`."""
    return await _done(call, ActivateUser(**whose(call)), "The user may come in again.")


async def inactivate(call: Call) -> dict[str, Any]:
    """Close somebody out. Refuses `NotFound`, `UserAlreadyInactive`, `OwnAccess`, `LastAdmin`."""
    return await _done(call, InactivateUser(**whose(call)), "The user is closed out.")


async def delete(call: Call) -> None:
    """Take somebody out of the organization. Refuses `NotFound`, `LastAdmin`."""
    await _done(call, DeleteUser(**whose(call)), "")


def whose(call: Call) -> dict[str, Any]:
    """About whom, in which organization, and who asks."""
    identity = call.identity
    return {"tenancy_id": identity.organization_id, "by": identity.user_id or 0, "user_id": call.id()}


async def _done(call: Call, command: Command, message: str) -> dict[str, Any]:
    id = await call.access.ask(command, actor=call.identity.actor, key=own_key(call))
    return {"id": id, "message": message}


def shown(person: Person) -> dict[str, Any]:
    """A member as contract B has them."""
    user, membership, role = person.user, person.membership, person.role
    accepted = membership.state != INVITED
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": f"{user.first_name} {user.last_name}".strip(),
        "email": user.email,
        "active": membership.state == ACTIVE and bool(user.active),
        "system_user_id": user.id,
        "role_id": role.id,
        "role_name": role.name,
        "role_description": role.description,
        "role_slug": role.slug,
        "role": {"id": role.id, "name": role.name, "slug": role.slug, "predefined": bool(role.predefined)},
        "is_invite_accepted": accepted,
        "invited_at": membership.invited_at or None,
        # When exactly is not written down: clients ask whether, and it was not before this.
        "invite_accepted_at": (membership.invited_at or membership.created_at) if accepted else None,
        "created_at": membership.created_at,
        "updated_at": None,
    }
