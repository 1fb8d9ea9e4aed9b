"""Keys for REST and clients for GraphQL; secrets are shown once."""

from starlette.responses import Response

from avoir.app.access import CreateClient, GenerateApiKey, RevokeApiKey
from avoir.app.reads import console_access
from avoir.core.access import DIRECTORY
from avoir.core.errors import NotFound
from avoir.faces.console.settings import page
from avoir.faces.console.visit import Visit

PREFIX, SHOWN = "bc_", 8
SCOPES = "billing:read billing:write standard:read standard:write"


async def show(visit: Visit) -> Response:
    """Who may come in, and by what. A secret that was just made is shown, and never again."""
    return await _page(visit)


async def submit(visit: Visit) -> Response:
    """Make or end a way in. Refuses what the directory's commands refuse."""
    match visit.form.text("do"):
        case "key":
            return await _page(visit, await _make_key(visit))
        case "client":
            return await _page(visit, await _make_client(visit))
        case "revoke":
            tenancy = visit.caller.identity.organization_id
            command = RevokeApiKey(tenancy_id=tenancy, api_key_id=visit.form.id("id") or 0)
            await visit.ask_directory(command)
        case _:
            raise NotFound("there is no such thing to do")
    return visit.go("/settings/keys", "saved")


async def _page(visit: Visit, secret: dict[str, str] | None = None) -> Response:
    found = await visit.access.door.read(
        console_access.ways_in, DIRECTORY, visit.caller.identity.organization_id
    )
    return page(visit, "keys.html", "keys", found=found, secret=secret, scopes=SCOPES)


async def _make_key(visit: Visit) -> dict[str, str]:
    access, key = visit.access, visit.own_key
    secret = access.new_secret(PREFIX, 96, once=key)
    command = GenerateApiKey(
        tenancy_id=visit.caller.identity.organization_id,
        user_id=visit.user.id,
        name=visit.form.text("name"),
        prefix=secret[:SHOWN],
        digest=access.digest(secret),
    )
    await visit.ask_directory(command, key=key)
    return {"API key": secret}


async def _make_client(visit: Visit) -> dict[str, str]:
    access, key = visit.access, visit.own_key
    client_id, secret = access.new_secret("", 32, once=f"{key} id"), access.new_secret("", 64, once=key)
    command = CreateClient(
        tenancy_id=visit.caller.identity.organization_id,
        client_id=client_id,
        name=visit.form.text("name"),
        secret_digest=access.digest(secret),
        scopes=" ".join(visit.form.text("scopes", SCOPES).split()),
        by=visit.user.id,
    )
    await visit.ask_directory(command, key=key)
    return {"Client id": client_id, "Client secret": secret}
