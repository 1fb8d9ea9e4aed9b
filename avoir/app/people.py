"""The people of an organization: invited, changed, closed out. All are asked of the directory."""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from avoir.core.access import (
    ACTIVE,
    INACTIVE,
    INVITED,
    KEYS_BY_TENANCY,
    ApiKey,
    Membership,
    Role,
    Tenancy,
    User,
)
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.mail import Letter
from avoir.core.mailed_token import INVITE, MailedToken, end_tokens, invited, mail_token, recently
from avoir.core.person import EmailTaken, member, new_user, not_last_admin, own, user_with
from avoir.core.role import may_give
from avoir.core.row import Row, changed
from avoir.core.text import fits

REINVITE_SECONDS = 300
"""So long an invitation is left alone before it may be sent again."""
MOST_INVITES = 100


class AlreadyInvited(Refusal):
    """The person was invited, and has not answered yet."""

    code = "already_invited"


class AlreadyMember(Refusal):
    """The person is in the organization already."""

    code = "already_member"


class RecentlyInvited(Refusal):
    """The invitation went out just now."""

    code = "recently_invited"


class UserAlreadyActive(Refusal):
    """The user may come in already."""

    code = "user_already_active"


class UserAlreadyInactive(Refusal):
    """The user is closed out already, or has not come in yet."""

    code = "user_already_inactive"


class OwnAccess(Refusal):
    """Nobody closes the door behind themselves."""

    code = "own_access"


class OwnRole(Refusal):
    """Nobody gives themselves another role."""

    code = "own_role"


class TooManyInvites(Refusal):
    """At most a hundred people are invited at once."""

    code, kind = "too_many_invites", Kind.INVALID


class Invitation(msgspec.Struct, frozen=True):
    """Who is invited as what, and the mail that says so; `digest` is of the token in it."""

    email: str
    role_id: int
    digest: str
    letter: Letter


class Accepted(msgspec.Struct, frozen=True):
    """Who came in, and where. `known` people keep the name and password that they have."""

    user_id: int
    tenancy_id: int
    known: bool


class _OfPeople(Command, frozen=True, kw_only=True):
    """`by` is the user who asks, as far as there is one.

    `holding` is what the token is good for by which a client asks: scopes separated by blanks, None is all.
    """

    ANSWER: ClassVar[Any] = int
    tenancy_id: int
    by: int = 0
    holding: str | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Tenancy, self.tenancy_id
        if self.by:
            yield Membership, (self.by, self.tenancy_id)

    def may_give(self, desk: Desk, role_id: int) -> Role:
        """The role, if who asks may give it. Refuses `NotFound`, `RoleTooPowerful`, `ScopeNotHeld`."""
        role = desk.get(Role, self.tenancy_id, role_id)
        return may_give(desk, self.tenancy_id, self.by, role, self.holding)


class InviteUsers(_OfPeople, frozen=True, kw_only=True):
    """Invite people, all of them or none. They are in the organization once they have accepted."""

    ANSWER: ClassVar[Any] = tuple[int, ...]
    invitations: tuple[Invitation, ...]

    def decide(self, desk: Desk) -> tuple[int, ...]:
        """The users' ids. Refuses `AlreadyInvited`, `AlreadyMember`, `NotFound` for an unknown role,

        `RoleTooPowerful`, `BadAddress`, `TooManyInvites`.
        """
        desk.get(Tenancy, self.tenancy_id)
        if len(self.invitations) > MOST_INVITES:
            raise TooManyInvites(f"at most {MOST_INVITES} people are invited at once", most=MOST_INVITES)
        return tuple(self._invite(desk, each) for each in self.invitations)

    def _invite(self, desk: Desk, wish: Invitation) -> int:
        role = self.may_give(desk, wish.role_id)
        user = user_with(desk, wish.email)
        if user is None:
            user = new_user(desk, wish.email, "", "", "")
        known = desk.find(Membership, user.id, self.tenancy_id)
        if known is not None and known.state == INVITED:
            raise AlreadyInvited("this person is invited already", email=wish.email)
        if known is not None:
            raise AlreadyMember("this person is in the organization already", email=wish.email)
        desk.add(
            Membership(
                desk.organization_id, user.id, self.tenancy_id, desk.now, role.id, INVITED, desk.now
            )
        )  # fmt: skip
        mail_token(desk, user, INVITE, wish.digest, wish.letter, self.tenancy_id)
        return user.id


