"""Customers (rest.md, 2.6)."""

from typing import Any

import msgspec

from avoir.app.customers import (
    ActivateCustomer,
    CreateCustomer,
    DeleteCustomer,
    EditCustomer,
    InactivateCustomer,
)
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.reads import customers
from avoir.app.reads.amounts import is_due
from avoir.app.reads.customers import CustomerView
from avoir.app.reads.lists import CHOICE, DAY, Column, Listing, yes_or_no
from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.core.opening_balance import Opening
from avoir.faces.render import Style, midnight, nothing_for_zero, plain, rate_of, style_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import BadForm, Body, Complaint, Form
from avoir.faces.rest.kinds import day, email, flag, id_in, kept, number, text, whole
from avoir.faces.rest.lists import listed

NAMES = ("salutation", "firstName", "lastName", "companyName")
PHONES = ("workPhone", "personalPhone")
ADDRESS = ("1", "2", "City", "Country", "Email", "Postcode", "Phone", "State")
ADDRESSES = tuple(f"{which}Address{part}" for which in ("billing", "shipping") for part in ADDRESS)
DETAILS = (*NAMES, *PHONES, "website", "note", *ADDRESSES)
"""What a customer's `details` hold, by contract B's names."""

DETAIL_FIELDS = tuple(
    email(name, optional=True) if name.endswith("Email") else text(name, optional=True) for name in DETAILS
)
OPENED = (
    day("openingBalanceAt", optional=True),
    number("openingBalanceExchangeRate", coerced=True, optional=True),
    id_in("openingBalanceBranchId", coerced=True, optional=True, loose=True),
)
CREATE = Body(
    text("customerType", optional=True),
    text("currencyCode", optional=True),
    text("displayName"),
    number("openingBalance", coerced=True, optional=True),
    *OPENED,
    email("email", optional=True),
    text("code", optional=True, most=255),
    flag("active", default=True),
    *DETAIL_FIELDS,
)
EDIT = Body(
    kept(text("customerType")),
    text("displayName"),
    kept(email("email")),
    kept(text("code", most=255)),
    flag("active", default=None),
    *map(kept, DETAIL_FIELDS),
)
OPENING = Body(number("openingBalance", coerced=True), *OPENED)
NEEDS_A_DAY: Complaint = {
    "target": {}, "property": "openingBalanceAt", "children": [],
    "constraints": {"isNotEmpty": "openingBalanceAt is needed where there is an opening balance",
                    "isString": "openingBalanceAt must be a text"},
}  # fmt: skip
AUTO_COMPLETE = Body(text("keyword", optional=True), whole("limit", least=1, default=50))

_OWING = f"""EXISTS (SELECT 1 FROM invoices AS i
    WHERE i.organization_id = t.organization_id AND i.customer_id = t.id AND i.state = 'issued'
    AND {is_due("i")} {{}})"""


def listing(today: str) -> Listing:
    """What the list of customers may be asked on a day."""
    return LISTING._replace(
        views={
            "overdue": _OWING.format(f"AND i.due_on < '{today}'"),
            "unpaid": _OWING.format(""),
        },
        first_view=41,
    )


LISTING = Listing(
    Customer,
    {
        "created_at": Column("t.created_at", DAY),
        "display_name": Column("t.name"),
        "email": Column("t.email"),
        "currency_code": Column("t.currency"),
        "contact_type": Column("t.type"),
        "customer_type": Column("t.type"),
        "code": Column("t.code"),
        "active": Column("t.active", CHOICE, yes_or_no("t.active")),
    },
    searched=("display_name", "email", "code"),
    inactive="t.active = 0",
)  # fmt: skip


async def create(call: Call) -> dict[str, Any]:
    """A new customer, with what was owed already. Refuses what `CreateCustomer` refuses."""
    form = call.form
    if form["openingBalance"] and not form["openingBalanceAt"]:
        raise BadForm([NEEDS_A_DAY])
    details = {name: form[name] for name in DETAILS if form[name]}
    command = CreateCustomer(
        name=form["displayName"],
        currency=form["currencyCode"] or call.style.base,
        type=form["customerType"] or "business",
        email=form["email"],
        code=form["code"],
        active=form["active"],
        details=msgspec.json.encode(details).decode(),
        opening=_opening(form) if form["openingBalance"] else None,
    )
    customer = await call.caller.ask(command)
    return customer_row(await call.caller.read(customers.opened, customer), call.style)


