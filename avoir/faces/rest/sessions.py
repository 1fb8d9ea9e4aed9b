"""Signing up and signing in, proving an e-mail, choosing a new password (rest.md, section 1)."""

from contextlib import suppress
from typing import Any

from avoir.app.access import SignUp, SignupClosed, SignupNotForYou
from avoir.app.reads import directory
from avoir.app.sign_ins import RecentlyMailed, ResetPassword, SendReset, SendVerification, VerifyUser
from avoir.config import Settings
from avoir.core.access import DIRECTORY
from avoir.core.errors import NotFound
from avoir.core.mail import Letter
from avoir.core.mailed_token import RESET as RESET_TOKEN
from avoir.faces import letters
from avoir.faces.rest.auth import user_id_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.errors import TooMany, Unauthorized
from avoir.faces.rest.fields import Body
from avoir.faces.rest.invites import good_token
from avoir.faces.rest.kinds import email, text

SIGN_UP = Body(text("firstName"), text("lastName"), email("email"), text("password", secret=True))
SIGN_IN = Body(text("email"), text("password", secret=True))
VERIFY = Body(text("email"), text("token", secret=True))
SEND_RESET = Body(text("email"))
RESET = Body(text("password", secret=True))


async def sign_up(call: Call) -> dict[str, Any]:
    """A new user with an organization of their own. Refuses what `welcome` refuses, and `EmailTaken`."""
    settings: Settings = call.request.app.state.settings
    form, access = call.form, call.access
    welcome(settings, form["email"])
    letter: Letter | None = None
    digest = ""
    if settings.signup_confirmation:
        letter, digest = access.new_letter(*letters.verification(call.links, form["email"]))
    command = SignUp(
        email=form["email"],
        first_name=form["firstName"],
        last_name=form["lastName"],
        password_hash=await access.hashed(form["password"]),
        public_id=access.new_secret("", 16),
        digest=digest,
        letter=letter,
    )
    said = (form["email"], form["firstName"], form["lastName"], form["password"])
    signed_up = await access.ask(command, actor="signup", key=call.key, secrets=said)
    call.ring()
    return {
        "user_id": signed_up.user_id,
        "tenant_id": signed_up.tenancy_id,
        "organization_id": signed_up.public_id,
    }


def welcome(settings: Settings, email: str) -> None:
    """Refuses `SignupClosed`, `SignupNotForYou` to whom this server takes no sign-up of."""
    emails, domains = _words(settings.signup_emails), _words(settings.signup_domains)
    if email.lower() in emails or email.lower().rpartition("@")[2] in domains:
        return
    if domains or (emails and not settings.signup):
        raise SignupNotForYou("this server takes sign-ups of some people and domains only", field="email")
    if not settings.signup:
        raise SignupClosed("this server takes no sign-ups")


def _words(listed: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in listed.split(",") if word.strip())


async def sign_in(call: Call) -> dict[str, Any]:
    """A token for a day, and the user's first organization. Raises `Unauthorized`, `TooMany`."""
    name, access, address = call.form["email"], call.access, call.address
    if access.throttle.closed(name, address):
        raise TooMany(access.throttle.seconds)
    user = await access.door.read(directory.user_by_email, DIRECTORY, name)
    right = await access.verified(None if user is None else user.password_hash, call.form["password"])
    if user is None or not right:
        access.throttle.failed(name, address)
        raise Unauthorized(
            statusCode=401,
            error="Unauthorized",
            message=f"Invalid email or password for {name}",
            code="INVALID_DETAILS",
        )
    access.throttle.passed(name, address)
    tenancies = await access.door.read(directory.tenancies_of, DIRECTORY, user.id)
    if not tenancies:
        raise Unauthorized(
            statusCode=401,
            error="Unauthorized",
            message="There is no organization to sign in to.",
            code="ORGANIZATION.INACTIVE",
        )
    return {
        "access_token": access.sign_in_token(user),
        "organization_id": tenancies[0].public_id,
        "tenant_id": tenancies[0].id,
        "user_id": user.id,
    }


async def verify(call: Call) -> dict[str, Any]:
    """Prove an e-mail by the token that was mailed to it. Refuses `TokenInvalid`."""
    command = VerifyUser(email=call.form["email"], digest=call.access.digest(call.form["token"]))
    await call.access.ask(command, actor="verify", key=call.key)
    return {"type": "success", "message": "The e-mail is yours."}


async def resend(call: Call) -> dict[str, Any]:
    """Mail the token again. Refuses `AlreadyVerified`; so soon after the last time it does nothing."""
    user_id = await user_id_of(call.access, call.headers)
    user = await call.access.door.read(directory.user_by_id, DIRECTORY, user_id)
    if user is None:
        raise Unauthorized(message="Unauthorized", statusCode=401)
    letter, digest = call.access.new_letter(*letters.verification(call.links, user.email))
    with suppress(RecentlyMailed):
        command = SendVerification(user_id=user.id, digest=digest, letter=letter)
        await call.access.ask(command, actor=f"user:{user.id}", secrets=(str(user.id),))
    call.ring()
    return {"type": "success", "message": "The mail is on its way."}


async def send_reset(call: Call) -> dict[str, Any]:
    """Mail somebody what lets them choose a new password. Nobody is told whether there is such a user."""
    letter, digest = call.access.new_letter(*letters.reset(call.links))
    with suppress(NotFound, RecentlyMailed):
        command = SendReset(email=call.form["email"], digest=digest, letter=letter)
        await call.access.ask(command, actor="reset", secrets=(call.form["email"],))
    call.ring()
    return {
        "code": "SEND_RESET_PASSWORD",
        "message": "If somebody signs in with this e-mail, a mail is on its way.",
    }


async def reset(call: Call) -> dict[str, Any]:
    """Choose a new password by the token of a mail; earlier sign-ins are over. Refuses `TokenInvalid`."""
    access, token = call.access, call.request.path_params["token"]
    await good_token(call, token, RESET_TOKEN)
    hashed = await access.hashed(call.form["password"])
    command = ResetPassword(digest=access.digest(token), password_hash=hashed)
    said = (token, call.form["password"])
    await access.ask(command, actor="reset", key=call.key, secrets=said)
    return {"code": "RESET_PASSWORD_SUCCESS", "message": "The password is changed. Sign in with it."}


async def meta(call: Call) -> dict[str, Any]:
    """Whether strangers may sign up."""
    return {"signup_disabled": not call.request.app.state.settings.signup}


async def account(call: Call) -> dict[str, Any]:
    """The user who calls."""
    user_id = await user_id_of(call.access, call.headers)
    user = await call.access.door.read(directory.user_by_id, DIRECTORY, user_id)
    if user is None:
        raise Unauthorized(message="Unauthorized", statusCode=401)
    tenancies = await call.access.door.read(directory.tenancies_of, DIRECTORY, user.id)
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": f"{user.first_name} {user.last_name}".strip(),
        "email": user.email,
        "active": bool(user.active),
        "verified": bool(user.verified),
        "is_verified": bool(user.verified),
        "tenant_id": tenancies[0].id if tenancies else None,
        "created_at": user.created_at,
        "updated_at": None,
    }
