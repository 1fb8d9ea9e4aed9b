"""Contact: a person who speaks for a customer."""

from typing import Any

from avoir.core.contact import Contact
from avoir.core.customer import Customer
from avoir.faces.graphql.fields.common import Fields, of, one, some, the
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

OF_CUSTOMER = Batch(Contact, "customer_id", rest="ORDER BY t.id")


async def _entity_id(contact: Contact, info: Info) -> Any:
    customer: Customer | None = await one(info, Customer, contact.customer_id)
    return customer.entity_id if customer else None


CONTACT: Fields = {
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "code": some("code"),
    "createdAt": of("created_at"),
    "description": some("description"),
    "email": some("email"),
    "entityId": _entity_id,
    "firstName": of("first_name"),
    "fullName": lambda contact, info: f"{contact.first_name} {contact.last_name}".strip(),
    "id": of("id"),
    "lastName": some("last_name"),
    "linkedinUrl": some("linkedin_url"),
    "mailingCity": some("city"),
    "mailingCountry": some("country"),
    "mailingState": some("state"),
    "mailingStreet": some("street"),
    "mailingZip": some("zip"),
    "mobile": some("mobile"),
    "phone": some("phone"),
    "portalAccess": lambda contact, info: bool(contact.portal_access),
    "salutation": some("salutation"),
    "title": some("title"),
    "updatedAt": of("updated_at"),
}
