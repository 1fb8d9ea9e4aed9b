"""Users and roles of the organization: made, changed, taken away."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from avoir.app.access import CreateUser
from avoir.app.people import ActivateUser, DeleteUser, EditUser, InactivateUser
from avoir.app.reads import directory, people
from avoir.app.reads.people import Person
from avoir.app.roles import CreateRole, DeleteRole, EditRole
from avoir.core.access import ACTIVE, DIRECTORY, Role
from avoir.core.client import known_scopes
from avoir.core.errors import NotFound
from avoir.core.role import STAFF_ROLE, permissions_of
from avoir.core.text import named
from avoir.faces.graphql.asking import Args, Mutation, Payload
from avoir.faces.graphql.clients import ask_directory, holding
from avoir.faces.graphql.fields.users import Somebody
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info

NO_PASSWORD = ""
"""Nobody signs in by it: the person chooses a password by e-mail first."""


async def user_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = CreateUser(
        **_whose(info),
        email=named(given.get("email") or "", "a user"),
        first_name=given.get("firstName") or "",
        last_name=given.get("lastName") or "",
        password_hash=NO_PASSWORD,
        role_id=identifier(given["roleId"]) if given.get("roleId") is not None else STAFF_ROLE,
    )
    user = await ask_directory(info, command)
    return {"user": _shown(await _person(info, user.id))}


async def user_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], identifier(args["id"])
    person = await _person(info, id)
    user = person.user
    command = EditUser(
        **_whose(info),
        user_id=id,
        first_name=(given["firstName"] or "") if "firstName" in given else user.first_name,
        last_name=(given["lastName"] or "") if "lastName" in given else user.last_name,
        email=given.get("email") or user.email,
        role_id=identifier(given["roleId"]) if given.get("roleId") is not None else person.role.id,
    )
    await ask_directory(info, command)
    enabled = given.get("enabled")
    if enabled is not None and enabled != (person.membership.state == ACTIVE):
        kind = ActivateUser if enabled else InactivateUser
        await ask_directory(info, kind(**_whose(info), user_id=id), part="enabled")
    return {"user": _shown(await _person(info, id))}


async def current_user_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], info.context.caller.identity.user_id
    if id is None:
        raise GraphQLError(
            "The client acts for nobody, and so has no user to change",
            extensions={"code": "not_a_person", "kind": "conflict", "facts": {}},
        )
    user = (await _person(info, id)).user
    said = {name: given[name] for name in ("firstName", "lastName") if given.get(name) is not None}
    shown = (await user_update(info, {"id": str(id), "attributes": said}))["user"] if said else None
    return {
        "entityId": info.context.caller.setup.entity.id,
        "firstName": shown.first_name if shown else user.first_name,
        "lastName": shown.last_name if shown else user.last_name,
        "profile": shown or _shown(await _person(info, id)),
    }


async def user_delete(info: Info, args: Args) -> Payload:
    id = identifier(args["id"])
    shown = _shown(await _person(info, id))
    await ask_directory(info, DeleteUser(**_whose(info), user_id=id))
    return {"user": shown}


async def role_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = CreateRole(
        **_whose(info),
        name=given.get("name") or "",
        permissions=(),
        scopes=known_scopes(tuple(given.get("scopes") or ())),
    )
    return {"role": await ask_directory(info, command)}


async def role_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], identifier(args["id"])
    tenancy = info.context.caller.identity.organization_id
    role: Role | None = await info.context.caller.access.door.read(
        directory.role_by_id, DIRECTORY, tenancy, id
    )
    if role is None:
        raise NotFound("no such Role", kind="Role", id=id)
    scopes = given.get("scopes")
    command = EditRole(
        **_whose(info),
        role_id=id,
        name=(given["name"] or "") if "name" in given else role.name,
        description=role.description,
        permissions=permissions_of(role),
        scopes=None if scopes is None else known_scopes(tuple(scopes)),
    )
    return {"role": await ask_directory(info, command)}


async def role_delete(info: Info, args: Args) -> Payload:
    command = DeleteRole(**_whose(info), role_id=identifier(args["id"]))
    return {"role": await ask_directory(info, command)}


def _whose(info: Info) -> dict[str, Any]:
    identity = info.context.caller.identity
    return {"tenancy_id": identity.organization_id, "by": identity.user_id or 0, "holding": holding(info)}


async def _person(info: Info, id: int) -> Person:
    """A member of the organization. Refuses `NotFound`."""
    caller = info.context.caller
    found: Person | None = await caller.access.door.read(
        people.person, DIRECTORY, caller.identity.organization_id, id
    )
    if found is None:
        raise NotFound("no such User", kind="User", id=id)
    return found


def _shown(person: Person) -> Somebody:
    user, membership = person.user, person.membership
    enabled = membership.state == ACTIVE and bool(user.active)
    return Somebody(
        user.id, user.first_name, user.last_name, user.email, enabled, membership.created_at, person.role.id
    )


MUTATIONS: Mapping[str, Mutation] = {
    "currentUserUpdate": current_user_update,
    "roleCreate": role_create,
    "roleDelete": role_delete,
    "roleUpdate": role_update,
    "userCreate": user_create,
    "userDelete": user_delete,
    "userUpdate": user_update,
}
