"""Role and RoleScope: what users and clients may do, in contract A's scopes."""

from typing import NamedTuple

from avoir.core.access import Role
from avoir.core.role import scopes_of
from avoir.faces.graphql.fields.common import Fields, of
from avoir.faces.graphql.request import Info

OPENED = {
    "admin": "legal entities and the organization's settings",
    "billing": "invoices, credit notes, refunds, disputes, payments, currencies and the chart of accounts",
    "developer": "API clients",
    "portal": "what a customer sees of its own account",
    "security": "users, roles and API clients",
    "standard": "customers, contacts, payments, the journal and saved views",
    "workflow": "webhook events",
}
"""What the resources of contract A's scopes are here (1.4)."""


class Scope(NamedTuple):
    """A scope, and what it opens."""

    id: int
    name: str
    description: str


SCOPES = tuple(
    Scope(number, f"{resource}:{ability}", f"{ability.title()} {opened}.")
    for number, (resource, opened, ability) in enumerate(
        ((resource, opened, ability) for resource, opened in OPENED.items() for ability in ("read", "write")),
        1,
    )
)


def _scopes(role: Role, info: Info) -> list[str]:
    allowed = scopes_of(role)
    return sorted(scope.name for scope in SCOPES) if allowed is None else sorted(allowed)


ROLE: Fields = {"id": of("id"), "name": of("name"), "scopes": _scopes}
ROLE_SCOPE: Fields = {"description": of("description"), "id": of("id"), "name": of("name")}
