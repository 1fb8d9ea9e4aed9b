"""Items with what stands on them, and the lines that sold them."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.customer import Customer, Item
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.tax import TaxRate

MOST_SOLD = 1000


class ItemView(msgspec.Struct, frozen=True):
    """An item with the accounts and tax rates that it names, by id."""

    item: Item
    accounts: dict[int, Account]
    rates: dict[int, TaxRate]


class SoldView(msgspec.Struct, frozen=True):
    """A line of an invoice that names an item."""

    line: InvoiceLine
    invoice: Invoice
    customer: Customer


def item(query: Query, id: int) -> ItemView | None:
    """One item, or None."""
    found = query.one(Item, id)
    return item_views(query, [found])[0] if found else None


def item_views(query: Query, rows: Sequence[Item]) -> list[ItemView]:
    """Items with what they name, in the order given."""
    named = [id for x in rows for id in (x.account_id, x.cost_account_id, x.inventory_account_id)]
    accounts = {row.id: row for row in query.by_ids(Account, named)}
    taxed = [id for x in rows for id in (x.tax_rate_id, x.purchase_tax_rate_id)]
    rates = {row.id: row for row in query.by_ids(TaxRate, taxed)}
    return [ItemView(row, accounts, rates) for row in rows]


def sold(query: Query, item_id: int) -> list[SoldView]:
    """The lines of issued invoices that name an item, the newest first; as many as a page may have."""
    lines = query.rows(
        InvoiceLine,
        """t.item_id = :item AND EXISTS (
            SELECT 1 FROM invoices AS i WHERE i.organization_id = t.organization_id
            AND i.id = t.invoice_id AND i.state = 'issued')""",
        f"ORDER BY t.invoice_id DESC, t.position LIMIT {MOST_SOLD}",
        item=item_id,
    )
    invoices = {row.id: row for row in query.by_ids(Invoice, [line.invoice_id for line in lines])}
    owing = [row.customer_id for row in invoices.values()]
    customers = {row.id: row for row in query.by_ids(Customer, owing)}
    return [
        SoldView(line, invoice := invoices[line.invoice_id], customers[invoice.customer_id]) for line in lines
    ]
