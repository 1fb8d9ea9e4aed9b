"""What can be asked: lists, single objects, and who is calling."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from avoir.app.reads import graph
from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_house_lists import (
    ACCOUNTS,
    CONTACTS,
    DISPUTE_REASONS,
    ENTITIES,
    EVENTS,
    FINANCIAL_ACCOUNTS,
    INVOICE_TEMPLATES,
    JOURNAL_ENTRIES,
    JOURNAL_LINES,
    PAYMENT_METHODS,
    VIEWS,
    WEBHOOK_EVENTS,
)
from avoir.app.reads.graph_lists import (
    CREDIT_NOTE_ITEMS,
    CREDIT_NOTES,
    DISPUTES,
    DRAFT_CREDIT_NOTES,
    DRAFT_INVOICES,
    INVOICE_ITEMS,
    INVOICES,
    PAYMENT_APPLICATIONS,
    PAYMENTS,
    QUEUED_INVOICES,
)
from avoir.app.reads.graph_made import API_CLIENTS, BALANCES, OWNERS, ROLES, TRANSACTIONS, USERS
from avoir.app.reads.intracom import INTRACOM_VATS
from avoir.core.refund import Refund
from avoir.faces.graphql import asked, webhooks
from avoir.faces.graphql.connection import Listed, Wrap
from avoir.faces.graphql.fields.lines import CREDIT, credit_item, credit_note_items, invoice_items
from avoir.faces.graphql.fields.transactions import transactions
from avoir.faces.graphql.fields.users import of_person
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info, Request
from avoir.faces.graphql.saved_views import through_view

Args = Mapping[str, Any]
Query = Callable[[Info, Args], Awaitable[Any]]
Key = Callable[[str], Mapping[str, Any]]
"""The columns that an id stands for."""


def _by_id(id: str) -> Mapping[str, Any]:
    return {"id": identifier(id)}


def _by_line(id: str) -> Mapping[str, Any]:
    entry, _, number = id.partition("-")
    return {"entry_id": identifier(entry), "number": identifier(number)}


def _by_balance(id: str) -> Mapping[str, Any]:
    customer, _, currency = id.partition("-")
    return {"customer_id": identifier(customer), "currency": currency.replace("\0", "")}


def _single(listing: Listing, code: str = "", key: Key = _by_id, wrap: Wrap | None = None) -> Query:
    """An object by its id, or by the column that `code` names."""

    async def resolve(info: Info, args: Args) -> Any:
        request = info.context
        wanted = args.get("code") if code else None
        if args.get("id") is not None:
            values = key(args["id"])
        elif not wanted or "\0" in wanted:
            return None
        else:
            values = {code: wanted}
        params = {"today": request.today} | (request.directory if listing.directory else {})
        row = await request.read_of(listing, graph.one, listing, values, params)
        if row is None or wrap is None:
            return row
        return (await wrap(request, [row]))[0]

    return resolve


def _list(listing: Listing, wrap: Wrap | None = None) -> Query:
    async def resolve(info: Info, args: Args) -> Any:
        return Listed(info.context, listing, await through_view(info, listing, args), wrap)

    return resolve


async def _people(request: Request, rows: list[Any]) -> list[Any]:
    return [of_person(row) for row in rows]


async def _payment_methods(info: Info, args: Args) -> Listed:
    wanted = args.get("accountId")
    if wanted is None:
        return Listed(info.context, PAYMENT_METHODS, args)
    only = f"t.customer_id = {identifier(wanted)}"
    return Listed(info.context, PAYMENT_METHODS.showing(only), args)


async def _invoice_item(info: Info, args: Args) -> Any:
    """A line of an invoice, or one of its credits: their ids are counted together."""
    found = await _LINE(info, args)
    if found is None and args.get("id") is not None:
        rows = await info.context.loader.many(CREDIT, identifier(args["id"]))
        return await credit_item(info, rows[0]) if rows else None
    return found


async def _refund(info: Info, args: Mapping[str, Any]) -> Any:
    return await info.context.loader.one(Refund, identifier(args["id"]))


_LINE = _single(INVOICE_ITEMS, wrap=invoice_items)

QUERIES: Mapping[str, Query] = {
    **webhooks.QUERIES,
    **asked.QUERIES,
    "account": _single(ACCOUNTS, "code"),
    "accountBalance": _single(BALANCES, key=_by_balance),
    "accountBalances": _list(BALANCES),
    "accounts": _list(ACCOUNTS),
    "apiClient": _single(API_CLIENTS, "client_id"),
    "apiClients": _list(API_CLIENTS),
    "contact": _single(CONTACTS, "code"),
    "contacts": _list(CONTACTS),
    "creditNote": _single(CREDIT_NOTES, "number"),
    "creditNoteItem": _single(CREDIT_NOTE_ITEMS, wrap=credit_note_items),
    "creditNoteItems": _list(CREDIT_NOTE_ITEMS, credit_note_items),
    "creditNotes": _list(CREDIT_NOTES),
    "dispute": _single(DISPUTES, "remote_id"),
    "disputeReason": _single(DISPUTE_REASONS, "name"),
    "disputeReasons": _list(DISPUTE_REASONS),
    "disputes": _list(DISPUTES),
    "draftCreditNotes": _list(DRAFT_CREDIT_NOTES),
    "draftInvoices": _list(DRAFT_INVOICES),
    "entities": _list(ENTITIES),
    "entity": _single(ENTITIES, "name"),
    "event": _single(EVENTS),
    "eventDetails": _single(EVENTS),
    "events": _list(EVENTS),
    "financialAccount": _single(FINANCIAL_ACCOUNTS, "code"),
    "financialAccounts": _list(FINANCIAL_ACCOUNTS),
    "intracomVats": _list(INTRACOM_VATS),
    "invoice": _single(INVOICES),
    "invoiceItem": _invoice_item,
    "invoiceItems": _list(INVOICE_ITEMS, invoice_items),
    "invoiceTemplate": _single(INVOICE_TEMPLATES),
    "invoiceTemplates": _list(INVOICE_TEMPLATES),
    "invoices": _list(INVOICES),
    "journalEntries": _list(JOURNAL_ENTRIES),
    "journalEntry": _single(JOURNAL_ENTRIES),
    "journalEntryLine": _single(JOURNAL_LINES, key=_by_line),
    "journalEntryLines": _list(JOURNAL_LINES),
    "owners": _list(OWNERS, _people),
    "payment": _single(PAYMENTS, "number"),
    "paymentApplication": _single(PAYMENT_APPLICATIONS),
    "paymentApplications": _list(PAYMENT_APPLICATIONS),
    "paymentMethods": _payment_methods,
    "payments": _list(PAYMENTS),
    "refund": _refund,
    "queuedInvoices": _list(QUEUED_INVOICES),
    "role": _single(ROLES, "name"),
    "roles": _list(ROLES),
    "transaction": _single(TRANSACTIONS, "number", wrap=transactions),
    "transactions": _list(TRANSACTIONS, transactions),
    "user": _single(USERS, "email", wrap=_people),
    "users": _list(USERS, _people),
    "view": _single(VIEWS, "name"),
    "views": _list(VIEWS),
    "webhookEvent": _single(WEBHOOK_EVENTS),
    "webhookEvents": _list(WEBHOOK_EVENTS),
}
