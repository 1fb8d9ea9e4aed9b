"""Rails: how cash goes back. By a bank at once, by a gateway when it says so, or in a lost dispute."""

from decimal import Decimal

import msgspec

from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

BANK = "bank"
"""A person pays, from a cash or bank account: settled as soon as it is written down."""

DISPUTE = "dispute"
"""A bank has taken the money already, in a dispute that is lost: settled too, and never undone."""

AT_ONCE = frozenset({BANK, DISPUTE})
"""The rails on which a refund is settled at once; every other one is the name of a gateway."""


class Gateway(Row, frozen=True, gc=False):
    """A gateway that refunds may go out by, and the clearing account that it pays out of."""

    TABLE, KEY = "gateways", ("organization_id", "name")
    organization_id: int
    name: str
    account_id: int
    active: int
    updated_at: str


class UnknownRail(Refusal):
    """Refunds go out by the bank, or by a gateway that the organization has set up."""

    code, kind = "unknown_rail", Kind.INVALID


class AccountRequired(Refusal):
    """What goes out by the bank goes out of an account; where none is known, it must be named."""

    code, kind = "account_required", Kind.INVALID


class GatewayHasItsAccount(Refusal):
    """A gateway pays out of its own clearing account, and of no other."""

    code, kind = "gateway_has_its_account", Kind.INVALID


class PayBack(msgspec.Struct, frozen=True):
    """What a gateway is asked to pay, `amount` in major units.

    `towards` is the gateway's own name of the payment that it took in, or empty. The key that goes with it
    is the refund's uuid.
    """

    organization_id: int
    refund_id: int
    number: str
    currency: str
    amount: Decimal
    amount_minor: int
    towards: str
    description: str


class Paid(msgspec.Struct, frozen=True):
    """The gateway has paid; `reference` is its own name of the refund."""

    reference: str


class Failed(msgspec.Struct, frozen=True):
    """The gateway has not paid, and will not."""

    reason: str


class Pending(msgspec.Struct, frozen=True):
    """The gateway has taken the refund on, and will say later."""


Answer = Paid | Failed | Pending
