"""People: who signs in, by which e-mail, and what an organization may do to one who is in others too."""

from avoir.core.access import (
    ACTIVE,
    MEMBERS_BY_ROLE,
    MEMBERSHIPS_BY_USER,
    USERS_BY_EMAIL,
    Membership,
    User,
)
from avoir.core.desk import Desk
from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.role import ADMIN_ROLE
from avoir.core.row import changed
from avoir.core.text import fits


class EmailTaken(Refusal):
    """Somebody signs in with this e-mail already."""

    code, kind = "email_taken", Kind.CONFLICT


class UserIsShared(Refusal):
    """The user is in other organizations too, so only they themselves change their name and e-mail."""

    code = "user_is_shared"


class LastAdmin(Refusal):
    """An organization keeps somebody who may do everything."""

    code = "last_admin"


def new_user(desk: Desk, email: str, first_name: str, last_name: str, password_hash: str) -> User:
    """A user with that e-mail. One who was only invited so far is the same person. Refuses `EmailTaken`.

    An empty hash is nobody's password: an invited user cannot sign in before they choose one.
    """
    fits(email, "email")
    fits(first_name, "firstName")
    fits(last_name, "lastName")
    known = desk.of(User, USERS_BY_EMAIL, email)
    if known and (known[0].password_hash or not password_hash):
        raise EmailTaken("somebody signs in with this e-mail already", email=email)
    if known:
        desk.tell("user.signed_up", known[0])
        return desk.put(
            changed(known[0], first_name=first_name, last_name=last_name, password_hash=password_hash)
        )
    user = User(
        desk.organization_id, desk.next("user"), email, first_name, last_name, password_hash, 1, desk.now
    )
    desk.tell("user.created", user)
    return desk.add(user)


def user_with(desk: Desk, email: str) -> User | None:
    """The user who signs in with this e-mail."""
    known = desk.of(User, USERS_BY_EMAIL, fits(email, "email"))
    return known[0] if known else None


def member(desk: Desk, tenancy_id: int, user_id: int) -> Membership:
    """The user's membership. Refuses `NotFound`: who is elsewhere only is no different from nobody."""
    membership = desk.find(Membership, user_id, tenancy_id)
    if membership is None:
        raise NotFound("no such user", kind="User", id=user_id)
    return membership


def own(desk: Desk, user: User, tenancy_id: int) -> None:
    """Refuses `UserIsShared` if the user belongs to another organization too."""
    for each in desk.of(Membership, MEMBERSHIPS_BY_USER, user.id):
        if each.tenancy_id != tenancy_id:
            raise UserIsShared("the user is in other organizations too; only they may change this")


def not_last_admin(desk: Desk, membership: Membership) -> None:
    """Refuses `LastAdmin` if nobody else may do everything."""
    if membership.role_id != ADMIN_ROLE or membership.state != ACTIVE:
        return
    admins = desk.of(Membership, MEMBERS_BY_ROLE, membership.tenancy_id, ADMIN_ROLE)
    if not any(x.state == ACTIVE and x.user_id != membership.user_id for x in admins):
        raise LastAdmin("an organization keeps somebody who may do everything", userId=membership.user_id)
