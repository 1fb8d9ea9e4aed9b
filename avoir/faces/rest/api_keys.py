"""API keys: `bc_` and 96 hex digits, shown once (rest.md, section 1)."""

from typing import Any

from avoir.app.access import GenerateApiKey, RevokeApiKey
from avoir.app.reads import directory
from avoir.core.access import DIRECTORY, ApiKey
from avoir.core.command import checked_key
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import text

GENERATE = Body(text("name", optional=True, most=255))
SHOWN = len("bc_") + 5
"""Characters of a key that lists go on showing."""


async def generate(call: Call) -> dict[str, Any]:
    """A new key of the caller's. Under an idempotency key the same one is told again."""
    identity, access, key = call.identity, call.access, own_key(call)
    secret = access.new_secret("bc_", 96, once=key)
    command = GenerateApiKey(
        tenancy_id=identity.organization_id,
        user_id=identity.user_id or 0,
        name=call.form["name"],
        prefix=secret[:SHOWN],
        digest=access.digest(secret),
    )
    made = await access.ask(command, actor=identity.actor, key=key)
    return {"key": secret, "id": made.id}


async def index(call: Call) -> list[dict[str, Any]]:
    """The organization's keys that are not revoked."""
    keys = await call.access.door.read(directory.api_keys, DIRECTORY, call.identity.organization_id)
    return [_row(key) for key in keys]


async def revoke(call: Call) -> dict[str, Any]:
    """End a key. Refuses `NotFound`."""
    identity = call.identity
    command = RevokeApiKey(tenancy_id=identity.organization_id, api_key_id=call.id())
    key = await call.access.ask(command, actor=identity.actor, key=own_key(call))
    return {"id": key.id, "revoked": True}


def own_key(call: Call) -> str | None:
    """The client's idempotency key, kept apart from other people's: the directory is everybody's."""
    if call.key is None:
        return None
    identity = call.identity
    return call.access.digest(f"{identity.organization_id}/{identity.user_id}/{checked_key(call.key)}")


def _row(key: ApiKey) -> dict[str, Any]:
    masked = f"{key.prefix}..."
    return {
        "id": key.id,
        "key": masked,
        "name": key.name or None,
        "revoked": bool(key.revoked_at),
        "token": masked,
        "user_id": key.user_id,
        "expires_at": None,
        "revoked_at": key.revoked_at or None,
        "created_at": key.created_at,
        "updated_at": None,
    }
