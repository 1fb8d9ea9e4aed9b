"""Entities and the chart of accounts: made, changed, taken away."""

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import GraphQLError

from avoir.app.accounts import CreateAccount, DeleteAccount, EditAccount
from avoir.app.entities import CreateEntity, DeleteEntity, EditEntity
from avoir.core.errors import NotFound
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.fields.entities import DETAILS
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info

TYPES: Mapping[str, str] = {
    "accounts_payable": "accounts-payable",
    "accounts_receivable": "accounts-receivable",
    "bad_debt": "expense",
    "banking_fees": "expense",
    "conversion_gain": "other-income",
    "conversion_loss": "other-expense",
    "cpca": "other-current-asset",
    "customer_advances": "other-current-liability",
    "deferred_revenue": "other-current-liability",
    "earned_revenue": "income",
    "payments": "bank",
    "tax_payable": "tax-payable",
}
"""Contract A's types of ledger accounts as ours, which know no parts to play."""
NAMES = ("accountNumber", "externalId", "pluginId", "source")
"""What other systems call an account, kept as it is told."""


async def entity_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    _no_other_default(given)
    command = CreateEntity(
        name=given.get("name") or "",
        base_currency=given.get("baseCurrencyId") or info.context.caller.setup.base_currency,
        tax_number=given.get("taxId") or "",
        details=_details(given, {}),
        invoice_prefix=given.get("invoiceNumberPrefix"),
        invoice_next=given.get("invoiceNumberSeq"),
        **_action(given),
    )
    return {"entity": await ask(info, command)}


async def entity_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], identifier(args["id"])
    if id != DEFAULT_ENTITY:
        _no_other_default(given)
    entity: Entity | None = await info.context.loader.one(Entity, id)
    command = EditEntity(
        entity_id=id,
        name=given.get("name"),
        base_currency=given.get("baseCurrencyId"),
        tax_number=(given["taxId"] or "") if "taxId" in given else None,
        details=_details(given, msgspec.json.decode(entity.details) if entity else {}),
        invoice_prefix=given.get("invoiceNumberPrefix"),
        invoice_next=given.get("invoiceNumberSeq"),
        **_action(given),
    )
    return {"entity": await ask(info, command)}


async def entity_delete(info: Info, args: Args) -> Payload:
    return {"entity": await ask(info, DeleteEntity(entity_id=identifier(args["id"])))}


async def entity_duplicate(info: Info, args: Args) -> Payload:
    id = identifier(args["id"])
    entity: Entity | None = await info.context.loader.one(Entity, id)
    if entity is None:
        raise NotFound("no such Entity", kind="Entity", id=id)
    command = CreateEntity(
        name=entity.name,
        base_currency=entity.base_currency,
        tax_number=entity.tax_number,
        dispute_action=entity.dispute_action,
        details=entity.details,
    )
    return {"entity": await ask(info, command), "errors": []}


async def financial_account_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    _no_other_part(given)
    active = given.get("active")
    command = CreateAccount(
        name=given.get("name") or "",
        type=TYPES.get(given.get("accountType") or "", ""),
        code=given.get("code") or "",
        description=given.get("description") or "",
        active=active is None or active,
        names=_names(given),
    )
    return {"financialAccount": await ask(info, command)}


async def financial_account_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    _no_other_part(given)
    kind = given.get("accountType")
    command = EditAccount(
        account_id=identifier(args["id"]),
        name=given.get("name"),
        type=None if kind is None else TYPES[kind],
        code=(given["code"] or "") if "code" in given else None,
        description=(given["description"] or "") if "description" in given else None,
        active=given.get("active"),
        names=_names(given),
    )
    return {"financialAccount": await ask(info, command)}


async def financial_account_delete(info: Info, args: Args) -> Payload:
    return {"financialAccount": await ask(info, DeleteAccount(account_id=identifier(args["id"])))}


def _details(given: Args, kept: dict[str, Any]) -> str:
    said = kept | {name: given[name] for name in DETAILS if name in given}
    return msgspec.json.encode({name: value for name, value in said.items() if value is not None}).decode()


def _action(given: Args) -> dict[str, str]:
    action = given.get("disputeInvoiceAction")
    return {"dispute_action": action.lower()} if action else {}


def _names(given: Args) -> dict[str, str]:
    return {name: given[name] or "" for name in NAMES if name in given}


def _no_other_default(given: Args) -> None:
    if given.get("isDefault"):
        raise _no("The first entity is the default one, and stays it", "default_entity_stays")


def _no_other_part(given: Args) -> None:
    if given.get("defaultAccount"):
        raise _no("The posting rules choose their accounts by role", "account_roles_stay")


def _no(sentence: str, code: str) -> GraphQLError:
    return GraphQLError(sentence, extensions={"code": code, "kind": "invalid", "facts": {}})


MUTATIONS: Mapping[str, Mutation] = {
    "entityCreate": entity_create,
    "entityDelete": entity_delete,
    "entityDuplicate": entity_duplicate,
    "entityUpdate": entity_update,
    "financialAccountCreate": financial_account_create,
    "financialAccountDelete": financial_account_delete,
    "financialAccountUpdate": financial_account_update,
}
