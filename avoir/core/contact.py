"""Contacts: the people who speak for a customer."""

from avoir.core.row import Row


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
