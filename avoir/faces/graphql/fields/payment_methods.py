"""PaymentMethod and PaymentPlugin: what customers have left with gateways, and the gateways themselves."""

from typing import Any

from avoir.core.customer import Customer
from avoir.core.payment_method import PaymentMethod
from avoir.core.rail import Gateway
from avoir.faces.graphql.fields.common import Fields, always, of, some, the
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

OF_CUSTOMER = Batch(PaymentMethod, "customer_id", rest="ORDER BY t.id")


def _itself(method: PaymentMethod, info: Info) -> PaymentMethod:
    return method


PAYMENT_METHOD: Fields = {
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "createdAt": of("created_at"),
    "disabled": lambda method, info: bool(method.disabled),
    "expirationDate": some("expires_on"),
    "failureCode": some("failure"),
    "id": of("id"),
    "isDefault": lambda method, info: bool(method.is_default),
    "kind": of("type"),
    "last4": some("identifier"),
    "lastSuccess": some("last_success_at"),
    "metadata": _itself,
    "paymentType": of("type"),
    "pluginId": of("rail"),
    "state": lambda method, info: method.state.upper(),
    "updatedAt": of("updated_at"),
}

PAYMENT_METHOD_METADATA: Fields = {
    "description": some("description"),
    "expiration": some("expires_on"),
    "icon": always(None),
    "identifier": some("identifier"),
    "issuer": some("issuer"),
    "kind": of("type"),
    "type": of("type"),
}


def _entities(gateway: Gateway, info: Info) -> list[Any]:
    return [info.context.caller.setup.entity.id]


PAYMENT_PLUGIN: Fields = {
    "components": always({}),
    "enabled": lambda gateway, info: bool(gateway.active),
    "entities": _entities,
    "guid": of("name"),
    "hidden": always(False),
    "id": of("name"),
    "name": of("name"),
    "status": lambda gateway, info: "VALID" if gateway.active else "INVALID",
    "type": always("payment"),
    "webhookEnabled": always(False),
}
