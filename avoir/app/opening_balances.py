"""Opening balances of customers who are there already. (A new one's is in `customers`.)"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.opening_balance import Opening, open_with
from avoir.core.row import Row


class SetOpeningBalance(Command, frozen=True, kw_only=True):
    """Say what a customer owed on a day: an open item against Opening Balance Equity.

    A negative amount is what the customer was owed. What was said before is voided; 0 says nothing new.
    """

    ANSWER = Customer
    customer_id: int
    amount: Decimal
    on: str
    exchange_rate: Decimal | None = None
    branch_id: int | None = None
    number: str = ""  # Its own, not of the series; OB- and the document's id, if not given.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id

    def decide(self, desk: Desk) -> Customer:
        """Refuses a wrong branch, date, amount or rate; `OpeningBalanceUsed`, `NumberTaken`, `DateLocked`."""
        customer = desk.get(Customer, self.customer_id)
        opening = Opening(self.amount, self.on, self.exchange_rate, self.branch_id, self.number)
        return open_with(desk, customer, opening)
