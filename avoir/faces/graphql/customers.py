"""Accounts, which are our customers: made, changed, taken away."""

from collections.abc import Mapping

import msgspec

from avoir.app.customers import CreateCustomer, DeleteCustomer, EditCustomer
from avoir.core.contact import Person
from avoir.core.customer import Customer
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.contacts import WORDS, words
from avoir.faces.graphql.fields.accounts import details_of
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info

BUSINESS, INDIVIDUAL = "business", "individual"
ORGANIZATIONS_TERMS = -1


async def account_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    entity_id = identifier(given["entityId"]) if given.get("entityId") else DEFAULT_ENTITY
    entity = await info.context.loader.one(Entity, entity_id)
    command = CreateCustomer(
        name=given.get("name") or "",
        currency=given.get("currencyId") or (entity.base_currency if entity else ""),
        entity_id=entity_id,
        terms_days=given.get("netPaymentDays"),
        type=INDIVIDUAL if given.get("accountTypeId") == "2" else BUSINESS,
        code=given.get("code") or "",
        details=details_of(given),
        billing_contact=_person(given),
        invoice_template_id=_template(given) or 0,
    )
    return {"account": await ask(info, command)}


async def account_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], identifier(args["id"])
    customer: Customer | None = await info.context.loader.one(Customer, id)
    kept = msgspec.json.decode(customer.details) if customer else {}
    kind = given.get("accountTypeId")
    terms = given.get("netPaymentDays", None)
    command = EditCustomer(
        customer_id=id,
        name=(given["name"] or "") if "name" in given else None,
        code=(given["code"] or "") if "code" in given else None,
        type=None if kind is None else INDIVIDUAL if kind == "2" else BUSINESS,
        terms_days=ORGANIZATIONS_TERMS if "netPaymentDays" in given and terms is None else terms,
        details=details_of(given, kept),
        billing_contact=_person(given),
        invoice_template_id=_template(given),
    )
    return {"account": await ask(info, command)}


async def account_delete(info: Info, args: Args) -> Payload:
    return {"account": await ask(info, DeleteCustomer(customer_id=identifier(args["id"])))}


def _template(given: Args) -> int | None:
    """The template that is named; 0 where null takes it back."""
    if "invoiceTemplateId" not in given:
        return None
    return identifier(given["invoiceTemplateId"]) if given["invoiceTemplateId"] else 0


def _person(given: Args) -> Person | None:
    """The new contact to whom the invoices go, if one is described."""
    said = given.get("billingContact")
    if not said:
        return None
    return Person(portal_access=bool(said.get("portalAccess")), **words(said, WORDS))


MUTATIONS: Mapping[str, Mutation] = {
    "accountCreate": account_create,
    "accountDelete": account_delete,
    "accountUpdate": account_update,
}
