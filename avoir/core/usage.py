"""What is named stays: the mark that keeps accounts, branches, customers, items and others where they are."""

from typing import TypeVar

from avoir.core.account import Account
from avoir.core.customer import Customer, Item
from avoir.core.desk import Desk
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.organization import Branch, Entity
from avoir.core.row import changed
from avoir.core.tax import TaxRate

T = TypeVar("T", Account, Branch, Customer, Entity, InvoiceTemplate, Item, TaxRate)


def use(desk: Desk, thing: T) -> T:
    """The thing itself, marked: something names it from now on, so it can no longer be taken away.

    Whoever names a thing holds its row anyway, so the mark costs one write, once. To search for what names
    it, when it is to be deleted, would take an index on each of the busiest tables (decision 12).
    """
    return thing if thing.used else desk.put(changed(thing, used=1))