async def edit(call: Call) -> dict[str, Any]:
    """Change what is said of a customer. Refuses what `EditCustomer` refuses."""
    form = call.form
    customer = await _known(call)
    given = {name: form[name] for name in DETAILS if form[name] is not None}
    details = msgspec.json.decode(customer.customer.details) | given
    command = EditCustomer(
        customer_id=call.id(),
        name=form["displayName"],
        type=form["customerType"],
        email=form["email"],
        code=form["code"],
        details=msgspec.json.encode({name: said for name, said in details.items() if said}).decode(),
        active=form["active"],
    )
    await call.caller.ask(command)
    return customer_row(await _known(call), call.style)


async def delete(call: Call) -> None:
    """Take a customer away whom nothing names. Refuses `CustomerIsUsed`, `NotFound`."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> DeleteCustomer:
    """What takes a customer away."""
    return DeleteCustomer(customer_id=id)


async def set_opening_balance(call: Call) -> dict[str, Any]:
    """Say anew what was owed when the books were opened. Refuses what `SetOpeningBalance` refuses."""
    opening = _opening(call.form)
    command = SetOpeningBalance(
        customer_id=call.id(),
        amount=opening.amount,
        on=opening.on or call.caller.today(),
        exchange_rate=opening.exchange_rate,
        branch_id=opening.branch_id,
    )
    await call.caller.ask(command)
    return customer_row(await _known(call), call.style)


async def activate(call: Call) -> None:
    """Show a customer in the lists again. Refuses `NotFound`."""
    await call.caller.ask(ActivateCustomer(customer_id=call.id()))


async def inactivate(call: Call) -> None:
    """Leave a customer out of the lists to choose from. Refuses `NotFound`."""
    await call.caller.ask(InactivateCustomer(customer_id=call.id()))


async def auto_complete(call: Call) -> list[dict[str, Any]]:
    """The customers whose names hold a word, by name."""
    found = await call.caller.read(customers.named, call.query["keyword"], call.query["limit"])
    return [customer_row(view, call.style) for view in found]


async def show(call: Call) -> dict[str, Any]:
    """One customer. Refuses `NotFound`."""
    return _formatted(await _known(call), call.style)


async def index(call: Call) -> dict[str, Any]:
    """A page of customers."""
    style = style_of(call.caller)
    return await listed(
        call,
        listing(style.today()),
        customers.customer_views,
        lambda view: _formatted(view, style),
        "customers",
    )


def customer_row(view: CustomerView, style: Style) -> dict[str, Any]:
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
        "opening_balance": major_of(_signed(view, "total_minor"), row.currency),
        "opening_balance_at": midnight(x.issued_on) if (x := view.opening) else None,
        "opening_balance_exchange_rate": rate_of(x.rate_nano) if x else 1,
        "opening_balance_branch_id": x.branch_id if x else None,
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
        "local_opening_balance": major_of(_signed(view, "base_total_minor"), style.base),
        "closing_balance": balance,
        "contact_normal": "debit",
    }


def _signed(view: CustomerView, field: str) -> int:
    """A sum of the opening balance: more than 0 was owed, less than 0 was owed to the customer."""
    if view.opening is None:
        return 0
    minor: int = getattr(view.opening, field)
    return minor if isinstance(view.opening, Invoice) else -minor


def _opening(form: Form) -> Opening:
    return Opening(
        amount=form["openingBalance"],
        on=form["openingBalanceAt"] or "",
        exchange_rate=form["openingBalanceExchangeRate"],
        branch_id=form["openingBalanceBranchId"],
    )


async def _known(call: Call) -> CustomerView:
    view = await call.caller.read(customers.customer, call.id())
    if view is None:
        raise NotFound("no such Customer", kind="Customer")
    return view


def snake(name: str) -> str:
    """`billingAddressCity` is billing_address_city, and billingAddress1 is billing_address1."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _formatted(view: CustomerView, style: Style) -> dict[str, Any]:
    row = view.customer
    return customer_row(view, style) | {
        "customer_type": row.type,
        "formatted_customer_type": row.type.capitalize(),
        "formatted_balance": plain(view.balance_minor, row.currency),
        "formatted_opening_balance": nothing_for_zero(_signed(view, "total_minor"), row.currency),
        "formatted_opening_balance_at": style.day(view.opening.issued_on) if view.opening else "",
        "formatted_created_at": style.instant(row.created_at),
    }
