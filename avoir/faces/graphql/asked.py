"""Queries that are no plain list and no object by its id."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from avoir.app.reads import graph, graph_made
from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_house_lists import ACCOUNTS, EVENTS
from avoir.app.reads.graph_lists import CREDIT_NOTES, INVOICES
from avoir.app.reads.graph_made import CURRENCIES, PERIODS, TYPES, USERS, CurrencyRow, given
from avoir.app.reads.graph_search import Found, search
from avoir.core.currency import EXPONENTS
from avoir.core.errors import NotFound
from avoir.core.rail import Gateway
from avoir.faces.graphql.connection import Gathered, Listed
from avoir.faces.graphql.fields.accounts import TYPES as ACCOUNT_TYPES
from avoir.faces.graphql.fields.entities import name_of
from avoir.faces.graphql.fields.events import kind_of
from avoir.faces.graphql.fields.printed import Printed, printed
from avoir.faces.graphql.fields.roles import SCOPES
from avoir.faces.graphql.fields.users import of_client, of_person
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info, Request
from avoir.faces.graphql.saved_views import through_view

Args = Mapping[str, Any]


async def current_user(info: Info, args: Args) -> Any:
    """The person in whose name the token was given; else the client."""
    request = info.context
    identity = request.caller.identity
    if identity.user_id is not None:
        values = {"id": identity.user_id}
        person = await request.read_of(USERS, graph.one, USERS, values, request.directory)
        if person is not None:
            return of_person(person)
    client = await request.caller.access.client(identity.actor.rpartition("client:")[2])
    return client and of_client(client)


async def billing_details(info: Info, args: Args) -> Any:
    """A customer by its id. Refuses `NotFound`."""
    return await _there(info, ACCOUNTS, "Account", args)


async def formatted_invoice(info: Info, args: Args) -> Printed:
    """An invoice as it is printed. Refuses `NotFound`."""
    return await printed(info, await _there(info, INVOICES, "Invoice", args))


async def formatted_credit_note(info: Info, args: Args) -> Printed:
    """A credit note as it is printed. Refuses `NotFound`."""
    return await printed(info, await _there(info, CREDIT_NOTES, "CreditNote", args))


async def _there(info: Info, listing: Listing, kind: str, args: Args) -> Any:
    request = info.context
    id = identifier(args.get("id") or "")
    row = await request.read_of(listing, graph.one, listing, {"id": id}, {"today": request.today})
    if row is None:
        raise NotFound(f"no such {kind}", kind=kind, id=id)
    return row


async def preview_invoice(info: Info, args: Args) -> Printed | None:
    """The oldest draft of a customer dated until a day."""
    request = info.context
    until = request.caller.day(args["billingDate"], "billingDate")
    draft = await request.caller.read(graph_made.oldest_draft, identifier(args["accountId"]), until)
    return await printed(info, draft) if draft else None


async def payment_plugins(info: Info, args: Args) -> list[Gateway]:
    """The gateways that are set up."""
    rows: list[Gateway] = await info.context.caller.read(graph_made.gateways)
    return rows


async def role_scopes(info: Info, args: Args) -> Gathered:
    """All scopes."""
    return Gathered([*SCOPES], args)


async def deep_events(info: Info, args: Args) -> Listed:
    """What happened to an object and to all that hangs on it; all that happened, if none is named."""
    listing = EVENTS
    if args.get("objectId") is not None and args.get("objectType"):
        kind = kind_of(args["objectType"])
        listing = EVENTS.showing(graph_made.about(kind, identifier(args["objectId"])))
    first = args.get("first") if args.get("first") is not None else args.get("limit")
    return Listed(info.context, listing, {**args, "first": first})


async def found(info: Info, args: Args) -> list[Found]:
    """What a text finds, of what the token may read."""
    scopes = info.context.scopes
    models = [name for name, scope in MODELS.items() if scope in scopes]
    rows: list[Found] = await info.context.caller.read(search, args["text"], models)
    info.context.spend(len(rows))
    return rows


MODELS = {
    "Account": "standard:read",
    "Contact": "standard:read",
    "CreditNote": "billing:read",
    "Invoice": "billing:read",
    "Payment": "standard:read",
}
"""What a search looks for, and the scope that it takes to see it."""


async def currencies(info: Info, args: Args) -> Listed:
    """All currencies of ISO 4217."""
    request = info.context
    offered = await request.currencies()
    rows = [
        CurrencyRow(code, (code in offered and offered[code].name) or name_of(code), int(code in offered))
        for code in sorted(EXPONENTS)
    ]
    listing = CURRENCIES._replace(source=given(rows))
    return Listed(request, listing, await through_view(info, listing, args), _codes)


async def _codes(request: Request, rows: list[CurrencyRow]) -> list[str]:
    return [row.code for row in rows]


async def currency(info: Info, args: Args) -> str | None:
    """A currency by its code."""
    code = args["id"].upper()
    return code if code in EXPONENTS else None


async def periods(info: Info, args: Args) -> Listed:
    """The months of the books."""
    rows = await info.context.caller.read(graph_made.months, info.context.today)
    listing = PERIODS._replace(source=given(rows))
    return Listed(info.context, listing, await through_view(info, listing, args))


async def period(info: Info, args: Args) -> Any:
    """A month by its id."""
    rows = await info.context.caller.read(graph_made.months, info.context.today)
    return next((row for row in rows if row.id == identifier(args["id"])), None)


async def account_types(info: Info, args: Args) -> Listed:
    """What a customer may be."""
    listing = TYPES._replace(source=given(ACCOUNT_TYPES))
    return Listed(info.context, listing, await through_view(info, listing, args))


async def account_type(info: Info, args: Args) -> Any:
    """What a customer may be, by id or code."""
    wanted = (args.get("id"), args.get("code"))
    return next((each for each in ACCOUNT_TYPES if str(each.id) == wanted[0] or each.code == wanted[1]), None)


QUERIES: Mapping[str, Callable[[Info, Args], Awaitable[Any]]] = {
    "accountType": account_type,
    "accountTypes": account_types,
    "billingDetails": billing_details,
    "currencies": currencies,
    "currency": currency,
    "currentUser": current_user,
    "deepEvents": deep_events,
    "formattedCreditNote": formatted_credit_note,
    "formattedInvoice": formatted_invoice,
    "paymentPlugins": payment_plugins,
    "period": period,
    "periods": periods,
    "previewInvoice": preview_invoice,
    "roleScopes": role_scopes,
    "search": found,
}
