"""People changed from the command line: their passwords and roles."""

import secrets
from typing import Annotated

from cyclopts import Parameter

from avoir.app.people import EditUser
from avoir.app.reads import directory
from avoir.app.sign_ins import SetPassword
from avoir.cli.directory import ACTOR
from avoir.cli.office import Office, office
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop
from avoir.core.access import DIRECTORY, Role, Tenancy, User


async def set_password(*, email: str, password: str | None = None, options: Options = NO_OPTIONS) -> None:
    """Give a user another password, and end all sign-ins that the user has.

    Parameters
    ----------
    email
        What the user signs in with.
    password
        The new password. One is made, and printed once, when none is given.
    """
    async with office(options.settings()) as here:
        user = await _user(here, email)
        made = password is None
        word = secrets.token_urlsafe(12) if password is None else password
        if not word:
            raise Stop("password_required", "an empty password is none")
        command = SetPassword(user_id=user.id, password_hash=await here.access.hashed(word))
        await here.access.ask(command, actor=ACTOR)
    shown = f" The password is {word} - it is not shown again." if made else ""
    options.say(
        {"user_id": user.id, "email": email} | ({"password": word} if made else {}),
        f"{email} signs in by the new password from now on; earlier sign-ins are over.{shown}",
    )


async def set_role(
    *,
    email: str,
    role: str,
    organization: Annotated[str | None, Parameter(alias="--organization-id")] = None,
    options: Options = NO_OPTIONS,
) -> None:
    """Give a member of an organization another role.

    Parameters
    ----------
    email
        What the user signs in with.
    role
        The role, by its name, its slug or its id.
    organization
        Which organization, by its id. May be left out when there is only one.
    """
    async with office(options.settings()) as here:
        tenancy = await here.tenancy(organization)
        user, given = await here.member(tenancy, email), await _role(here, tenancy, role)
        assert user is not None  # With an e-mail it is found, or the command has stopped.  # noqa: S101
        command = EditUser(
            tenancy_id=tenancy.id,
            user_id=user.id,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
            role_id=given.id,
        )
        await here.access.ask(command, actor=ACTOR)
    options.say(
        {"user_id": user.id, "email": email, "role": given.name, "organization_id": tenancy.public_id},
        f"{email} is {given.name} in organization {tenancy.public_id}.",
    )


async def _user(here: Office, email: str) -> User:
    user = await here.door.read(directory.user_by_email, DIRECTORY, email)
    if user is None:
        raise Stop("user_unknown", f"nobody signs in with {email}", email=email)
    return user


async def _role(here: Office, tenancy: Tenancy, name: str) -> Role:
    roles = await here.door.read(directory.roles, DIRECTORY, tenancy.id)
    for each in roles:
        if name in (each.name, each.slug, str(each.id)):
            return each
    known = ", ".join(each.name for each in roles)
    raise Stop("role_unknown", f"the organization has no role {name}; there are {known}", role=name)
