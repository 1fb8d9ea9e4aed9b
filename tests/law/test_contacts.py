"""Contacts speak for a customer, and go with it; views are how somebody wants to see a list."""

import pytest

from avoir.app.contacts import CreateContact, DeleteContact, EditContact
from avoir.app.customers import CreateCustomer, DeleteCustomer, EditCustomer
from avoir.app.views import CreateView, DeleteView, EditView
from avoir.core.contact import Contact, Person
from avoir.core.view import View

REFUSED = [
    (CreateContact(first_name=" "),                            "name_required"),
    (CreateContact(first_name="A", customer_id=9),             "not_found"),
    (CreateContact(first_name="A", email="x" * 256),           "text_too_long"),
    (EditContact(contact_id=1, first_name=""),                 "name_required"),
    (EditContact(contact_id=1, customer_id=9),                 "not_found"),
    (EditContact(contact_id=1, zip="x" * 256),                 "text_too_long"),
    (EditContact(contact_id=9),                                "not_found"),
    (DeleteContact(contact_id=9),                              "not_found"),
    (CreateView(name="", object="Invoice"),                    "name_required"),
    (CreateView(name="A", object="Invoice", sort_order="up"),  "unknown_setting"),
    (CreateView(name="A", object="Invoice", columns="x" * 65_536), "text_too_long"),
    (EditView(view_id=1, name=""),                             "name_required"),
    (EditView(view_id=1, sort_order="up"),                     "unknown_setting"),
    (EditView(view_id=9),                                      "not_found"),
    (DeleteView(view_id=9),                                    "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_what_is_wrong_is_refused_and_changes_nothing(ledger, command, code):
    ledger.ask(CreateContact(first_name="Ada"))
    ledger.ask(CreateView(name="All", object="Invoice"))
    ledger.refused(command, code)


def test_a_contact_is_edited_field_by_field(ledger):
    made = ledger.ask(CreateContact(first_name="Ada", last_name="L", email="a@example.com", customer_id=1))
    assert (made.id, made.customer_id, made.portal_access) == (1, 1, 0)
    edited = ledger.ask(EditContact(contact_id=1, last_name="Lovelace", portal_access=True))
    assert (edited.first_name, edited.last_name, edited.email) == ("Ada", "Lovelace", "a@example.com")
    assert (edited.customer_id, edited.portal_access) == (1, 1)
    ledger.ask(DeleteContact(contact_id=1))
    assert ledger.rows(Contact) == []


def test_a_customers_contacts_go_with_the_customer(ledger):
    customer = ledger.ask(CreateCustomer(name="Grace", currency="USD"))
    for owner in (customer.id, customer.id, 1, None):
        ledger.ask(CreateContact(first_name="A", customer_id=owner))
    ledger.ask(DeleteCustomer(customer_id=customer.id))
    assert [x.customer_id for x in ledger.rows(Contact)] == [1, None]


def test_a_customer_comes_with_a_contact_to_whom_its_invoices_go(ledger):
    person = Person(first_name="Ada", email="ap@example.com", portal_access=True)
    made = ledger.ask(CreateCustomer(name="Grace", currency="USD", details='{"a":1}', billing_contact=person))
    (contact,) = ledger.rows(Contact)
    assert (contact.customer_id, contact.first_name, contact.portal_access) == (made.id, "Ada", 1)
    assert made.details == f'{{"a":1,"billingContactId":"{contact.id}"}}'
    # Who is known by an e-mail only is called by its beginning.
    edited = ledger.ask(EditCustomer(customer_id=made.id, billing_contact=Person(email="new@example.com")))
    assert ledger.get(Contact, 2).first_name == "new"
    assert edited.details == '{"a":1,"billingContactId":"2"}'


@pytest.mark.parametrize(
    ("person", "code"), [(Person(), "name_required"), (Person(first_name="x" * 256), "text_too_long")]
)
def test_with_a_contact_that_cannot_be_there_is_no_customer_either(ledger, person, code):
    ledger.refused(CreateCustomer(name="Grace", currency="USD", billing_contact=person), code)
    ledger.refused(EditCustomer(customer_id=1, name="Grace", billing_contact=person), code)


def test_a_view_belongs_to_who_made_it(ledger):
    made = ledger.ask(CreateView(name="Due", object="Invoice", sort_order="DESC"), actor="user:7")
    assert (made.owner, made.sort_order, made.is_default) == ("user:7", "desc", 0)
    edited = ledger.ask(EditView(view_id=1, conditions="amount > 1", is_default=True), actor="user:8")
    assert (edited.owner, edited.name, edited.conditions, edited.is_default) == (
        "user:7",
        "Due",
        "amount > 1",
        1,
    )
    ledger.ask(DeleteView(view_id=1))
    assert ledger.rows(View) == []
