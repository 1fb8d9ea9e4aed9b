"""Gateways: which ones refunds may go out by, and what account each pays out of."""

from avoir.core.account import Account, holds_money
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.rail import AT_ONCE, Gateway
from avoir.core.text import fits
from avoir.core.usage import use


class BadGatewayName(Refusal):
    """A gateway has a name in small letters, digits, dashes or underscores, and not one of our own rails."""

    code, kind = "bad_gateway_name", Kind.INVALID


class SetGateway(Command, frozen=True, kw_only=True):
    """Set up a gateway by its name and clearing account, change it, or switch it off."""

    ANSWER = Gateway
    name: str
    account_id: int
    active: bool = True

    def decide(self, desk: Desk) -> Gateway:
        """Refuses `NotFound` for the account, `BadGatewayName`, `AccountNotForMoney`."""
        account = use(desk, desk.get(Account, self.account_id))
        fits(self.name, "name", 64)
        plain = self.name.replace("-", "").replace("_", "")
        if not (plain.isascii() and plain.isalnum() and plain.islower()) or self.name in AT_ONCE:
            raise BadGatewayName("a gateway has a name of its own, in small letters", name=self.name)
        # What goes out by it may be in any currency that its account takes: that is checked with each refund.
        holds_money(account, account.currency, desk.get(Entity, DEFAULT_ENTITY).base_currency)
        gateway = desk.find(Gateway, self.name)
        fresh = Gateway(desk.organization_id, self.name, account.id, int(self.active), desk.now)
        if gateway is None:
            gateway = desk.add(fresh)
        desk.tell("gateway.set", gateway)
        return desk.put(fresh)
