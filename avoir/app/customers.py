"""Customers."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.contact import CONTACTS_OF_CUSTOMER, Contact, Person, billing_contact
from avoir.core.currency import exponent
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.opening_balance import Opening, open_with
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.payment_method import METHODS_OF_CUSTOMER, PaymentMethod
from avoir.core.row import Row, changed
from avoir.core.settings import days
from avoir.core.text import LONG, fits, named
from avoir.core.usage import use

WORDS = {"type": 64, "name": 255, "email": 255, "code": 64, "details": LONG}
"""What is said of a customer, and how long it may be."""

Needs = Iterator[tuple[type[Row], Any]]


class CustomerIsUsed(Refusal):
    """Documents or journals name the customer, who stays, but may be made inactive."""

    code = "customer_is_used"


class TemplateOfAnotherEntity(Refusal):
    """The papers of one legal person do not carry the bank details of another."""

    code, kind = "template_of_another_entity", Kind.INVALID


class CreateCustomer(Command, frozen=True, kw_only=True):
    """A new customer of an entity. `details` is JSON (addresses, phones, notes) that no law reads."""

    ANSWER = Customer
    name: str
    currency: str
    entity_id: int = DEFAULT_ENTITY
    type: str = "business"
    email: str = ""
    code: str = ""
    terms_days: int | None = None  # The organization's, if not given.
    active: bool = True
    details: str = "{}"
    billing_contact: Person | None = None  # Whom its invoices go to, made with it.
    opening: Opening | None = None  # What was owed already when the books were opened.
    invoice_template_id: int = 0  # How its papers look; as its entity has it, if 0.

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NameRequired`, `UnknownCurrency`, `TermsOutOfRange`, `TextTooLong`, an unknown entity,

        and what is wrong with the contact, the template or an opening balance.
        """
        named(self.name, "a customer")
        exponent(self.currency)
        said: dict[str, Any] = {
            field: fits(getattr(self, field), field, most) for field, most in WORDS.items()
        }
        customer = Customer(
            organization_id=desk.organization_id,
            id=desk.next("customer"),
            uuid=desk.uuid(),
            entity_id=use(desk, desk.get(Entity, self.entity_id)).id,
            currency=self.currency,
            terms_days=None if self.terms_days is None else days(self.terms_days),
            active=int(self.active),
            created_at=desk.now,
            updated_at=desk.now,
            **said,
        )
        if self.billing_contact is not None:
            details = billing_contact(desk, self.billing_contact, customer.id, self.details)
            customer = changed(customer, details=fits(details, "details", LONG))
        if self.invoice_template_id:
            customer = _given(desk, customer, self.invoice_template_id)
        desk.tell("customer.created", customer)
        customer = desk.add(customer)
        return customer if self.opening is None else open_with(desk, customer, self.opening)


class EditCustomer(Command, frozen=True, kw_only=True):
    """Change what is said of a customer; currency and entity stay. What is not given stays as it is.

    Terms of -1 are the organization's again.
    """

    ANSWER = Customer
    customer_id: int
    type: str | None = None
    name: str | None = None
    email: str | None = None
    code: str | None = None
    terms_days: int | None = None
    details: str | None = None
    active: bool | None = None
    billing_contact: Person | None = None  # A new one, to whom its invoices go from now on.
    invoice_template_id: int | None = None  # 0: as its entity has it, again.

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NotFound`, `NameRequired`, `TermsOutOfRange`, `TextTooLong`,

        and a wrong contact or template.
        """
        customer = desk.get(Customer, self.customer_id)
        if self.name is not None:
            named(self.name, "a customer")
        fields: dict[str, Any] = {
            field: fits(text, field, most)
            for field, most in WORDS.items()
            if (text := getattr(self, field)) is not None
        }
        if self.active is not None:
            fields["active"] = int(self.active)
        if self.terms_days is not None:
            fields["terms_days"] = None if self.terms_days == -1 else days(self.terms_days)
        if self.billing_contact is not None:
            details = billing_contact(
                desk, self.billing_contact, customer.id, fields.get("details", customer.details)
            )
            fields["details"] = fits(details, "details", LONG)
        desk.tell("customer.edited", customer)
        if self.invoice_template_id is not None:
            customer = _given(desk, customer, self.invoice_template_id)
        return desk.put(changed(customer, updated_at=desk.now, **fields))


class ActivateCustomer(Command, frozen=True, kw_only=True):
    """Show a customer in the lists again."""

    ANSWER = Customer
    customer_id: int

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NotFound`."""
        customer = desk.get(Customer, self.customer_id)
        desk.tell("customer.activated", customer)
        return desk.put(changed(customer, active=1, updated_at=desk.now))


class InactivateCustomer(Command, frozen=True, kw_only=True):
    """Leave a customer out of the lists to choose from. What is open stays open, and is settled as ever."""

    ANSWER = Customer
    customer_id: int

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NotFound`."""
        customer = desk.get(Customer, self.customer_id)
        desk.tell("customer.inactivated", customer)
        return desk.put(changed(customer, active=0, updated_at=desk.now))


class DeleteCustomer(Command, frozen=True, kw_only=True):
    """Take a customer away whom no document names, with the contacts and payment methods."""

    ANSWER = Customer
    customer_id: int

    def needs(self) -> Needs:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NotFound`, `CustomerIsUsed`."""
        customer = desk.get(Customer, self.customer_id)
        if customer.used:
            raise CustomerIsUsed("something names the customer", customerId=customer.id)
        theirs: list[Row] = [
            *desk.of(Contact, CONTACTS_OF_CUSTOMER, customer.id),
            *desk.of(PaymentMethod, METHODS_OF_CUSTOMER, customer.id),
        ]
        for row in (customer, *theirs):
            desk.remove(row)
        desk.tell("customer.deleted", customer)
        return customer


def _given(desk: Desk, customer: Customer, template_id: int) -> Customer:
    """The customer with a template of its own; with none, if the id is 0.

    Refuses `NotFound`, `TemplateOfAnotherEntity`.
    """
    if not template_id:
        return changed(customer, invoice_template_id=None)
    template = use(desk, desk.get(InvoiceTemplate, template_id))
    if template.entity_id != customer.entity_id:
        raise TemplateOfAnotherEntity(
            "the template belongs to another entity", field="invoiceTemplateId", templateId=template.id
        )
    return changed(customer, invoice_template_id=template.id)
