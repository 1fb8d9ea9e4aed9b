"""Reports on what was sold: by item, and by tax rate. Base currency."""

from collections.abc import Sequence
from typing import Any

from avoir.app.reads.query import Query
from avoir.app.reads.sales import Sold, Taxed, sales_by_item, taxes
from avoir.core.money import major_of, rounded
from avoir.faces.render import micro
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, flag
from avoir.faces.rest.reports.shape import (
    BASIS,
    COMMON,
    ONLY_ACTIVE,
    PERIOD,
    Asked,
    Made,
    Numbers,
    answered,
)
from avoir.faces.tables import Cell, Column, Line, Table

ITEMS = Body(
    *COMMON, *PERIOD, ONLY_ACTIVE,
    flag("noneTransactions", default=True), anything("itemsIds"),
)  # fmt: skip
TAXES = Body(*COMMON, *PERIOD, BASIS)
ITEMS_TITLE, TAXES_TITLE = "Sales By Items", "Sales Tax Liability Summary"
ITEM_COLUMNS = (
    Column("item_name", "Item name"), Column("sold_quantity", "Sold quantity"),
    Column("sold_amount", "Sold amount"), Column("average_price", "Average price"),
)  # fmt: skip
TAX_COLUMNS = (
    Column("taxName", "Tax Name"), Column("taxPercentage", "Tax Percentage"),
    Column("taxableAmount", "Taxable Amount"), Column("collectedTax", "Collected Tax"),
    Column("taxRate", "Tax Amount"),
)  # fmt: skip


async def by_items(call: Call) -> Any:
    """How much of each item was sold in a period and for how much, less what was credited."""
    asked = Asked(call)
    return await answered(call, lambda query: _items(asked, query))


async def tax_liability(call: Call) -> Any:
    """What was charged and given back of each tax in a period: what the tax payable moved by."""
    asked = Asked(call, show_zero=True)
    return await answered(call, lambda query: _taxes(asked, query))


def _items(asked: Asked, query: Query) -> Made:
    given, numbers, ids = asked.query, asked.numbers, asked.ids("itemsIds")
    rows = [
        row
        for row in sales_by_item(query, asked.entity_id, asked.base, asked.since, asked.until, ids)
        if not (given["noneTransactions"] and not (row.quantity_micro or row.minor))
        and not (given["onlyActive"] and not row.item.active)
    ]
    quantity, minor = sum(row.quantity_micro for row in rows), sum(row.minor for row in rows)
    data = {
        "items": [_item(row, numbers) for row in rows],
        "total": {
            "quantity_sold": micro(quantity),
            "sold_cost": major_of(minor, asked.base),
            "quantity_sold_formatted": numbers.text(micro(quantity)),
            "sold_cost_formatted": numbers.total(minor),
            "currency_code": asked.base,
        },
    }
    echo = asked.echo(
        none_transactions=given["noneTransactions"], only_active=given["onlyActive"], items_ids=ids
    )

    def table() -> Table:
        lines = [_item_line(row, numbers) for row in rows]
        sums = (Cell(numbers.text(micro(quantity)), micro(quantity)), numbers.cell(minor, total=True))
        lines.append(Line((Cell("Total"), *sums, Cell()), ("TOTAL",)))
        return Table(ITEMS_TITLE, ITEM_COLUMNS, lines)

    return Made(data, table, echo, asked.meta(ITEMS_TITLE))


def _average(row: Sold) -> int:
    """The price of one, in minor units."""
    if not row.quantity_micro:
        return 0
    # More may have come back than was sold: both are negative then.
    sign = 1 if row.quantity_micro > 0 else -1
    return rounded(sign * row.minor * 1_000_000, sign * row.quantity_micro)


def _item(row: Sold, numbers: Numbers) -> dict[str, Any]:
    average = _average(row)
    return {
        "id": row.item.id,
        "name": row.item.name,
        "code": row.item.code,
        "quantity_sold": micro(row.quantity_micro),
        "sold_cost": major_of(row.minor, numbers.base),
        "average_sell_price": major_of(average, numbers.base),
        "quantity_sold_formatted": numbers.text(micro(row.quantity_micro)),
        "sold_cost_formatted": numbers.plain(row.minor, zero=True),
        "average_sell_price_formatted": numbers.plain(average, zero=True),
        "currency_code": numbers.base,
    }


def _item_line(row: Sold, numbers: Numbers) -> Line:
    quantity = micro(row.quantity_micro)
    sums = (numbers.cell(row.minor), numbers.cell(_average(row)))
    return Line((Cell(row.item.name), Cell(numbers.text(quantity), quantity), *sums), ("ITEM",))


def _taxes(asked: Asked, query: Query) -> Made:
    numbers = asked.numbers
    rows = taxes(query, asked.entity_id, asked.base, asked.since, asked.until)
    taxable, moved = sum(row.taxable_minor for row in rows), sum(row.minor for row in rows)
    data = {
        "tax_rates": [_tax(row, numbers) for row in rows],
        "total": {
            "taxable_amount": numbers.amount(taxable, total=True),
            "tax_amount": numbers.amount(moved, total=True),
            "collected_tax_amount": numbers.amount(moved, total=True),
        },
    }
    return Made(
        data,
        lambda: _tax_table(rows, taxable, moved, numbers),
        asked.echo(basis=asked.query["basis"]),
        asked.meta(TAXES_TITLE),
    )


def _tax(row: Taxed, numbers: Numbers) -> dict[str, Any]:
    percent = micro(row.rate.percent_micro)
    return {
        "id": row.rate.id,
        "tax_name": f"{row.rate.name} ({percent}%)",
        "taxable_amount": numbers.amount(row.taxable_minor),
        "tax_amount": numbers.amount(row.minor),
        "tax_percentage": {"amount": percent, "formatted_amount": f"%{percent}"},
        "collected_tax_amount": numbers.amount(row.minor),
    }


def _tax_table(rows: Sequence[Taxed], taxable: int, moved: int, numbers: Numbers) -> Table:
    lines = []
    for row in rows:
        percent = micro(row.rate.percent_micro)
        sums = [numbers.cell(minor) for minor in (row.taxable_minor, row.minor, row.minor)]
        lines.append(Line((Cell(row.rate.name), Cell(f"%{percent}", percent), *sums), ("TaxRate",)))
    sums = [numbers.cell(minor, total=True) for minor in (taxable, moved, moved)]
    lines.append(Line((Cell("Total"), Cell(), *sums), ("Total",)))
    return Table(TAXES_TITLE, TAX_COLUMNS, lines)
