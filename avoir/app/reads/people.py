"""The people of an organization, asked of the directory."""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.access import Membership, Role, Tenancy, User
from avoir.core.mailed_token import INVITE, MailedToken


class Person(msgspec.Struct, frozen=True):
    """A user, their place in an organization, and the role that they have there."""

    user: User
    membership: Membership
    role: Role


class Invite(msgspec.Struct, frozen=True):
    """An invitation that can be accepted: who is invited, and to what."""

    user: User
    tenancy: Tenancy


def people(query: Query, tenancy_id: int, skip: int, most: int) -> tuple[int, list[Person]]:
    """How many there are, and some of them, oldest first."""
    mine = "t.tenancy_id = :tenancy"
    total = query.count(Membership, mine, tenancy=tenancy_id)
    page = "ORDER BY t.user_id LIMIT :most OFFSET :skip"
    found = query.rows(Membership, mine, page, tenancy=tenancy_id, most=most, skip=skip)
    users = {x.id: x for x in query.by_ids(User, [x.user_id for x in found])}
    roles = {x.id: x for x in query.rows(Role, mine, tenancy=tenancy_id)}
    return total, [Person(users[x.user_id], x, roles[x.role_id]) for x in found]


def person(query: Query, tenancy_id: int, user_id: int) -> Person | None:
    """One of them."""
    membership = query.one(Membership, user_id, tenancy_id)
    user = query.one(User, user_id)
    role = membership and query.one(Role, tenancy_id, membership.role_id)
    return Person(user, membership, role) if user and membership and role else None


def token_for(query: Query, digest: str, purpose: str, now: str) -> MailedToken | None:
    """A mailed token that is good for a purpose now."""
    token = query.one(MailedToken, digest)
    good = token is not None and token.purpose == purpose and not token.used_at and token.expires_at > now
    return token if good else None


def invite(query: Query, digest: str, now: str) -> Invite | None:
    """What an invitation's token is good for now."""
    token = token_for(query, digest, INVITE, now)
    if token is None:
        return None
    user, tenancy = query.one(User, token.user_id), query.one(Tenancy, token.tenancy_id)
    return Invite(user, tenancy) if user and tenancy else None