class ResendInvite(_OfPeople, frozen=True, kw_only=True):
    """Invite somebody once more; the first invitation's token is no good any more."""

    user_id: int
    digest: str
    letter: Letter

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `UserAlreadyActive`, `RecentlyInvited`."""
        membership = member(desk, self.tenancy_id, self.user_id)
        if membership.state != INVITED:
            raise UserAlreadyActive("this person has accepted the invitation", id=self.user_id)
        user = desk.get(User, self.user_id)
        if recently(desk, user, INVITE, REINVITE_SECONDS):
            raise RecentlyInvited("the invitation went out just now", id=self.user_id)
        mail_token(desk, user, INVITE, self.digest, self.letter, self.tenancy_id)
        desk.put(changed(membership, invited_at=desk.now))
        return user.id


class AcceptInvite(Command, frozen=True, kw_only=True):
    """Come in. Somebody who signs in already keeps their name and password."""

    ANSWER = Accepted
    digest: str
    first_name: str
    last_name: str
    password_hash: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield MailedToken, self.digest

    def decide(self, desk: Desk) -> Accepted:
        """Refuses `TokenInvalid`, `TextTooLong`."""
        membership, user = invited(desk, self.digest)
        known = bool(user.password_hash)
        desk.put(changed(membership, state=ACTIVE))
        if not known:
            names = {
                "first_name": fits(self.first_name, "firstName"),
                "last_name": fits(self.last_name, "lastName"),
            }
            user = changed(user, password_hash=self.password_hash, **names)
        desk.tell("user.joined", user)
        desk.put(changed(user, verified=1))  # Who has the token reads the mail of that address.
        return Accepted(user.id, membership.tenancy_id, known)


class EditUser(_OfPeople, frozen=True, kw_only=True):
    """Change somebody's name, e-mail or role."""

    user_id: int
    first_name: str
    last_name: str
    email: str
    role_id: int

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `OwnRole`, `RoleTooPowerful`, `LastAdmin`, `UserIsShared`,

        `EmailTaken`, `TextTooLong`.
        """
        membership, user = member(desk, self.tenancy_id, self.user_id), desk.get(User, self.user_id)
        role = desk.get(Role, self.tenancy_id, self.role_id)
        if role.id != membership.role_id:
            self._give(desk, membership, role)
        new = changed(
            user,
            first_name=fits(self.first_name, "firstName"),
            last_name=fits(self.last_name, "lastName"),
            email=fits(self.email, "email"),
        )
        if new != user and self.by != user.id:
            own(desk, user, self.tenancy_id)
            self.may_give(desk, membership.role_id)  # Whose e-mail one writes, as that person one comes in.
        if new.email != user.email and user_with(desk, new.email) is not None:
            raise EmailTaken("somebody signs in with this e-mail already", email=new.email)
        desk.tell("user.changed", user)
        desk.put(new)
        return user.id

    def _give(self, desk: Desk, membership: Membership, role: Role) -> None:
        if self.user_id == self.by:
            raise OwnRole("nobody gives themselves another role", field="roleId")
        self.may_give(desk, membership.role_id)
        self.may_give(desk, role.id)
        not_last_admin(desk, membership)
        desk.tell("membership.changed", membership)
        desk.put(changed(membership, role_id=role.id))


class _OfMember(_OfPeople, frozen=True, kw_only=True):
    """About one member: who has less may not close out who has more."""

    user_id: int

    def _member(self, desk: Desk) -> Membership:
        membership = member(desk, self.tenancy_id, self.user_id)
        self.may_give(desk, membership.role_id)
        return membership


class ActivateUser(_OfMember, frozen=True, kw_only=True):
    """Let somebody in again."""

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `OwnAccess`, `UserAlreadyActive`, `RoleTooPowerful`."""
        membership = self._member(desk)
        if self.user_id == self.by:
            raise OwnAccess("nobody opens or closes the door for themselves", id=self.user_id)
        if membership.state != INACTIVE:
            raise UserAlreadyActive("the user is not closed out", id=self.user_id)
        desk.tell("membership.activated", membership)
        desk.put(changed(membership, state=ACTIVE))
        return self.user_id


class InactivateUser(_OfMember, frozen=True, kw_only=True):
    """Close somebody out of the organization: their sign-ins and keys are good for nothing there."""

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `OwnAccess`, `UserAlreadyInactive`, `LastAdmin`,

        `RoleTooPowerful`.
        """
        membership = self._member(desk)
        if self.user_id == self.by:
            raise OwnAccess("nobody closes the door behind themselves", id=self.user_id)
        if membership.state != ACTIVE:
            raise UserAlreadyInactive("the user is closed out, or has not come in yet", id=self.user_id)
        not_last_admin(desk, membership)
        desk.tell("membership.inactivated", membership)
        desk.put(changed(membership, state=INACTIVE))
        return self.user_id


class DeleteUser(_OfMember, frozen=True, kw_only=True):
    """Take somebody out of the organization, with their keys and an unanswered invitation."""

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `LastAdmin`, `RoleTooPowerful`."""
        membership = self._member(desk)
        not_last_admin(desk, membership)
        for key in desk.of(ApiKey, KEYS_BY_TENANCY, self.tenancy_id):
            if key.user_id == self.user_id and not key.revoked_at:
                desk.put(changed(key, revoked_at=desk.now))
        end_tokens(desk, self.user_id, INVITE, self.tenancy_id)
        desk.tell("membership.deleted", membership)
        desk.remove(membership)
        return self.user_id
