"""Payment methods: what a customer leaves with a gateway, to be paid with again."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.payment_method import METHODS_OF_CUSTOMER, OTHER, UNKNOWN, PaymentMethod
from avoir.core.rail import BANK, Gateway, UnknownRail
from avoir.core.row import Row
from avoir.core.text import fits, named


class AddPaymentMethod(Command, frozen=True, kw_only=True):
    """Keep what a gateway knows a customer's means of payment by. The first one is the default."""

    ANSWER = PaymentMethod
    customer_id: int
    rail: str
    token: str
    kind: str = OTHER

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> PaymentMethod:
        """Refuses `NotFound`, `UnknownRail`, `NameRequired` for an empty token, `TextTooLong`."""
        customer = desk.get(Customer, self.customer_id)
        gateway = None if self.rail == BANK else desk.find(Gateway, self.rail)
        if gateway is None or not gateway.active:
            raise UnknownRail("payment methods are kept with a gateway that is set up", rail=self.rail)
        first = not desk.of(PaymentMethod, METHODS_OF_CUSTOMER, customer.id)
        method = PaymentMethod(
            organization_id=desk.organization_id,
            id=desk.next("payment_method"),
            customer_id=customer.id,
            rail=gateway.name,
            token=fits(named(self.token, "a payment method"), "token"),
            type=self.kind,
            identifier="",
            issuer="",
            description="",
            expires_on="",
            state=UNKNOWN,
            failure="",
            last_success_at="",
            is_default=int(first),
            disabled=0,
            created_at=desk.now,
            updated_at=desk.now,
        )
        desk.tell("payment_method.added", method)
        return desk.add(method)
