"""CurrentUser, User and Warren. Who calls contract A is an API client: it is a user by its own name."""

from typing import Any, NamedTuple

from avoir.app.reads.graph_made import PersonRow
from avoir.core.access import Client, Role
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


class Somebody(NamedTuple):
    """Who may call: a person of the organization, or one of its API clients."""

    id: int | str
    first_name: str
    last_name: str
    email: str
    enabled: bool
    created_at: str
    role_id: int | None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def of_client(client: Client) -> Somebody:
    """An API client as a user."""
    return Somebody(client.client_id, client.name, "", "", True, client.created_at, None)


def of_person(person: PersonRow) -> Somebody:
    """A person of the organization as a user."""
    return Somebody(
        person.id,
        person.first_name,
        person.last_name,
        person.email,
        bool(person.enabled),
        person.created_at,
        person.role_id,
    )


def _itself(row: Any, info: Info) -> Any:
    return row


CURRENT_USER: Fields = {
    **dict.fromkeys(
        (
            "account",
            "accountName",
            "authObjectName",
            "delinquentMessage",
            "payload",
            "privacyUrl",
            "termsUrl",
        ),
        always(None),
    ),
    "entityId": lambda user, info: info.context.caller.setup.entity.id,
    "featureFlags": always([]),
    "scopes": lambda user, info: sorted(info.context.scopes),
    "tabnameIsSubdomain": always(False),
    "taxationRequiredAccountFields": always([]),
    "user": _itself,
    "warren": warren,
}


async def _role(user: Somebody, info: Info) -> Role | None:
    return None if user.role_id is None else (await info.context.roles()).get(user.role_id)


USER: Fields = {
    **dict.fromkeys(
        ("groupId", "lastLogin", "managerUser", "managerUserId", "title"),
        always(None),
    ),
    "allowLoginViaEmailLink": always(False),
    "createdAt": of("created_at"),
    "email": lambda user, info: user.email or None,
    "enabled": of("enabled"),
    "entityId": lambda user, info: info.context.caller.setup.entity.id,
    "firstName": of("first_name"),
    "fullName": of("name"),
    "id": of("id"),
    "imageUrl": always(""),
    "lastName": lambda user, info: user.last_name or None,
    "name": of("name"),
    "profile": _itself,
    "role": _role,
    "roleId": of("role_id"),
    "subordinates": always([]),
    "updatedAt": of("created_at"),
    "uuid": of("id"),
}

USER_PROFILE: Fields = {
    **dict.fromkeys(("phone", "title"), always(None)),
    "tabnameIsSubdomain": always(False),
    "timezone": lambda user, info: info.context.caller.setup.organization.timezone,
}
CURRENT_USER_PAYLOAD: Fields = {"returnUrl": always(None)}
