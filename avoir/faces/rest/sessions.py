"""Signing up and signing in (rest.md, section 1)."""

from typing import Any

from avoir.app.access import SignUp, SignupClosed
from avoir.app.reads import directory
from avoir.core.access import DIRECTORY
from avoir.faces.rest.auth import user_id_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.errors import Unauthorized
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import email, text

SIGN_UP = Body(text("firstName"), text("lastName"), email("email"), text("password", secret=True))
SIGN_IN = Body(text("email"), text("password", secret=True))


async def sign_up(call: Call) -> dict[str, Any]:
    """A new user with an organization of their own. Refuses `SignupClosed`, `EmailTaken`."""
    if not call.request.app.state.settings.signup:
        raise SignupClosed("this server takes no sign-ups")
    form, access = call.form, call.access
    command = SignUp(
        email=form["email"],
        first_name=form["firstName"],
        last_name=form["lastName"],
        password_hash=await access.hashed(form["password"]),
        public_id=access.new_secret("", 16),
    )
    said = (form["email"], form["firstName"], form["lastName"], form["password"])
    signed_up = await access.ask(command, actor="signup", key=call.key, secrets=said)
    return {
        "user_id": signed_up.user_id,
        "tenant_id": signed_up.tenancy_id,
        "organization_id": signed_up.public_id,
    }


async def sign_in(call: Call) -> dict[str, Any]:
    """A token for a day, and the user's first organization. Raises `Unauthorized`."""
    name, access = call.form["email"], call.access
    user = await access.door.read(directory.user_by_email, DIRECTORY, name)
    right = await access.verified(None if user is None else user.password_hash, call.form["password"])
    if user is None or not right:
        raise Unauthorized(
            statusCode=401,
            error="Unauthorized",
            message=f"Invalid email or password for {name}",
            code="INVALID_DETAILS",
        )
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


async def meta(call: Call) -> dict[str, Any]:
    """Whether strangers may sign up."""
    return {"signup_disabled": not call.request.app.state.settings.signup}


async def account(call: Call) -> dict[str, Any]:
    """The user who calls."""
    user_id = await user_id_of(call.request)
    user = await call.access.door.read(directory.user_by_id, DIRECTORY, user_id)
    if user is None:
        raise Unauthorized(message="Unauthorized", statusCode=401)
    tenancies = await call.access.door.read(directory.tenancies_of, DIRECTORY, user.id)
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "active": bool(user.active),
        "tenant_id": tenancies[0].id if tenancies else None,
        "created_at": user.created_at,
        "updated_at": None,
    }
