"""Roles of an organization: made, edited, taken away. Asked of the directory."""

from collections.abc import Iterator
from typing import Any

from avoir.core.access import Membership, Role, Tenancy
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.role import ADMIN, Permission, RoleIsPredefined, may_give, role_named, unused, written
from avoir.core.row import Row, changed
from avoir.core.text import fits


class _OfRoles(Command, frozen=True, kw_only=True):
    """`by` is the user who asks, as far as there is one: what they may not do, they cannot give away.

    `holding` is what the token is good for by which a client asks: scopes separated by blanks, None is all.
    """

    ANSWER = Role
    tenancy_id: int
    by: int = 0
    holding: str | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Tenancy, self.tenancy_id
        if self.by:
            yield Membership, (self.by, self.tenancy_id)


class CreateRole(_OfRoles, frozen=True, kw_only=True):
    """A role of the organization's own. `scopes` are contract A's, separated by blanks."""

    name: str
    description: str = ""
    permissions: tuple[Permission, ...]
    scopes: str = ""

    def decide(self, desk: Desk) -> Role:
        """Refuses `NameRequired`, `TextTooLong`, `UnknownPermission`, `RoleTooPowerful`, `ScopeNotHeld`."""
        tenancy = desk.get(Tenancy, self.tenancy_id)
        id = tenancy.last_role + 1
        name, description = role_named(self.name, self.description)
        desk.put(changed(tenancy, last_role=id))
        role = Role(
            desk.organization_id, tenancy.id, id, "", name, description, 0, written(self.permissions),
            fits(self.scopes, "scopes"), desk.now, desk.now,
        )  # fmt: skip
        desk.tell("role.created", role)
        return desk.add(may_give(desk, self.tenancy_id, self.by, role, self.holding))


class EditRole(_OfRoles, frozen=True, kw_only=True):
    """Give a role another name and other permissions. Scopes stay where none are given."""

    role_id: int
    name: str
    description: str = ""
    permissions: tuple[Permission, ...]
    scopes: str | None = None

    def decide(self, desk: Desk) -> Role:
        """Refuses what `CreateRole` refuses, `NotFound`, and `RoleIsPredefined` for the admin's role."""
        role = desk.get(Role, self.tenancy_id, self.role_id)
        if role.slug == ADMIN:
            raise RoleIsPredefined("the admin's role stays as it is", field="roleId")
        name, description = role_named(self.name, self.description)
        edited = changed(
            role,
            name=name,
            description=description,
            permissions=written(self.permissions),
            scopes=role.scopes if self.scopes is None else fits(self.scopes, "scopes"),
            updated_at=desk.now,
        )
        desk.tell("role.changed", role)
        return desk.put(may_give(desk, self.tenancy_id, self.by, edited, self.holding))


class DeleteRole(_OfRoles, frozen=True, kw_only=True):
    """Take a role away that nobody has."""

    role_id: int

    def decide(self, desk: Desk) -> Role:
        """Refuses `NotFound`, `RoleIsPredefined`, `RoleIsUsed`."""
        role = desk.get(Role, self.tenancy_id, self.role_id)
        if role.predefined:
            raise RoleIsPredefined("this role belongs to every organization", field="roleId")
        unused(desk, role)
        desk.tell("role.deleted", role)
        desk.remove(role)
        return role
