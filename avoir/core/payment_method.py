"""Payment methods: what a customer has left with a gateway, to be paid with again."""

from avoir.core.row import Row

ACH, CARD, OTHER, WIRE = "ach", "card", "other", "wire"
FAILED, SUCCESS, UNKNOWN = "failed", "success", "unknown"


class PaymentMethod(Row, frozen=True, gc=False):
    """A card or account of a customer, as the gateway `rail` knows it: by its `token`."""

    TABLE, SECRETS = "payment_methods", ("token",)
    GROUPS = (("organization_id", "customer_id"),)
    organization_id: int
    id: int
    customer_id: int
    rail: str
    token: str
    type: str  # ach | card | other | wire
    identifier: str  # What people know it by: the last four digits.
    issuer: str
    description: str
    expires_on: str
    state: str  # failed | success | unknown: how its last use went.
    failure: str
    last_success_at: str
    is_default: int
    disabled: int
    created_at: str
    updated_at: str


METHODS_OF_CUSTOMER = PaymentMethod.GROUPS[0]
