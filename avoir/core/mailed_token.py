"""One-time tokens that are mailed: who has one reads the mail of that address. Only digests are kept."""

from avoir.core.access import Membership, User
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.mail import Letter, later, post
from avoir.core.row import Row, changed

INVITE, RESET, VERIFY = "invite", "reset", "verify"
SECONDS = {INVITE: 7 * 86_400, RESET: 3600, VERIFY: 86_400}
"""How long a token is good for, by its purpose."""
RECENT_SECONDS = 60
"""So long nobody is mailed the same again, however often it is asked for."""


class MailedToken(Row, frozen=True, gc=False):
    """A token that was mailed to a user, for one purpose; `tenancy_id` is 0 where it concerns none."""

    TABLE, KEY, SECRETS = "mailed_tokens", ("organization_id", "digest"), ("digest",)
    GROUPS = (("organization_id", "user_id"),)
    organization_id: int
    digest: str
    purpose: str  # invite | reset | verify
    user_id: int
    tenancy_id: int
    created_at: str
    expires_at: str
    used_at: str


TOKENS_BY_USER = MailedToken.GROUPS[0]


class TokenInvalid(Refusal):
    """The token is unknown, used, expired, or for something else."""

    code, kind = "token_invalid", Kind.INVALID


def mail_token(
    desk: Desk, user: User, purpose: str, digest: str, letter: Letter, tenancy_id: int = 0
) -> MailedToken:
    """Mail a user a token; an earlier one of the same purpose ends."""
    end_tokens(desk, user.id, purpose, tenancy_id)
    token = MailedToken(
        desk.organization_id, digest, purpose, user.id, tenancy_id, desk.now,
        later(desk.now, SECONDS[purpose]), "",
    )  # fmt: skip
    desk.tell("mailed_token.made", token)
    post(desk, user.email, letter)
    return desk.add(token)


def recently(desk: Desk, user: User, purpose: str, seconds: int = RECENT_SECONDS) -> bool:
    """Whether the user was mailed a token of that purpose just now."""
    since = later(desk.now, -seconds)
    tokens = desk.of(MailedToken, TOKENS_BY_USER, user.id)
    return any(x.purpose == purpose and not x.used_at and x.created_at > since for x in tokens)


def use_token(desk: Desk, digest: str, purpose: str) -> MailedToken:
    """Take a token in, for good. Refuses `TokenInvalid`."""
    token = desk.find(MailedToken, digest)
    if token is None or token.purpose != purpose or token.used_at or token.expires_at <= desk.now:
        raise TokenInvalid("this token is not good, or not any more")
    desk.tell("mailed_token.used", token)
    return desk.put(changed(token, used_at=desk.now))


def end_tokens(desk: Desk, user_id: int, purpose: str, tenancy_id: int = 0) -> None:
    """End the tokens of one purpose that a user has not used yet."""
    for token in desk.of(MailedToken, TOKENS_BY_USER, user_id):
        if (token.purpose, token.tenancy_id) == (purpose, tenancy_id) and not token.used_at:
            desk.put(changed(token, used_at=desk.now))


def invited(desk: Desk, digest: str) -> tuple[Membership, User]:
    """The membership that an invitation opens, and whose it is. Refuses `TokenInvalid`."""
    token = use_token(desk, digest, INVITE)
    membership = desk.find(Membership, token.user_id, token.tenancy_id)
    if membership is None:
        raise TokenInvalid("this token is not good, or not any more")
    return membership, desk.get(User, token.user_id)
