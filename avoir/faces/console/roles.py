"""Roles: what each may do, ability by ability; made, changed, taken away."""

from typing import NamedTuple

from starlette.responses import Response

from avoir.app.reads import directory
from avoir.app.roles import CreateRole, DeleteRole, EditRole
from avoir.core.access import DIRECTORY, Role
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.role import SUBJECTS, Permission, abilities_of
from avoir.faces.console import abilities
from avoir.faces.console.settings import page
from avoir.faces.console.visit import Visit


class Choice(NamedTuple):
    """One ability that a role may have: its name in the form, and its words."""

    name: str
    words: str


async def index(visit: Visit) -> Response:
    """Every role."""
    found = await visit.access.door.read(directory.roles, DIRECTORY, _tenancy(visit))
    return page(visit, "roles.html", "roles", roles=found, may=abilities_of)


async def show(visit: Visit) -> Response:
    """One role, or an empty form for a new one. Refuses `NotFound`."""
    role, has = await _found(visit), frozenset[str]()
    if visit.form.values:
        has = frozenset(visit.form.texts("may"))
    elif role is not None:
        has = abilities_of(role) or frozenset()
    return page(visit, "role.html", "roles", role=role, subjects=offered(), has=has)


async def submit(visit: Visit) -> Response:
    """Make it, change it, or take it away. Refuses what the commands refuse."""
    form, role = visit.form, await _found(visit)
    tenancy, by = _tenancy(visit), visit.user.id
    if form.text("do") == "delete" and role is not None:
        command: Command = DeleteRole(tenancy_id=tenancy, by=by, role_id=role.id)
        await visit.ask_directory(command, key=visit.own_key)
        return visit.go("/settings/roles", "role_taken_away")
    name, description = form.text("name"), form.text("description")
    scopes = " ".join(form.text("scopes").split())
    pairs = (each.partition(" ") for each in form.texts("may"))
    may = tuple(Permission(subject, verb) for verb, _, subject in pairs)
    if role is None:
        command = CreateRole(
            tenancy_id=tenancy, by=by, name=name, description=description, permissions=may, scopes=scopes
        )
    else:
        command = EditRole(
            tenancy_id=tenancy, by=by, role_id=role.id, name=name, description=description, permissions=may,
            scopes=scopes,
        )  # fmt: skip
    await visit.ask_directory(command, key=visit.own_key)
    return visit.go("/settings/roles", "saved")


def offered() -> dict[str, list[Choice]]:
    """Every ability there is, by what it is about."""
    return {
        subject.label: [
            Choice(f"{verb} {name}", abilities.verb(verb))
            for verb in (*subject.abilities, *subject.extra)
        ]
        for name, subject in SUBJECTS.items()
    }  # fmt: skip


def _tenancy(visit: Visit) -> int:
    return visit.caller.identity.organization_id


async def _found(visit: Visit) -> Role | None:
    if visit.request.path_params.get("id") is None:
        return None
    role = await visit.access.door.read(directory.role_by_id, DIRECTORY, _tenancy(visit), visit.id())
    if role is None:
        raise NotFound("there is no such role")
    return role
