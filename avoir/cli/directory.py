"""Organizations, users, API keys and OAuth clients, made from the command line."""

import secrets
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import Parameter

from avoir.app.access import CreateClient, CreateTenancy, CreateUser, GenerateApiKey
from avoir.app.organizations import OpenBooks
from avoir.cli.office import office
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop
from avoir.core.currency import exponent
from avoir.core.document import AFTER_TAX, BEFORE_TAX
from avoir.faces.door import envelope

ACTOR = "cli"
NOBODY = 0
"""Whose key it is in an organization without users."""


async def create_organization(
    *,
    name: str,
    currency: str,
    timezone: str = "UTC",
    discount_timing: str = BEFORE_TAX,
    options: Options = NO_OPTIONS,
) -> None:
    """Make an organization and open its books.

    Parameters
    ----------
    name
        What it is called.
    currency
        Its base currency, by ISO 4217.
    timezone
        Where its days begin: Europe/Berlin, UTC.
    discount_timing
        Whether a document's discount is taken before_tax or after_tax.
    """
    # Refused before room is made for it: an organization without books helps nobody.
    exponent(currency)
    if discount_timing not in (BEFORE_TAX, AFTER_TAX):
        raise Stop("unknown_setting", "a discount is taken before_tax or after_tax", given=discount_timing)
    zone = _zone(timezone)
    async with office(options.settings(), create=True) as here:
        tenancy = await here.access.ask(CreateTenancy(public_id=here.access.new_secret("", 16)), actor=ACTOR)
        opened = OpenBooks(
            public_id=tenancy.public_id,
            name=name,
            base_currency=currency,
            timezone=timezone,
            discount_timing=discount_timing,
        )
        await here.door.ask(envelope(tenancy.id, opened, actor=ACTOR, zone=zone))
    options.say(
        {
            "organization_id": tenancy.public_id,
            "id": tenancy.id,
            "name": name,
            "currency": currency,
            "timezone": timezone,
            "discount_timing": discount_timing,
        },
        f"{name} is open, in {currency}. Its organization id is {tenancy.public_id} (number {tenancy.id}).",
    )


async def create_user(
    *,
    email: str,
    password: str | None = None,
    organization: Annotated[str | None, Parameter(alias="--organization-id")] = None,
    first_name: str = "",
    last_name: str = "",
    options: Options = NO_OPTIONS,
) -> None:
    """Make a user who signs in by e-mail and password.

    Parameters
    ----------
    email
        What the user signs in with.
    password
        What the user signs in by. One is made, and printed once, when none is given.
    organization
        Which organization, by its id. May be left out when there is only one.
    """
    async with office(options.settings()) as here:
        tenancy = await here.tenancy(organization)
        made = password is None
        word = secrets.token_urlsafe(12) if password is None else password
        command = CreateUser(
            tenancy_id=tenancy.id,
            email=email,
            first_name=first_name,
            last_name=last_name,
            password_hash=await here.access.hashed(word),
        )
        user = await here.access.ask(command, actor=ACTOR)
    facts = {"user_id": user.id, "email": user.email, "organization_id": tenancy.public_id}
    shown = f" The password is {word} - it is not shown again." if made else ""
    options.say(
        facts | ({"password": word} if made else {}),
        f"{email} may sign in to organization {tenancy.public_id}.{shown}",
    )


async def create_key(
    *,
    organization: Annotated[str | None, Parameter(alias="--organization-id")] = None,
    user: str | None = None,
    name: str = "",
    options: Options = NO_OPTIONS,
) -> None:
    """Make an API key for REST. It is printed once; only its digest is kept.

    Parameters
    ----------
    organization
        Which organization, by its id. May be left out when there is only one.
    user
        Whose key it is, by e-mail. The organization's first user when not given.
    name
        What the key is for.
    """
    async with office(options.settings()) as here:
        tenancy = await here.tenancy(organization)
        member = await here.member(tenancy, user)
        secret = here.access.new_secret("bc_", 96)
        command = GenerateApiKey(
            tenancy_id=tenancy.id,
            user_id=member.id if member else NOBODY,
            name=name,
            prefix=secret[:8],
            digest=here.access.digest(secret),
        )
        key = await here.access.ask(command, actor=ACTOR)
    options.say(
        {"key": secret, "id": key.id, "name": name, "organization_id": tenancy.public_id},
        f"{secret}\nThis key is not shown again. Use it as: Authorization: Bearer {secret[:8]}...",
    )


async def create_client(
    *,
    scopes: str,
    organization: Annotated[str | None, Parameter(alias="--organization-id")] = None,
    name: str = "",
    expires_in: int = 7200,
    options: Options = NO_OPTIONS,
) -> None:
    """Make an OAuth client for GraphQL. Its secret is printed once; only a digest is kept.

    Parameters
    ----------
    scopes
        What its tokens may do: "billing:read billing:write standard:read".
    organization
        Which organization, by its id. May be left out when there is only one.
    name
        What the client is called.
    expires_in
        How long its tokens are good for, in seconds.
    """
    if not scopes.split():
        raise Stop("scopes_required", 'a client has scopes: --scopes "billing:read billing:write"')
    if expires_in <= 0:
        raise Stop("expires_in_not_positive", "a token is good for at least a second", given=expires_in)
    async with office(options.settings()) as here:
        tenancy = await here.tenancy(organization)
        secret = here.access.new_secret("", 64)
        command = CreateClient(
            tenancy_id=tenancy.id,
            client_id=here.access.new_secret("", 32),
            name=name,
            secret_digest=here.access.digest(secret),
            scopes=" ".join(scopes.split()),
            expires_in=expires_in,
        )
        client = await here.access.ask(command, actor=ACTOR)
    options.say(
        {
            "client_id": client.client_id,
            "client_secret": secret,
            "scopes": client.scopes,
            "expires_in": client.expires_in,
            "name": name,
            "organization_id": tenancy.public_id,
        },
        f"client_id      {client.client_id}\nclient_secret  {secret}\nThe secret is not shown again.",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Stop("unknown_timezone", f"there is no time zone {name}", timezone=name) from None
