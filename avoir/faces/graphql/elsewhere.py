"""What contract A's clients may ask for and another product than this one does: told no, with the reason."""

from collections.abc import Mapping

from graphql import GraphQLError

from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.core.organization import Entity
from avoir.core.row import Row
from avoir.faces.graphql.asking import Args, Mutation, Payload
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info


async def account_validate_address(info: Info, args: Args) -> Payload:
    await _there(info, Customer, "Account", args["id"])
    raise _no("Address validation is not enabled", "address_validation_not_enabled")


async def entity_validate_address(info: Info, args: Args) -> Payload:
    await _there(info, Entity, "Entity", args["entityId"])
    raise _no("Address validation is not enabled", "address_validation_not_enabled")


async def invoice_generate_next_period(info: Info, args: Args) -> Payload:
    if args.get("accountId") is not None:
        await _there(info, Customer, "Account", args["accountId"])
    if args.get("billUsageCharges"):
        raise _no("Usage charges are not supported yet", "usage_charges_not_supported")
    raise _no("There is no subscription to bill a next period of", "no_subscription")


async def _there(info: Info, kind: type[Row], name: str, id: str) -> None:
    if await info.context.loader.one(kind, identifier(id)) is None:
        raise NotFound(f"no such {name}", kind=name, id=identifier(id))


def _no(sentence: str, code: str) -> GraphQLError:
    return GraphQLError(sentence, extensions={"code": code, "kind": "conflict", "facts": {}})


MUTATIONS: Mapping[str, Mutation] = {
    "accountValidateAddress": account_validate_address,
    "entityValidateAddress": entity_validate_address,
    "invoiceGenerateNextPeriod": invoice_generate_next_period,
}
