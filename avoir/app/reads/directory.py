"""Who may come in: questions to the directory."""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.access import ACTIVE, ApiKey, Client, Membership, Role, SigningKey, Tenancy, User
from avoir.core.role import abilities_of, scopes_of

NOBODY = 0
"""Whose an API key is that the command line made for an organization without users."""


class Place(msgspec.Struct, frozen=True):
    """What somebody may do in an organization: contract B's abilities, contract A's scopes. None: all."""

    role_id: int
    abilities: frozenset[str] | None
    scopes: frozenset[str] | None


class KeyHolder(msgspec.Struct, frozen=True):
    """An API key, and what its holder may do."""

    key: ApiKey
    place: Place


def user_by_email(query: Query, email: str) -> User | None:
    """The active user who signs in with this e-mail."""
    found = query.rows(User, "t.email = :email AND t.active = 1", email=email)
    return found[0] if found else None


def user_by_id(query: Query, id: int) -> User | None:
    """The active user with this number."""
    found = query.rows(User, "t.id = :id AND t.active = 1", id=id)
    return found[0] if found else None


def holder_by_digest(query: Query, digest: str) -> KeyHolder | None:
    """The API key with this digest and its holder's place, unless either is no more."""
    found = query.rows(ApiKey, "t.digest = :digest AND t.revoked_at = ''", digest=digest)
    if not found:
        return None
    key = found[0]
    place = Place(0, None, None) if key.user_id == NOBODY else place_of(query, key.user_id, key.tenancy_id)
    return None if place is None else KeyHolder(key, place)


def place_of(query: Query, user_id: int, tenancy_id: int) -> Place | None:
    """What an active user may do in an organization; None where they are no active member."""
    membership = query.one(Membership, user_id, tenancy_id)
    if membership is None or membership.state != ACTIVE or user_by_id(query, user_id) is None:
        return None
    role = query.one(Role, tenancy_id, membership.role_id)
    return None if role is None else Place(role.id, abilities_of(role), scopes_of(role))


def client_by_client_id(query: Query, client_id: str) -> Client | None:
    """The OAuth client with this id, unless it is deleted."""
    found = query.rows(Client, "t.client_id = :client_id AND t.deleted_at = ''", client_id=client_id)
    return found[0] if found else None


def client_by_number(query: Query, tenancy_id: int, id: int) -> Client | None:
    """The organization's OAuth client with this number, unless it is deleted."""
    client = query.one(Client, tenancy_id, id)
    return None if client is None or client.deleted_at else client


def tenancy_by_public_id(query: Query, public_id: str) -> Tenancy | None:
    """The organization that the world knows by this id."""
    found = query.rows(Tenancy, "t.public_id = :public_id", public_id=public_id)
    return found[0] if found else None


def tenancies_of(query: Query, user_id: int) -> list[Tenancy]:
    """The organizations that a user is an active member of, oldest first."""
    mine = "t.user_id = :user AND t.state = :active"
    memberships = query.rows(Membership, mine, "ORDER BY t.tenancy_id", user=user_id, active=ACTIVE)
    tenancies = {each.id: each for each in query.by_ids(Tenancy, [m.tenancy_id for m in memberships])}
    return [tenancies[m.tenancy_id] for m in memberships]


def tenancy_by_id(query: Query, id: int) -> Tenancy | None:
    """The organization with this number."""
    return query.one(Tenancy, id)


def first_tenancies(query: Query, most: int) -> list[Tenancy]:
    """The oldest organizations of the installation."""
    return query.rows(Tenancy, "", "ORDER BY t.id LIMIT :most", most=most)


def members_of(query: Query, tenancy_id: int) -> list[User]:
    """The active users of an organization, oldest first."""
    mine = "t.tenancy_id = :tenancy AND t.state = :active"
    memberships = query.rows(Membership, mine, tenancy=tenancy_id, active=ACTIVE)
    users = query.by_ids(User, [each.user_id for each in memberships])
    return sorted((each for each in users if each.active), key=lambda each: each.id)


def roles(query: Query, tenancy_id: int) -> list[Role]:
    """The roles of an organization, oldest first."""
    return query.rows(Role, "t.tenancy_id = :tenancy", "ORDER BY t.id", tenancy=tenancy_id)


def role_by_id(query: Query, tenancy_id: int, id: int) -> Role | None:
    """The role of an organization with this number."""
    return query.one(Role, tenancy_id, id)


def api_keys(query: Query, tenancy_id: int) -> list[ApiKey]:
    """The organization's keys that are not revoked, oldest first."""
    return query.rows(
        ApiKey, "t.tenancy_id = :tenancy AND t.revoked_at = ''", "ORDER BY t.id", tenancy=tenancy_id
    )


def token_keys(query: Query) -> list[SigningKey]:
    """The keys that sign tokens, oldest first."""
    found = query.rows(SigningKey, "t.name LIKE 'token-%'")
    return sorted(found, key=lambda key: int(key.name.removeprefix("token-")))


def signing_key(query: Query, name: str) -> SigningKey | None:
    """The installation's signing key of that name."""
    return query.one(SigningKey, name)
