"""How people prove an e-mail and get in again: verification and new passwords. Asked of the directory."""

from collections.abc import Iterator
from typing import Any

from avoir.core.access import User
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import NotFound, Refusal
from avoir.core.mail import Letter
from avoir.core.mailed_token import (
    RESET,
    VERIFY,
    MailedToken,
    TokenInvalid,
    end_tokens,
    mail_token,
    recently,
    use_token,
)
from avoir.core.person import user_with
from avoir.core.row import Row, changed


class AlreadyVerified(Refusal):
    """The e-mail is proven already."""

    code = "already_verified"


class RecentlyMailed(Refusal):
    """The mail went out just now."""

    code = "recently_mailed"


class SendVerification(Command, frozen=True, kw_only=True):
    """Mail a user what proves that the e-mail is theirs."""

    ANSWER = int
    user_id: int
    digest: str
    letter: Letter

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield User, self.user_id

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`, `AlreadyVerified`, `RecentlyMailed`."""
        user = desk.get(User, self.user_id)
        if user.verified:
            raise AlreadyVerified("the e-mail is proven already", id=user.id)
        if recently(desk, user, VERIFY):
            raise RecentlyMailed("the mail went out just now", id=user.id)
        mail_token(desk, user, VERIFY, self.digest, self.letter)
        return user.id


class VerifyUser(Command, frozen=True, kw_only=True):
    """Prove that an e-mail is one's own."""

    ANSWER = int
    email: str
    digest: str

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `TokenInvalid`."""
        user = user_with(desk, self.email)
        if user is None or use_token(desk, self.digest, VERIFY).user_id != user.id:
            raise TokenInvalid("this token is not good, or not any more")
        desk.tell("user.verified", user)
        return desk.put(changed(user, verified=1)).id


class SendReset(Command, frozen=True, kw_only=True):
    """Mail somebody what lets them choose a new password."""

    ANSWER = int
    email: str
    digest: str
    letter: Letter

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound` for an e-mail that nobody signs in with, `RecentlyMailed`."""
        user = user_with(desk, self.email)
        if user is None or not user.active or not user.password_hash:
            raise NotFound("nobody signs in with this e-mail", kind="User")
        if recently(desk, user, RESET):
            raise RecentlyMailed("the mail went out just now", id=user.id)
        mail_token(desk, user, RESET, self.digest, self.letter)
        return user.id


class ResetPassword(Command, frozen=True, kw_only=True):
    """Choose a new password by a token. All earlier sign-ins of the user are over."""

    ANSWER = int
    digest: str
    password_hash: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield MailedToken, self.digest

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `TokenInvalid`."""
        user = desk.get(User, use_token(desk, self.digest, RESET).user_id)
        end_tokens(desk, user.id, RESET)
        desk.tell("user.password_changed", user)
        new = {"password_hash": self.password_hash, "generation": user.generation + 1, "verified": 1}
        return desk.put(changed(user, **new)).id


class SetPassword(Command, frozen=True, kw_only=True):
    """Give a user another password. All earlier sign-ins of the user are over."""

    ANSWER = int
    user_id: int
    password_hash: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield User, self.user_id

    def decide(self, desk: Desk) -> int:
        """The user's id. Refuses `NotFound`."""
        user = desk.get(User, self.user_id)
        end_tokens(desk, user.id, RESET)
        desk.tell("user.password_changed", user)
        return desk.put(changed(user, password_hash=self.password_hash, generation=user.generation + 1)).id
