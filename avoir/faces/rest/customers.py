"""Customers (rest.md, 2.6)."""

from typing import Any

import msgspec

from avoir.app.customers import CreateCustomer
from avoir.app.reads import customers
from avoir.app.reads.customers import CustomerView
from avoir.app.reads.lists import CHOICE, DAY, Column, Listing
from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Field, Rule
from avoir.faces.rest.kinds import email, flag, number, text
from avoir.faces.rest.lists import listed
from avoir.faces.rest.render import Style, nothing_for_zero, plain, style_of

NAMES = ("salutation", "firstName", "lastName", "companyName")
PHONES = ("workPhone", "personalPhone")
ADDRESS = ("1", "2", "City", "Country", "Email", "Postcode", "Phone", "State")
ADDRESSES = tuple(f"{which}Address{part}" for which in ("billing", "shipping") for part in ADDRESS)
DETAILS = (*NAMES, *PHONES, "website", "note", *ADDRESSES)
"""What a customer's `details` hold, by contract B's names."""

_NONE = Rule("equals", "must be 0: opening balances are not kept", lambda value: value == 0)


def _nothing(field: Field) -> Field:
    return field._replace(rules=(_NONE,))


CREATE = Body(
    text("customerType"),
    text("currencyCode"),
    text("displayName"),
    _nothing(number("openingBalance", coerced=True, optional=True)),
    text("openingBalanceAt", optional=True),
    email("email", optional=True),
    text("code", optional=True, most=255),
    flag("active", default=True),
    *(
        email(name, optional=True) if name.endswith("Email") else text(name, optional=True)
        for name in DETAILS
    ),
)

LISTING = Listing(
    Customer,
    {
        "created_at": Column("t.created_at", DAY),
        "display_name": Column("t.name"),
        "email": Column("t.email"),
        "currency_code": Column("t.currency"),
        "contact_type": Column("t.type"),
        "code": Column("t.code"),
        "active": Column(
            "t.active", CHOICE, {"true": "t.active = 1", "1": "t.active = 1",
                                 "false": "t.active = 0", "0": "t.active = 0"}
        ),
    },
    searched=("display_name", "email", "code"),
)  # fmt: skip


async def create(call: Call) -> dict[str, Any]:
    """A new customer. Refuses `UnknownCurrency`."""
    form = call.form
    details = {name: form[name] for name in DETAILS if form[name]}
    command = CreateCustomer(
        name=form["displayName"],
        currency=form["currencyCode"],
        type=form["customerType"],
        email=form["email"],
        code=form["code"],
        active=form["active"],
        details=msgspec.json.encode(details).decode(),
    )
    return customer_row(CustomerView(await call.caller.ask(command), 0))


async def show(call: Call) -> dict[str, Any]:
    """One customer. Refuses `NotFound`."""
    view = await call.caller.read(customers.customer, call.id())
    if view is None:
        raise NotFound("no such Customer", kind="Customer")
    return _formatted(view, call.style)


async def index(call: Call) -> dict[str, Any]:
    """A page of customers."""
    style = style_of(call.caller)
    return await listed(
        call, LISTING, customers.customer_views, lambda view: _formatted(view, style), "customers"
    )


def customer_row(view: CustomerView) -> dict[str, Any]:
    """A customer as it stands in documents and replies."""
    row = view.customer
    details = msgspec.json.decode(row.details)
    balance = major_of(view.balance_minor, row.currency)
    return {
        "id": row.id,
        "balance": balance,
        "salutation": details.get("salutation"),
        "email": row.email or None,
        "website": details.get("website"),
        "note": details.get("note"),
        "active": row.active,
        "contact_service": "customer",
        "contact_type": row.type,
        "currency_code": row.currency,
        "opening_balance": 0,
        "opening_balance_at": None,
        "opening_balance_exchange_rate": 1,
        "opening_balance_branch_id": None,
        "first_name": details.get("firstName"),
        "last_name": details.get("lastName"),
        "company_name": details.get("companyName"),
        "display_name": row.name,
        "code": row.code or None,
        "work_phone": details.get("workPhone"),
        "personal_phone": details.get("personalPhone"),
        **{snake(name): details.get(name) for name in ADDRESSES},
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "local_opening_balance": 0,
        "closing_balance": balance,
        "contact_normal": "debit",
    }


def snake(name: str) -> str:
    """`billingAddressCity` is billing_address_city, and billingAddress1 is billing_address1."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _formatted(view: CustomerView, style: Style) -> dict[str, Any]:
    row = view.customer
    return customer_row(view) | {
        "customer_type": row.type,
        "formatted_customer_type": row.type.capitalize(),
        "formatted_balance": plain(view.balance_minor, row.currency),
        "formatted_opening_balance": nothing_for_zero(0, row.currency),
        "formatted_opening_balance_at": "",
        "formatted_created_at": style.instant(row.created_at),
    }
