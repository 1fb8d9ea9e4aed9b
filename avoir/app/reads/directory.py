"""Who may come in: questions to the directory."""

from avoir.app.reads.query import Query
from avoir.core.access import ApiKey, Client, Membership, SigningKey, Tenancy, User


def user_by_email(query: Query, email: str) -> User | None:
    """The active user who signs in with this e-mail."""
    found = query.rows(User, "t.email = :email AND t.active = 1", email=email)
    return found[0] if found else None


def user_by_id(query: Query, id: int) -> User | None:
    """The active user with this number."""
    found = query.rows(User, "t.id = :id AND t.active = 1", id=id)
    return found[0] if found else None


def key_by_digest(query: Query, digest: str) -> ApiKey | None:
    """The API key with this digest, unless it is revoked."""
    found = query.rows(ApiKey, "t.digest = :digest AND t.revoked_at = ''", digest=digest)
    return found[0] if found else None


def client_by_client_id(query: Query, client_id: str) -> Client | None:
    """The OAuth client with this id, unless it is deleted."""
    found = query.rows(Client, "t.client_id = :client_id AND t.deleted_at = ''", client_id=client_id)
    return found[0] if found else None


def tenancy_by_public_id(query: Query, public_id: str) -> Tenancy | None:
    """The organization that the world knows by this id."""
    found = query.rows(Tenancy, "t.public_id = :public_id", public_id=public_id)
    return found[0] if found else None


def tenancies_of(query: Query, user_id: int) -> list[Tenancy]:
    """The organizations that a user belongs to, oldest first."""
    memberships = query.rows(Membership, "t.user_id = :user", "ORDER BY t.tenancy_id", user=user_id)
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
    memberships = query.rows(Membership, "t.tenancy_id = :tenancy", tenancy=tenancy_id)
    users = query.by_ids(User, [each.user_id for each in memberships])
    return sorted((each for each in users if each.active), key=lambda each: each.id)


def is_member(query: Query, user_id: int, tenancy_id: int) -> bool:
    """Whether the user belongs to the organization."""
    return query.one(Membership, user_id, tenancy_id) is not None


def api_keys(query: Query, tenancy_id: int) -> list[ApiKey]:
    """The organization's keys that are not revoked, oldest first."""
    return query.rows(
        ApiKey, "t.tenancy_id = :tenancy AND t.revoked_at = ''", "ORDER BY t.id", tenancy=tenancy_id
    )


def signing_key(query: Query, name: str) -> SigningKey | None:
    """The installation's signing key of that name."""
    return query.one(SigningKey, name)
