"""Inviting people, and what an invited one answers (rest.md, section 1)."""

from datetime import UTC, datetime
from typing import Any

from avoir.app.people import MOST_INVITES, AcceptInvite, Invitation, InviteUsers, ResendInvite
from avoir.app.reads import people
from avoir.core.access import DIRECTORY
from avoir.core.mailed_token import INVITE, TokenInvalid
from avoir.faces import letters
from avoir.faces.rest.api_keys import own_key
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Form
from avoir.faces.rest.kinds import email, id_in, several, text
from avoir.faces.rest.users import whose

SEND = Body(email("email"), id_in("roleId", coerced=True))
BULK = Body(several("invites", SEND, least=1, most=MOST_INVITES))
ACCEPT = Body(text("firstName"), text("lastName"), text("password", secret=True))


async def send(call: Call) -> dict[str, Any]:
    """Invite one person. Refuses `AlreadyInvited`, `AlreadyMember`, `NotFound`, `RoleTooPowerful`."""
    (id,) = await _invite(call, [call.form])
    return {
        "type": "success",
        "code": "INVITE.SENT.SUCCESSFULLY",
        "message": "The invitation is on its way.",
        "id": id,
    }


async def send_all(call: Call) -> dict[str, Any]:
    """Invite several people, all of them or none. Refuses what `send` refuses."""
    ids = await _invite(call, call.form["invites"])
    emails = [wish["email"] for wish in call.form["invites"]]
    return {
        "type": "success",
        "code": "INVITE.SENT.SUCCESSFULLY",
        "message": "The invitations are on their way.",
        "invited_users": [{"id": id, "email": email} for id, email in zip(ids, emails, strict=True)],
    }


async def resend(call: Call) -> dict[str, Any]:
    """Send an invitation again. Refuses `NotFound`, `UserAlreadyActive`, `RecentlyInvited`."""
    letter, digest = call.access.new_letter(*await _letter(call))
    command = ResendInvite(**whose(call), digest=digest, letter=letter)
    about = (str(command.tenancy_id), str(command.user_id))
    id = await call.access.ask(command, actor=call.identity.actor, key=own_key(call), secrets=about)
    call.ring()
    return {
        "type": "success",
        "code": "INVITE.RESEND.SUCCESSFULLY",
        "message": "The invitation is on its way again.",
        "id": id,
    }


async def accept(call: Call) -> dict[str, Any]:
    """Come in by the token of an invitation. Refuses `TokenInvalid`."""
    form, access, token = call.form, call.access, call.request.path_params["token"]
    await good_token(call, token, INVITE)
    command = AcceptInvite(
        digest=access.digest(token),
        first_name=form["firstName"],
        last_name=form["lastName"],
        password_hash=await access.hashed(form["password"]),
    )
    said = (token, form["firstName"], form["lastName"], form["password"])
    accepted = await access.ask(command, actor="invite", key=call.key, secrets=said)
    return {
        "type": "success",
        "code": "USER.INVITE.ACCEPTED",
        "message": "You are in. Sign in with your password."
        if not accepted.known
        else "You are in. Sign in with the password that you have already.",
        "user_id": accepted.user_id,
        "tenant_id": accepted.tenancy_id,
    }


async def check(call: Call) -> dict[str, Any]:
    """Whom a token invites, and where to. Refuses `TokenInvalid`."""
    digest = call.access.digest(call.request.path_params["token"])
    invite = await call.access.door.read(people.invite, DIRECTORY, digest, _now())
    if invite is None:
        raise TokenInvalid("this token is not good, or not any more")
    setup = await call.access.setup(invite.tenancy.id)
    name = setup.organization.name if setup else None
    return {
        "email": invite.user.email,
        "org_name": name,
        "organization_name": name,
        "invite_token": {"email": invite.user.email, "tenant_id": invite.tenancy.id},
    }


async def good_token(call: Call, token: str, purpose: str) -> None:
    """Refuses `TokenInvalid` before a password is hashed for nothing, unless it may be a request's replay."""
    if call.key is None:
        digest = call.access.digest(token)
        if await call.access.door.read(people.token_for, DIRECTORY, digest, purpose, _now()) is None:
            raise TokenInvalid("this token is not good, or not any more")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _invite(call: Call, wishes: list[Form]) -> tuple[int, ...]:
    identity, said = call.identity, await _letter(call)
    made = [(wish, *call.access.new_letter(*said)) for wish in wishes]
    command = InviteUsers(
        tenancy_id=identity.organization_id,
        by=identity.user_id or 0,
        invitations=tuple(Invitation(x["email"], x["roleId"], digest, letter) for x, letter, digest in made),
    )
    about = [f"{identity.organization_id} {x['email']} {x['roleId']}" for x in wishes]
    ids: tuple[int, ...] = await call.access.ask(
        command, actor=identity.actor, key=own_key(call), secrets=about
    )
    call.ring()
    return ids


async def _letter(call: Call) -> tuple[str, str]:
    setup = await call.access.setup(call.identity.organization_id)
    return letters.invitation(call.links, setup.organization.name if setup else "an organization")
