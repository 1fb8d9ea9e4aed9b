"""Contacts: the people who speak for a customer."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.contact import Contact, introduce, said_of
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.row import Row, changed
from avoir.core.text import named

Needs = Iterator[tuple[type[Row], Any]]


class CreateContact(Command, frozen=True, kw_only=True):
    """A new contact, of a customer if one is named."""

    ANSWER = Contact
    first_name: str
    customer_id: int | None = None
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

    def decide(self, desk: Desk) -> Contact:
        """Refuses `NameRequired`, `TextTooLong`, `NotFound` for an unknown customer."""
        if self.customer_id is not None:
            desk.get(Customer, self.customer_id)
        return introduce(desk, self, self.customer_id)


class EditContact(Command, frozen=True, kw_only=True):
    """Change what is said of a contact. What is not given stays as it is."""

    ANSWER = Contact
    contact_id: int
    customer_id: int | None = None
    code: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    salutation: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    linkedin_url: str | None = None
    description: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    portal_access: bool | None = None

    def needs(self) -> Needs:
        yield Contact, self.contact_id

    def decide(self, desk: Desk) -> Contact:
        """Refuses `NotFound` for an unknown contact or customer, `NameRequired`, `TextTooLong`."""
        contact = desk.get(Contact, self.contact_id)
        if self.first_name is not None:
            named(self.first_name, "a contact")
        fields: dict[str, Any] = dict(said_of(self))
        if self.customer_id is not None:
            fields["customer_id"] = desk.get(Customer, self.customer_id).id
        if self.portal_access is not None:
            fields["portal_access"] = int(self.portal_access)
        desk.tell("contact.edited", contact)
        return desk.put(changed(contact, updated_at=desk.now, **fields))


class DeleteContact(Command, frozen=True, kw_only=True):
    """Take a contact away. Where a customer's details name it, it is simply found no more."""

    ANSWER = Contact
    contact_id: int

    def needs(self) -> Needs:
        yield Contact, self.contact_id

    def decide(self, desk: Desk) -> Contact:
        """Refuses `NotFound`."""
        contact = desk.get(Contact, self.contact_id)
        desk.tell("contact.deleted", contact)
        desk.remove(contact)
        return contact
