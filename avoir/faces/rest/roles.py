"""Roles, and what can be allowed (rest.md, section 1)."""

from typing import Any

from avoir.app.reads import directory
from avoir.app.roles import CreateRole, DeleteRole, EditRole
from avoir.core.access import DIRECTORY, Role
from avoir.core.errors import NotFound
from avoir.core.role import MOST_PERMISSIONS, SUBJECTS, Permission, permissions_of
from avoir.faces.rest.api_keys import own_key
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Field, Form
from avoir.faces.rest.kinds import IS_STRING, flag, id_in, several, text

PERMISSION = Body(
    text("subject"), text("ability"), flag("value", optional=False), id_in("permissionId", optional=True)
)
EDIT = Body(
    text("roleName"),
    text("roleDescription", empty=True),
    several("permissions", PERMISSION, least=1, most=MOST_PERMISSIONS),
    Field("scopes", lambda value, zone: value, (IS_STRING,), True, None),
)
"""`scopes` is ours: what the role may do in contract A, separated by blanks."""


async def index(call: Call) -> list[dict[str, Any]]:
    """Every role of the organization."""
    found = await call.access.door.read(directory.roles, DIRECTORY, call.identity.organization_id)
    return [shown(role) for role in found]


async def show(call: Call) -> dict[str, Any]:
    """One role. Refuses `NotFound`."""
    tenancy, id = call.identity.organization_id, call.id()
    role = await call.access.door.read(directory.role_by_id, DIRECTORY, tenancy, id)
    if role is None:
        raise NotFound("no such role", kind="Role", id=id)
    return shown(role)


async def create(call: Call) -> dict[str, Any]:
    """A role of the organization's own. Refuses `UnknownPermission`, `RoleTooPowerful`."""
    form = call.form
    command = CreateRole(
        tenancy_id=call.identity.organization_id,
        by=call.identity.user_id or 0,
        name=form["roleName"],
        description=form["roleDescription"],
        permissions=_permissions(form),
        scopes=form["scopes"] or "",
    )
    made = await call.access.ask(command, actor=call.identity.actor, key=own_key(call))
    return {"data": {"id": made.id}, "id": made.id, "message": "The role has been created."}


async def edit(call: Call) -> dict[str, Any]:
    """A role's name and permissions. Refuses `NotFound`, `RoleIsPredefined` and what `create` refuses."""
    form = call.form
    command = EditRole(
        tenancy_id=call.identity.organization_id,
        by=call.identity.user_id or 0,
        role_id=call.id(),
        name=form["roleName"],
        description=form["roleDescription"],
        permissions=_permissions(form),
        scopes=form["scopes"],
    )
    edited = await call.access.ask(command, actor=call.identity.actor, key=own_key(call))
    return {"data": {"id": edited.id}, "id": edited.id, "message": "The role has been changed."}


async def delete(call: Call) -> dict[str, Any]:
    """Take a role away. Refuses `NotFound`, `RoleIsPredefined`, `RoleIsUsed`."""
    command = DeleteRole(tenancy_id=call.identity.organization_id, role_id=call.id())
    gone = await call.access.ask(command, actor=call.identity.actor, key=own_key(call))
    return {"data": {"id": gone.id}, "id": gone.id, "message": "The role has been deleted."}


async def schema(call: Call) -> list[dict[str, Any]]:
    """Every subject that a permission may name, and what can be allowed of it."""
    return [
        {
            "subject": name,
            "subject_label": subject.label,
            "abilities": [{"key": x, "label": _label(x), "default": True} for x in subject.abilities],
            "extra_abilities": [{"key": x, "label": _label(x)} for x in subject.extra],
        }
        for name, subject in SUBJECTS.items()
    ]


def shown(role: Role) -> dict[str, Any]:
    """A role as contract B has it."""
    return {
        "id": role.id,
        "slug": role.slug,
        "name": role.name,
        "description": role.description,
        "predefined": bool(role.predefined),
        "permissions": [
            {"id": i, "role_id": role.id, "subject": x.subject, "ability": x.ability, "value": x.value}
            for i, x in enumerate(permissions_of(role), 1)
        ],
        "scopes": role.scopes,
        "created_at": role.created_at,
        "updated_at": role.updated_at,
    }


def _permissions(form: Form) -> tuple[Permission, ...]:
    return tuple(Permission(x["subject"], x["ability"], x["value"]) for x in form["permissions"])


def _label(ability: str) -> str:
    return ability.replace("-", " ").capitalize()
