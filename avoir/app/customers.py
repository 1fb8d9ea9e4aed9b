"""Customers."""

from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.organization import Entity
from avoir.core.text import named

DEFAULT_ENTITY = 1


class CreateCustomer(Command, frozen=True, kw_only=True):
    """A new customer. `details` is JSON (addresses, phones, notes) that no law reads."""

    ANSWER = Customer
    name: str
    currency: str
    type: str = "business"
    email: str = ""
    code: str = ""
    active: bool = True
    details: str = "{}"

    def decide(self, desk: Desk) -> Customer:
        """Refuses `NameRequired`, `UnknownCurrency`."""
        named(self.name, "a customer")
        exponent(self.currency)
        customer = Customer(
            organization_id=desk.organization_id,
            id=desk.next("customer"),
            uuid=desk.uuid(),
            entity_id=desk.get(Entity, DEFAULT_ENTITY).id,
            type=self.type,
            name=self.name,
            email=self.email,
            currency=self.currency,
            code=self.code,
            terms_days=None,
            active=int(self.active),
            details=self.details,
            created_at=desk.now,
            updated_at=desk.now,
        )
        desk.tell("customer.created", customer)
        return desk.add(customer)
