"""People who may sign in, keys for REST and clients for GraphQL; secrets are shown once."""

from starlette.responses import Response

from avoir.app.access import CreateClient, CreateUser, GenerateApiKey, RevokeApiKey
from avoir.app.reads import console_access
from avoir.core.access import DIRECTORY
from avoir.core.errors import NotFound
from avoir.faces.console.forms import BadField
from avoir.faces.console.settings import PLACES
from avoir.faces.console.visit import Visit

PREFIX, SHOWN = "bc_", 8
SCOPES = "billing:read billing:write standard:read standard:write"
SHORTEST = 12
"""Characters of a password."""


async def show(visit: Visit) -> Response:
    """Who may come in, and by what. A secret that was just made is shown, and never again."""
    return await _page(visit)


async def submit(visit: Visit) -> Response:
    """Make or end a way in. Refuses what the directory's commands refuse."""
    match visit.form.text("do"):
        case "user":
            await _make_user(visit)
        case "key":
            return await _page(visit, await _make_key(visit))
        case "client":
            return await _page(visit, await _make_client(visit))
        case "revoke":
            tenancy = visit.caller.identity.organization_id
            command = RevokeApiKey(tenancy_id=tenancy, api_key_id=visit.form.id("id") or 0)
            await visit.access.ask(command, actor=visit.caller.identity.actor)
        case _:
            raise NotFound("there is no such thing to do")
    return visit.go("/settings/people", "saved")


async def _page(visit: Visit, secret: dict[str, str] | None = None) -> Response:
    found = await visit.access.door.read(
        console_access.ways_in, DIRECTORY, visit.caller.identity.organization_id
    )
    return visit.page("people.html", found=found, secret=secret, places=PLACES, slug="people", scopes=SCOPES)


async def _make_user(visit: Visit) -> None:
    form, access = visit.form, visit.access
    email, password = form.text("email"), next(iter(form.values.get("password", ())), "")
    if "@" not in email:
        raise BadField("email", "Write the e-mail that the person signs in with")
    if len(password) < SHORTEST:
        raise BadField("password", f"A password has at least {SHORTEST} characters")
    command = CreateUser(
        tenancy_id=visit.caller.identity.organization_id,
        email=email,
        first_name=form.text("first_name"),
        last_name=form.text("last_name"),
        password_hash=await access.hashed(password),
    )
    said = (email, form.text("first_name"), form.text("last_name"), password)
    await access.ask(command, actor=visit.caller.identity.actor, key=_own_key(visit), secrets=said)


async def _make_key(visit: Visit) -> dict[str, str]:
    access, key = visit.access, _own_key(visit)
    secret = access.new_secret(PREFIX, 96, once=key)
    command = GenerateApiKey(
        tenancy_id=visit.caller.identity.organization_id,
        user_id=visit.user.id,
        name=visit.form.text("name"),
        prefix=secret[:SHOWN],
        digest=access.digest(secret),
    )
    await access.ask(command, actor=visit.caller.identity.actor, key=key)
    return {"API key": secret}


async def _make_client(visit: Visit) -> dict[str, str]:
    access, key = visit.access, _own_key(visit)
    client_id, secret = access.new_secret("", 32, once=f"{key} id"), access.new_secret("", 64, once=key)
    command = CreateClient(
        tenancy_id=visit.caller.identity.organization_id,
        client_id=client_id,
        name=visit.form.text("name"),
        secret_digest=access.digest(secret),
        scopes=" ".join(visit.form.text("scopes", SCOPES).split()),
    )
    await access.ask(command, actor=visit.caller.identity.actor, key=key)
    return {"Client id": client_id, "Client secret": secret}


def _own_key(visit: Visit) -> str:
    """The form's key, kept apart from other people's: the directory is everybody's."""
    identity = visit.caller.identity
    return visit.access.digest(f"{identity.organization_id}/{identity.user_id}/{visit.caller.key}")
