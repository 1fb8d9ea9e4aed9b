"""Items: what is sold."""

from decimal import Decimal

from avoir.core.account import Account
from avoir.core.command import Command
from avoir.core.customer import ITEMS_BY_NAME, Item
from avoir.core.desk import Desk
from avoir.core.document import NegativeNumber
from avoir.core.errors import Kind, Refusal
from avoir.core.money import scaled
from avoir.core.tax import TaxRate
from avoir.core.text import fits
from avoir.core.usage import use


class ItemNameTaken(Refusal):
    """Another item has the name."""

    code, kind = "item_name_taken", Kind.CONFLICT


class SellAccountUnknown(Refusal):
    """No such account to earn on."""

    code, kind = "sell_account_unknown", Kind.INVALID


class CreateItem(Command, frozen=True, kw_only=True):
    """A new item. `price` in major units."""

    ANSWER = Item
    name: str
    type: str = "service"
    code: str = ""
    sellable: bool = True
    price: Decimal | None = None
    account_id: int | None = None
    tax_rate_id: int | None = None
    description: str = ""
    active: bool = True

    def decide(self, desk: Desk) -> Item:
        """Refuses `ItemNameTaken`, `SellAccountUnknown`, a negative price, an unknown tax rate."""
        fits(self.name, "name")
        price = None if self.price is None else scaled(self.price, 6, "sellPrice")
        if price is not None and price < 0:
            raise NegativeNumber("a price is not negative", field="sellPrice")
        if desk.of(Item, ITEMS_BY_NAME, self.name):
            raise ItemNameTaken("another item has the name", name=self.name)
        if self.account_id is not None:
            account = desk.find(Account, self.account_id)
            if account is None:
                raise SellAccountUnknown("no such account", accountId=self.account_id)
            use(desk, account)
        if self.tax_rate_id is not None:
            desk.get(TaxRate, self.tax_rate_id)
        item = Item(
            organization_id=desk.organization_id,
            id=desk.next("item"),
            name=self.name,
            type=self.type,
            code=self.code,
            sellable=int(self.sellable),
            price_micro=price,
            account_id=self.account_id,
            tax_rate_id=self.tax_rate_id,
            description=self.description,
            active=int(self.active),
            created_at=desk.now,
        )
        desk.tell("item.created", item)
        return desk.add(item)
