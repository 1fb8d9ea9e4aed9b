"""Customers: the list, one with its open items, its statement, and money that comes in from it."""

from datetime import date, timedelta

from starlette.responses import Response

from avoir.app.payments import ReceivePayment
from avoir.app.reads import console, console_customers, console_documents, console_ledger
from avoir.app.reads.console_customers import ORDERS, VIEWS, CustomerPage
from avoir.app.reads.console_listing import Wish
from avoir.core.day import checked_day
from avoir.core.errors import NotFound
from avoir.core.receiving import Portion
from avoir.faces.console.forms import BadField, page_of
from avoir.faces.console.listing import LONGEST, days_of, heads_of, sort_of
from avoir.faces.console.visit import Visit

ROOM = ("/customers", "Customers")
YEAR = timedelta(days=365)
FIRST = {"": ("name", False), "owes": ("balance", True), "owed": ("balance", False)}
"""How each view is sorted if nobody says otherwise: who owes or is owed the most comes first."""


async def index(visit: Visit) -> Response:
    """The list: everybody, who owes, or who is owed."""
    wish = wish_of(visit)
    found = await visit.caller.read(console_customers.customers, wish)
    asked = asked_of(wish)
    falls = {name: order.falls for name, order in ORDERS.items()}
    return visit.page(
        "customers.html", found=found, wish=wish, asked=asked, views=VIEWS,
        standings=sorted(found.standings, key=lambda each: (each.currency != visit.base, each.currency)),
        sorting=heads_of(visit, "/customers", asked, falls, (wish.sort, wish.falling)),
    )  # fmt: skip


def wish_of(visit: Visit) -> Wish:
    """What the address asks for of the list."""
    view = visit.query.text("view")
    view = view if view in VIEWS else ""
    sort, falling = sort_of(visit.query, ORDERS, FIRST[view])
    return Wish(
        today=visit.caller.today(), view=view, page=page_of(visit.query),
        search=visit.query.text("q")[:LONGEST], sort=sort, falling=falling,
    )  # fmt: skip


def asked_of(wish: Wish) -> dict[str, str]:
    """The address of the list as it is looked at, without the page."""
    sort = ("-" if wish.falling else "") + wish.sort
    as_ever = (wish.sort, wish.falling) == FIRST[wish.view]
    return {"view": wish.view, "q": wish.search, "sort": "" if as_ever else sort}


async def found(visit: Visit) -> CustomerPage:
    """The customer of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_customers.customer, visit.id(), visit.caller.today())
    if page is None:
        raise NotFound("there is no such customer")
    return page


async def show(visit: Visit) -> Response:
    """One customer, and what is open."""
    page = await found(visit)
    return visit.page("customer.html", page=page, customer=page.customer)


async def statement(visit: Visit) -> Response:
    """What was charged, paid and given back, with the balance after each."""
    page, (since, until) = await found(visit), span(visit)
    lists = await visit.caller.read(console_ledger.statement, page.customer.id, since, until)
    return visit.page(
        "statement.html", page=page, customer=page.customer, lists=lists, since=since, until=until,
        period=visit.query.text("period"),
    )  # fmt: skip


async def pay_form(visit: Visit) -> Response:
    """Where money that came in is written down."""
    page = await found(visit)
    x = page.customer
    currency = visit.form.text("currency", x.currency)
    invoices = await visit.caller.read(console_documents.open_invoices, x.id, currency)
    accounts = await visit.caller.read(console.money_accounts)
    return visit.page(
        "customer_pay.html", page=page, customer=x, invoices=invoices, accounts=accounts, currency=currency
    )


async def pay(visit: Visit) -> Response:
    """Write it down, once. Refuses what `ReceivePayment` refuses."""
    form, account_id = visit.form, visit.form.id("account")
    if account_id is None:
        raise BadField("account", "Say which account the money came in to")
    asked = [(id, form.number(f"part-{id}", "Amount")) for id in form.ids("invoice")]
    payment = await visit.ask(
        ReceivePayment(
            customer_id=visit.id(),
            account_id=account_id,
            received_on=form.text("on") or visit.caller.today(),
            amount=form.required("amount", "Amount"),
            portions=tuple(Portion(id, amount) for id, amount in asked if amount is not None),
            currency=form.text("currency"),
            exchange_rate=form.number("rate", "Exchange rate"),
            reference=form.text("reference"),
        )
    )
    return visit.go(f"/payments/{payment.id}", f"payment_{payment.number}_recorded")


def span(visit: Visit, days: timedelta = YEAR) -> tuple[str, str]:
    """The days that the address asks for; a year up to today, if it says nothing. Refuses `InvalidDate`."""
    since, until = days_of(visit.query.text("period"), visit.caller.today())
    since = since or visit.query.text("since")
    until = until or visit.query.text("until") or visit.caller.today()
    if not since:
        last = date.fromisoformat(checked_day(until))
        since = (last - days if last - date.min > days else date.min).isoformat()
    return checked_day(since), checked_day(until)
