"""CurrentUser, User and Warren. Who calls contract A is an API client: it is a user by its own name."""

from typing import Any

from avoir.core.access import Client
from avoir.core.organization import Organization
from avoir.faces.graphql.fields.common import Fields, always, of
from avoir.faces.graphql.request import Info


def warren(row: Any, info: Info) -> Organization:
    """The organization whose books these are."""
    return info.context.caller.setup.organization


def warren_id(row: Any, info: Info) -> int:
    """Its id."""
    return info.context.caller.identity.organization_id


WARREN: Fields = {
    "featureFlags": always([]),
    "id": of("organization_id"),
    "name": of("name"),
    "subdomain": always(None),
}

FEATURE_FLAG: Fields = dict.fromkeys(("code", "quantity"), always(None))


def _user(client: Client, info: Info) -> Client:
    return client


CURRENT_USER: Fields = {
    **dict.fromkeys(
        ("account", "accountName", "authObjectName", "delinquentMessage", "privacyUrl", "termsUrl"),
        always(None),
    ),
    "entityId": lambda client, info: info.context.caller.setup.entity.id,
    "featureFlags": always([]),
    "scopes": lambda client, info: sorted(info.context.scopes),
    "tabnameIsSubdomain": always(False),
    "taxationRequiredAccountFields": always([]),
    "user": _user,
    "warren": warren,
}

USER: Fields = {
    **dict.fromkeys(
        ("email", "groupId", "lastLogin", "lastName", "managerUser", "managerUserId", "roleId", "title"),
        always(None),
    ),
    "allowLoginViaEmailLink": always(False),
    "createdAt": of("created_at"),
    "enabled": always(True),
    "entityId": lambda client, info: info.context.caller.setup.entity.id,
    "firstName": of("name"),
    "fullName": of("name"),
    "id": of("client_id"),
    "imageUrl": always(""),
    "name": of("name"),
    "subordinates": always([]),
    "updatedAt": of("created_at"),
    "uuid": of("client_id"),
}
