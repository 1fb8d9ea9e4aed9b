"""API clients, and the tokens by which they and customers come in."""

from collections.abc import Mapping
from typing import Any

from avoir.app.access import CreateClient
from avoir.app.clients import DeleteClient, RenewClientSecret, UpdateClient
from avoir.app.reads import directory, graph
from avoir.app.reads.graph_house_lists import ACCOUNTS
from avoir.core.access import DIRECTORY, Client
from avoir.core.client import held, lifetime
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.faces.graphql.asking import Args, Mutation, Payload
from avoir.faces.graphql.fields.api_clients import NewClient
from avoir.faces.graphql.ids import identifier, maybe
from avoir.faces.graphql.request import Info

EXPIRES_IN = 7200
MOST_HOURS, HOURS = 24 * 365, 24


async def ask_directory(info: Info, command: Command, part: str = "") -> Any:
    """Ask the directory, in the caller's name and under a key of its own: the directory is everybody's.

    `part` names the command where a mutation asks several.
    """
    caller = info.context.caller
    key = None
    if caller.key is not None:
        identity = caller.identity
        once = f"{identity.organization_id}/{identity.actor}/{caller.key}/{info.path.key}/{part}"
        key = caller.access.digest(once)
    given = await caller.access.ask(command, actor=caller.identity.actor, key=key)
    info.context.loader.forget()
    return given


def secret_of(info: Info, purpose: str, length: int, prefix: str = "") -> str:
    """A new secret; the same one again under the same idempotency key."""
    caller = info.context.caller
    once = None
    if caller.key is not None:
        identity = caller.identity
        once = f"{purpose} {identity.organization_id}/{identity.actor}/{caller.key}/{info.path.key}"
    return caller.access.new_secret(prefix, length, once=once)


async def create(info: Info, args: Args) -> Payload:
    given, caller = args["attributes"], info.context.caller
    secret, client_id = secret_of(info, "secret", 64), secret_of(info, "id", 32)
    said = _said(given)
    said.setdefault("expires_in", EXPIRES_IN)
    lifetime(said["expires_in"])
    said.setdefault("name", "")
    said.setdefault("scopes", "")
    command = CreateClient(
        tenancy_id=caller.identity.organization_id,
        client_id=client_id,
        secret_digest=caller.access.digest(secret),
        owner_id=caller.identity.user_id,
        holding=holding(info),
        **said,
    )
    client = await ask_directory(info, command)
    return {"apiClient": NewClient(client, secret)}


async def update(info: Info, args: Args) -> Payload:
    said: dict[str, Any] = {**_whose(info, args), **_said(args["attributes"])}
    command = UpdateClient(**said)
    return {"apiClient": await ask_directory(info, command)}


async def delete(info: Info, args: Args) -> Payload:
    return {"apiClient": await ask_directory(info, DeleteClient(**_whose(info, args)))}


async def renew(info: Info, args: Args) -> Payload:
    secret = secret_of(info, "renewed", 64)
    digest = info.context.caller.access.digest(secret)
    client = await ask_directory(info, RenewClientSecret(secret_digest=digest, **_whose(info, args)))
    return {"clientId": client.client_id, "clientSecret": secret}


async def access_token(info: Info, args: Args) -> Payload:
    caller, id = info.context.caller, identifier(args["id"])
    client: Client | None = await caller.access.door.read(
        directory.client_by_number, DIRECTORY, caller.identity.organization_id, id
    )
    if client is None:
        raise NotFound("no such Client", kind="Client", id=id)
    held(holding(info), client.scopes.split())
    return {"accessToken": caller.access.client_token(client, client.scopes)}


async def portal_session(info: Info, args: Args) -> Payload:
    """A customer's own token; of the account with that code."""
    caller, code, hours = info.context.caller, args["tenantCode"], args.get("expiry")
    customer = None
    if code and "\0" not in code:
        customer = await caller.read(graph.one, ACCOUNTS, {"code": code}, {})
    if customer is None:
        raise NotFound("no such Customer", kind="Customer", id=code[:60])
    hours = HOURS if hours is None else hours
    seconds = lifetime(hours * 3600)
    where = args.get("returnUrl") or ""
    token = caller.access.portal_token(caller.identity.organization_id, customer.uuid, seconds, where)
    return {"token": token}


def holding(info: Info) -> str:
    """What the token that asks is good for, as commands are told it."""
    return " ".join(sorted(info.context.scopes))


def _whose(info: Info, args: Args) -> dict[str, Any]:
    tenancy = info.context.caller.identity.organization_id
    return {"tenancy_id": tenancy, "client_number": identifier(args["id"]), "holding": holding(info)}


def _said(given: Args) -> dict[str, Any]:
    """What the attributes say, in our words."""
    names = {
        "accessTokenExpiresIn": "expires_in",
        "authorizationCodeEnabled": "code_grant",
        "clientCredentialsEnabled": "credentials_grant",
        "name": "name",
        "pkceEnabled": "pkce",
        "redirectUri": "redirect_uri",
    }
    said = {ours: given[name] for name, ours in names.items() if given.get(name) is not None}
    if given.get("scopes") is not None:
        said["scopes"] = " ".join(dict.fromkeys(given["scopes"]))
    if given.get("entityId") is not None:
        said["entity_id"] = maybe(given["entityId"])
    return said


MUTATIONS: Mapping[str, Mutation] = {
    "apiAccessTokenCreate": access_token,
    "apiClientCreate": create,
    "apiClientDelete": delete,
    "apiClientSecretRenew": renew,
    "apiClientUpdate": update,
    "portalSessionCreate": portal_session,
}
