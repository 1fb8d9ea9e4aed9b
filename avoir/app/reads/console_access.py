"""Who may come in to an organization, and by what: asked of the directory."""

import msgspec

from avoir.app.reads.directory import api_keys, members_of
from avoir.app.reads.query import Query
from avoir.core.access import ApiKey, Client, User


class WaysIn(msgspec.Struct, frozen=True):
    """The people, keys and clients of one organization."""

    users: list[User]
    keys: list[ApiKey]
    clients: list[Client]


def ways_in(query: Query, tenancy_id: int) -> WaysIn:
    """All of them, oldest first."""
    clients = query.rows(Client, "t.tenancy_id = :tenancy", "ORDER BY t.id", tenancy=tenancy_id)
    return WaysIn(members_of(query, tenancy_id), api_keys(query, tenancy_id), clients)
