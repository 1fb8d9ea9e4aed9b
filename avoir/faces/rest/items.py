"""Items: services that are sold (rest.md, 2.8)."""

from typing import Any

from avoir.app.items import CreateItem
from avoir.app.reads.lists import CHOICE, DAY, NUMBER, Column, Listing
from avoir.app.reads.query import Query
from avoir.core.customer import Item
from avoir.core.errors import NotFound
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import choice, flag, id_in, number, text
from avoir.faces.rest.lists import as_they_are, listed
from avoir.faces.rest.render import grouped, micro, sign_of

TYPES = ("service", "non-inventory", "inventory")

CREATE = Body(
    text("name", most=255),
    choice("type", TYPES),
    text("code", optional=True, most=255),
    flag("sellable"),
    flag("purchasable"),
    number("sellPrice", coerced=True, optional=True, least=0),
    id_in("sellAccountId", coerced=True, optional=True),
    id_in("sellTaxRateId", coerced=True, optional=True),
    text("sellDescription", optional=True),
    text("note", optional=True),
    flag("active", default=True),
)

LISTING = Listing(
    Item,
    {
        "created_at": Column("t.created_at", DAY),
        "name": Column("t.name"),
        "code": Column("t.code"),
        "type": Column("t.type", CHOICE, {each: f"t.type = '{each}'" for each in TYPES}),
        "sell_account_id": Column("t.account_id", NUMBER),
        "active": Column("t.active", CHOICE, {"true": "t.active = 1", "false": "t.active = 0"}),
    },
    searched=("name", "code"),
)


async def create(call: Call) -> dict[str, Any]:
    """A new item. Refuses `ItemNameTaken`, `SellAccountUnknown`, an unknown tax rate."""
    form = call.form
    command = CreateItem(
        name=form["name"],
        type=form["type"],
        code=form["code"],
        sellable=form["sellable"],
        price=form["sellPrice"],
        account_id=form["sellAccountId"],
        tax_rate_id=form["sellTaxRateId"],
        description=form["sellDescription"],
        active=form["active"],
    )
    item = await call.caller.ask(command)
    return {"id": item.id, "message": "The item was created."}


async def show(call: Call) -> dict[str, Any]:
    """One item. Refuses `NotFound`."""
    item = await call.caller.read(_item, call.id())
    if item is None:
        raise NotFound("no such Item", kind="Item")
    return _formatted(item, call.style.base)


async def index(call: Call) -> dict[str, Any]:
    """A page of items."""
    base = call.style.base
    return await listed(call, LISTING, as_they_are, lambda item: _formatted(item, base), "items")


def item_row(item: Item) -> dict[str, Any]:
    """An item as it stands in documents."""
    return {
        "id": item.id,
        "name": item.name,
        "type": item.type,
        "code": item.code or None,
        "sellable": item.sellable,
        "purchasable": 0,
        "note": None,
        "active": item.active,
        "sell_price": None if item.price_micro is None else micro(item.price_micro),
        "cost_price": None,
        "picture_uri": None,
        "cost_account_id": None,
        "sell_account_id": item.account_id,
        "inventory_account_id": None,
        "sell_description": item.description or None,
        "purchase_description": None,
        "quantity_on_hand": None,
        "landed_cost": None,
        "category_id": None,
        "user_id": None,
        "created_at": item.created_at,
        "updated_at": None,
        "sell_tax_rate_id": item.tax_rate_id,
        "purchase_tax_rate_id": None,
    }


def _formatted(item: Item, base: str) -> dict[str, Any]:
    price = "" if item.price_micro is None else sign_of(base) + grouped(micro(item.price_micro))
    return item_row(item) | {
        "currency_code": base,
        "type_formatted": item.type.capitalize(),
        "sell_price_formatted": price,
        "cost_price_formatted": "",
    }


def _item(query: Query, id: int) -> Item | None:
    return query.one(Item, id)
