"""Contacts, saved views and billing details: made, changed, taken away."""

from collections.abc import Mapping
from typing import Any

import msgspec

from avoir.app.contacts import CreateContact, DeleteContact, EditContact
from avoir.app.customers import EditCustomer
from avoir.app.reads import graph
from avoir.app.reads.graph_house_lists import CONTACTS
from avoir.app.views import CreateView, DeleteView, EditView
from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask, customer_of
from avoir.faces.graphql.fields.accounts import details_of
from avoir.faces.graphql.ids import NOBODY, identifier, maybe
from avoir.faces.graphql.request import Info

WORDS = {
    "code": "code",
    "description": "description",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "linkedinUrl": "linkedin_url",
    "mailingCity": "city",
    "mailingCountry": "country",
    "mailingState": "state",
    "mailingStreet": "street",
    "mailingZip": "zip",
    "mobile": "mobile",
    "phone": "phone",
    "salutation": "salutation",
    "title": "title",
}
"""Contract A's words for what is said of a contact, and ours."""
VIEW = {
    "columns": "columns",
    "conditions": "conditions",
    "name": "name",
    "obj": "object",
    "sortBy": "sort_by",
    "sortOrder": "sort_order",
}


async def contact_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    said = words(given, WORDS)
    said.setdefault("first_name", "")
    command = CreateContact(
        customer_id=await _customer(info, given), portal_access=bool(given.get("portalAccess")), **said
    )
    return {"contact": await ask(info, command)}


async def contact_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = EditContact(
        contact_id=await _contact(info, args),
        customer_id=await _customer(info, given),
        portal_access=given.get("portalAccess"),
        **words(given, WORDS),
    )
    return {"contact": await ask(info, command)}


async def contact_delete(info: Info, args: Args) -> Payload:
    return {"contact": await ask(info, DeleteContact(contact_id=await _contact(info, args)))}


async def view_create(info: Info, args: Args) -> Payload:
    said = words(args["attributes"], VIEW)
    said.setdefault("name", "")
    said.setdefault("object", "")
    command = CreateView(is_default=bool(args["attributes"].get("isDefault")), **said)
    return {"view": await ask(info, command)}


async def view_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = EditView(
        view_id=identifier(args["id"]), is_default=given.get("isDefault"), **words(given, VIEW)
    )
    return {"view": await ask(info, command)}


async def view_delete(info: Info, args: Args) -> Payload:
    return {"view": await ask(info, DeleteView(view_id=identifier(args["id"])))}


async def billing_details_update(info: Info, args: Args) -> Payload:
    given, id = args["attributes"], maybe(args.get("id"))
    customer: Customer | None = await info.context.loader.one(Customer, id)
    if customer is None:
        raise NotFound("no such Customer", kind="Customer", id=id)
    command = EditCustomer(
        customer_id=customer.id,
        email=(given["billingContactEmail"] or "") if "billingContactEmail" in given else None,
        details=details_of(given, msgspec.json.decode(customer.details)),
    )
    return {"billingDetails": await ask(info, command)}


async def _customer(info: Info, given: Args) -> int | None:
    named = given.get("accountId") is not None or given.get("accountCode")
    return await customer_of(info, given) if named else None


async def _contact(info: Info, args: Args) -> int:
    """The contact by its id, else by its code; nobody, for the law to refuse."""
    if args.get("id") is not None:
        return identifier(args["id"])
    code = args.get("code") or ""
    if not code or "\0" in code:
        return NOBODY
    found = await info.context.caller.read(graph.one, CONTACTS, {"code": code}, {})
    return found.id if found else NOBODY


def words(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What is said, in our words: null takes it back, and what is not named stays."""
    return {ours: given[name] or "" for name, ours in names.items() if name in given}


MUTATIONS: Mapping[str, Mutation] = {
    "billingDetailsUpdate": billing_details_update,
    "contactCreate": contact_create,
    "contactDelete": contact_delete,
    "contactUpdate": contact_update,
    "viewCreate": view_create,
    "viewDelete": view_delete,
    "viewUpdate": view_update,
}
