"""What can be asked: lists, single objects, and who is calling."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from avoir.app.reads import graph
from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_lists import (
    ACCOUNTS,
    CREDIT_NOTES,
    DISPUTE_REASONS,
    ENTITIES,
    FINANCIAL_ACCOUNTS,
    INVOICES,
    JOURNAL_ENTRIES,
    PAYMENT_APPLICATIONS,
    PAYMENTS,
)
from avoir.core.refund import Refund
from avoir.faces.graphql import webhooks
from avoir.faces.graphql.connection import Listed
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info

Query = Callable[[Info, Mapping[str, Any]], Awaitable[Any]]


def _single(listing: Listing, code: str = "") -> Query:
    """An object by its id, or by the column that `code` names."""

    async def resolve(info: Info, args: Mapping[str, Any]) -> Any:
        read = info.context.caller.read
        if args.get("id") is not None:
            return await read(graph.one, listing, "id", identifier(args["id"]))
        wanted = args.get("code") if code else None
        if not wanted or "\0" in wanted:
            return None
        return await read(graph.one, listing, code, wanted)

    return resolve


def _list(listing: Listing) -> Query:
    async def resolve(info: Info, args: Mapping[str, Any]) -> Any:
        return Listed(info.context, listing, args)

    return resolve


async def _current_user(info: Info, args: Mapping[str, Any]) -> Any:
    caller = info.context.caller
    return await caller.access.client(caller.identity.actor.rpartition("client:")[2])


async def _refund(info: Info, args: Mapping[str, Any]) -> Any:
    return await info.context.loader.one(Refund, identifier(args["id"]))


QUERIES: Mapping[str, Query] = {
    **webhooks.QUERIES,
    "account": _single(ACCOUNTS, "code"),
    "accounts": _list(ACCOUNTS),
    "creditNote": _single(CREDIT_NOTES, "number"),
    "creditNotes": _list(CREDIT_NOTES),
    "currentUser": _current_user,
    "disputeReason": _single(DISPUTE_REASONS, "name"),
    "disputeReasons": _list(DISPUTE_REASONS),
    "entities": _list(ENTITIES),
    "entity": _single(ENTITIES, "name"),
    "financialAccount": _single(FINANCIAL_ACCOUNTS, "code"),
    "financialAccounts": _list(FINANCIAL_ACCOUNTS),
    "invoice": _single(INVOICES),
    "invoices": _list(INVOICES),
    "journalEntries": _list(JOURNAL_ENTRIES),
    "journalEntry": _single(JOURNAL_ENTRIES),
    "payment": _single(PAYMENTS, "number"),
    "paymentApplication": _single(PAYMENT_APPLICATIONS),
    "paymentApplications": _list(PAYMENT_APPLICATIONS),
    "payments": _list(PAYMENTS),
    "refund": _refund,
}
