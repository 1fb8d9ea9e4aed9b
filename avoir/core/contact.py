"""Contacts: the people who speak for a customer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from avoir.core.desk import Desk
from avoir.core.row import Row
from avoir.core.text import LONG, SHORT, fits, named


class Contact(Row, frozen=True, gc=False):
    """A person, of a customer or of nobody yet. No law reads what is said of them."""

    TABLE = "contacts"
    GROUPS = (("organization_id", "customer_id"),)
    organization_id: int
    id: int
    uuid: str
    customer_id: int | None
    code: str
    first_name: str
    last_name: str
    salutation: str
    title: str
    email: str
    phone: str
    mobile: str
    linkedin_url: str
    description: str
    street: str
    city: str
    state: str
    zip: str
    country: str
    portal_access: int
    created_at: str
    updated_at: str


CONTACTS_OF_CUSTOMER = Contact.GROUPS[0]
WORDS = {
    "code": 64,
    "first_name": SHORT,
    "last_name": SHORT,
    "salutation": SHORT,
    "title": SHORT,
    "email": SHORT,
    "phone": SHORT,
    "mobile": SHORT,
    "linkedin_url": SHORT,
    "description": LONG,
    "street": SHORT,
    "city": SHORT,
    "state": SHORT,
    "zip": SHORT,
    "country": SHORT,
}
"""What is said of a contact, and how long it may be."""


class Person(msgspec.Struct, frozen=True):
    """Who speaks for a customer from the day on which the customer is made, or said anew."""

    first_name: str = ""  # Who is known by an e-mail only is called by what stands before the @.
    code: str = ""
    last_name: str = ""
    salutation: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    linkedin_url: str = ""
    description: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    portal_access: bool = False


def introduce(desk: Desk, said: Any, customer_id: int | None) -> Contact:
    """A new contact of a customer, or of nobody yet. Refuses `NameRequired`, `TextTooLong`."""
    named(said.first_name, "a contact")
    contact = Contact(
        organization_id=desk.organization_id,
        id=desk.next("contact"),
        uuid=desk.uuid(),
        customer_id=customer_id,
        portal_access=int(said.portal_access),
        created_at=desk.now,
        updated_at=desk.now,
        **said_of(said),
    )
    desk.tell("contact.created", contact)
    return desk.add(contact)


def billing_contact(desk: Desk, person: Person, customer_id: int, details: str) -> str:
    """A customer's details with a new contact in them, to whom its invoices go.

    Refuses what `introduce` refuses.
    """
    called = person.first_name or person.email.partition("@")[0]
    contact = introduce(desk, msgspec.structs.replace(person, first_name=called), customer_id)
    kept: Mapping[str, Any] = msgspec.json.decode(details)
    return msgspec.json.encode({**kept, "billingContactId": str(contact.id)}).decode()


def said_of(said: Any) -> dict[str, str]:
    """What a command or a `Person` says of a contact, in words that fit. Refuses `TextTooLong`."""
    return {
        field: fits(text, field, most)
        for field, most in WORDS.items()
        if (text := getattr(said, field)) is not None
    }
