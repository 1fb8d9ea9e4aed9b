"""Who may come in to an organization, and by what: asked of the directory."""

import msgspec

from avoir.app.reads.directory import api_keys, members_of, roles
from avoir.app.reads.query import Query
from avoir.core.access import ApiKey, Client, Membership, User
from avoir.core.role import abilities_of


class WaysIn(msgspec.Struct, frozen=True):
    """The people, keys and clients of one organization."""

    users: list[User]
    keys: list[ApiKey]
    clients: list[Client]


def ways_in(query: Query, tenancy_id: int) -> WaysIn:
    """All of them, oldest first."""
    clients = query.rows(Client, "t.tenancy_id = :tenancy", "ORDER BY t.id", tenancy=tenancy_id)
    return WaysIn(members_of(query, tenancy_id), api_keys(query, tenancy_id), clients)


def able(query: Query, tenancy_id: int, ability: str) -> list[User]:
    """The members of an organization whose role has an ability, oldest first."""
    may = {role.id: abilities_of(role) for role in roles(query, tenancy_id)}
    having = {id for id, has in may.items() if has is None or ability in has}
    rows = query.rows(Membership, "t.tenancy_id = :tenancy", tenancy=tenancy_id)
    ids = {each.user_id for each in rows if each.role_id in having}
    return [user for user in members_of(query, tenancy_id) if user.id in ids]
