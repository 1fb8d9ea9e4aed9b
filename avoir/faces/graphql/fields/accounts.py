"""Account: our Customer. What no law reads is kept as JSON, under contract B's names where it has one."""

from collections.abc import Mapping
from typing import Any

import msgspec

from avoir.app.reads.graph import order_of
from avoir.app.reads.graph_earned import EarnedRow, PayerRow, earned, payers
from avoir.app.reads.graph_lists import INVOICES
from avoir.app.reads.graph_made import TypeRow
from avoir.core.contact import Contact
from avoir.core.customer import Customer
from avoir.core.exchange import worth
from avoir.core.invoice import Invoice
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.money import major_of
from avoir.core.organization import Entity
from avoir.faces.graphql.fields.common import Fields, Resolver, always, base_of, many, of, some, the
from avoir.faces.graphql.fields.contacts import OF_CUSTOMER
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

DETAILS: Mapping[str, str] = {
    "billingCity": "billingAddressCity",
    "billingCountry": "billingAddressCountry",
    "billingState": "billingAddressState",
    "billingStreet": "billingAddress1",
    "billingZip": "billingAddressPostcode",
    "shippingCity": "shippingAddressCity",
    "shippingCountry": "shippingAddressCountry",
    "shippingState": "shippingAddressState",
    "shippingStreet": "shippingAddress1",
    "shippingZip": "shippingAddressPostcode",
    "description": "note",
    "phone": "workPhone",
    **{
        name: name
        for name in (
            "annualRevenue",
            "billingContactId",
            "duns",
            "employees",
            "entityUseCode",
            "fax",
            "groupId",
            "industryId",
            "linkedinUrl",
            "ownerUserId",
            "secondaryBillingContactIds",
            "taxNumber",
            "timezone",
            "website",
        )
    },
}
"""What contract A calls a detail, and the name that it is kept under."""

FLAGS: Mapping[str, bool] = {
    "consolidatedBilling": False,
    "disableDunning": False,
    "draftInvoices": False,
    "emailsEnabled": True,
    "newQuoteBuilder": False,
}
"""Details that are true or false, and what they are when nobody says."""


EARNED = Batch(EarnedRow, "customer_id", read=earned)
PAYERS = Batch(PayerRow, "customer_id", read=payers)

TYPES = (TypeRow(1, "business", "Business"), TypeRow(2, "individual", "Individual"))
"""What a customer may be."""


def details_of(attributes: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> str:
    """The details to keep of a customer as it is asked for; null takes one back, what is not named stays."""
    names = {**DETAILS, **{name: name for name in FLAGS}}
    said = {kept: attributes[name] for name, kept in names.items() if name in attributes}
    kept = {name: value for name, value in {**(before or {}), **said}.items() if value is not None}
    return msgspec.json.encode(kept).decode()


def _detail(kept: str, default: Any = None, kind: Any = str | None) -> Resolver:
    def resolve(customer: Customer, info: Info) -> Any:
        try:
            # The other face may keep another type under the name.
            return msgspec.convert(msgspec.json.decode(customer.details).get(kept, default), kind)
        except msgspec.ValidationError:
            return default

    return resolve


async def _invoices(customer: Customer, info: Info, **args: Any) -> list[Invoice]:
    condition = info.context.condition(args.get("filter") or "", INVOICES)
    order = order_of(INVOICES, args.get("sort") or "").by(reverse=False)
    batch = Batch(Invoice, "customer_id", condition.sql, order, tuple(condition.params.items()))
    return await many(info, batch, customer.id)


async def _billing_contact(customer: Customer, info: Info) -> Contact | None:
    """The one that is named; else the first."""
    contacts: list[Contact] = await many(info, OF_CUSTOMER, customer.id)
    named = _detail("billingContactId")(customer, info)
    return next((each for each in contacts if str(each.id) == named), contacts[0] if contacts else None)


async def _secondary_contacts(customer: Customer, info: Info) -> list[Contact]:
    named = _detail("secondaryBillingContactIds", kind=list[str] | None)(customer, info) or []
    return [each for each in await many(info, OF_CUSTOMER, customer.id) if str(each.id) in named]


async def _paying_status(customer: Customer, info: Info) -> str:
    return "PAYING" if await many(info, PAYERS, customer.id) else "NOT_PAYING"


async def _revenue_to_date(customer: Customer, info: Info) -> Any:
    """In the base currency, each document at its own rate."""
    rows: list[EarnedRow] = await many(info, EARNED, customer.id)
    base = await base_of(customer, info)
    return major_of(sum(worth(row.minor, row.currency, row.rate_nano, base) for row in rows), base)


def _type(customer: Customer, info: Info) -> TypeRow:
    return next(each for each in TYPES if (each.code == "individual") == (customer.type == "individual"))


ACCOUNT: Fields = {
    **{name: _detail(kept) for name, kept in DETAILS.items()},
    **{name: _detail(name, default, bool) for name, default in FLAGS.items()},
    **dict.fromkeys(
        (
            "arr",
            "billingDay",
            "effectiveBillingDate",
            "mrr",
            "mur",
            "nextRenewal",
            "owner",
            "taxNumberValidated",
            "upcomingBillingDates",
        ),
        always(None),
    ),
    "accountType": _type,
    "accountTypeId": lambda customer, info: "2" if customer.type == "individual" else "1",
    "addressValidated": always(False),
    "annualRevenue": _detail("annualRevenue", kind=int | None),
    "billingContact": _billing_contact,
    "code": some("code"),
    "contacts": lambda customer, info: many(info, OF_CUSTOMER, customer.id),
    "createdAt": of("created_at"),
    "currency": of("currency"),
    "currencyId": of("currency"),
    "employees": _detail("employees", kind=int | None),
    "entity": the(Entity, "entity_id"),
    "entityId": of("entity_id"),
    "id": of("id"),
    "invoiceTemplate": the(InvoiceTemplate, "invoice_template_id"),
    "invoiceTemplateId": of("invoice_template_id"),
    "invoices": _invoices,
    "name": of("name"),
    "netPaymentDays": of("terms_days"),
    "payingStatus": _paying_status,
    "revenueToDate": _revenue_to_date,
    "secondaryBillingContacts": _secondary_contacts,
    "secondaryBillingContactIds": _detail("secondaryBillingContactIds", kind=list[str] | None),
    "updatedAt": of("updated_at"),
}
