"""Reports: what a document posted, and the trial balance (rest.md, 2.9). All in the base currency."""

from collections.abc import Sequence
from typing import Any

from avoir.app.reads.ledger import Posting, Standing, postings_of, trial_balance
from avoir.core.account import TYPES
from avoir.core.money import major_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, day, flag, id_of, text
from avoir.faces.rest.render import Style, midnight, nothing_for_zero, plain, signed, spelled

BY_REFERENCE = Body(text("referenceType"), text("referenceId"))
SOURCES = {
    "SaleInvoice": ("invoice", "Sale invoice"),
    "CreditNote": ("credit_note", "Credit note"),
    "RefundCreditNote": ("refund", "Refund of a credit note"),
    "PaymentReceive": ("payment", "Payment received"),
}
"""What contract B calls the sources of entries, and how they read. What is not ours posted nothing."""

TRIAL_BALANCE = Body(
    day("fromDate", optional=True),
    day("toDate", optional=True),
    text("basis", optional=True),
    flag("noneZero", coerced=True),
    flag("noneTransactions", coerced=True, default=True),
    flag("onlyActive", coerced=True),
    anything("accountIds"),
    anything("branchesIds"),
)


async def by_reference(call: Call) -> dict[str, Any]:
    """What a document posted, its reversals included."""
    type_, id = call.query["referenceType"], id_of(call.query["referenceId"])
    style, found = call.style, []
    if type_ in SOURCES:
        found = await call.caller.read(postings_of, SOURCES[type_][0], id)
    return {"transactions": [_transaction(posting, type_, id, style) for posting in found]}


async def trial_balance_sheet(call: Call) -> dict[str, Any]:
    """Every account's debits and credits in a period, children under their parents."""
    query, style = call.query, call.style
    year = style.today()[:4]
    since, until = query["fromDate"] or f"{year}-01-01", query["toDate"] or f"{year}-12-31"
    account_ids, branch_ids = _ids(query["accountIds"]), _ids(query["branchesIds"])
    standings = await call.caller.read(
        trial_balance, since, until, account_ids=account_ids, branch_ids=branch_ids
    )
    return {
        "data": _sheet(standings, query, style),
        "query": _echo(query, since, until, account_ids),
        "meta": _meta(call, since, until),
    }


def _transaction(posting: Posting, type_: str, id: int, style: Style) -> dict[str, Any]:
    line, base = posting.line, style.base

    def side(minor: int) -> dict[str, Any]:
        return {
            "amount": major_of(minor, base),
            "formatted_amount": plain(minor, base),
            "currency_code": base,
        }

    return {
        "date": {"date": midnight(line.booked_on), "formatted_date": style.day(line.booked_on)},
        "credit": side(line.base_credit_minor),
        "debit": side(line.base_debit_minor),
        "reference_type": type_,
        "reference_id": id,
        "formatted_reference_type": SOURCES[type_][1],
        "contact_id": line.customer_id,
        "contact_type": "customer" if line.customer_id else None,
        "formatted_contact_type": "Customer" if line.customer_id else "",
        "account_name": posting.account.name,
        "account_code": posting.account.code,
        "account_id": posting.account.id,
    }


def _sheet(standings: Sequence[Standing], query: dict[str, Any], style: Style) -> dict[str, Any]:
    ids = {standing.account.id for standing in standings}
    below: dict[int | None, list[Standing]] = {}
    for standing in standings:
        parent = standing.account.parent_id if standing.account.parent_id in ids else None
        below.setdefault(parent, []).append(standing)
    accounts, debit, credit = _branch(below, None, query, style.base)
    total = {
        **_balance(debit, credit, style.base),
        "currency_code": style.base,
        "formatted_credit": signed(credit, style.base),
        "formatted_debit": signed(debit, style.base),
        "formatted_balance": signed(debit - credit, style.base),
    }
    return {"accounts": accounts, "total": total}


def _branch(
    below: dict[int | None, list[Standing]], parent: int | None, query: dict[str, Any], base: str
) -> tuple[list[dict[str, Any]], int, int]:
    """The accounts under one, and what they sum to; a parent's figures hold its children's."""
    rows, debits, credits = [], 0, 0
    for standing in below.get(parent, ()):
        x = standing.account
        children, debit, credit = _branch(below, x.id, query, base)
        debit, credit = debit + standing.debit_minor, credit + standing.credit_minor
        debits, credits = debits + debit, credits + credit
        untouched = not (debit or credit)
        idle = (query["noneTransactions"] and untouched) or (query["noneZero"] and debit == credit)
        if children or not (idle or (query["onlyActive"] and not x.active)):
            rows.append(_account(standing, children, debit, credit, base))
    return rows, debits, credits


def _account(
    standing: Standing, children: list[dict[str, Any]], debit: int, credit: int, base: str
) -> dict[str, Any]:
    x = standing.account
    return {
        "id": x.id,
        "name": x.name,
        "code": x.code,
        **_balance(debit, credit, base),
        "children": children,
        "parent_account_id": x.parent_id,
        "formatted_name": f"{x.name} - {x.code}" if x.code else x.name,
        "account_normal": TYPES[x.type].normal,
        "currency_code": base,
        "formatted_credit": nothing_for_zero(credit, base),
        "formatted_debit": nothing_for_zero(debit, base),
        "formatted_balance": nothing_for_zero(debit - credit, base),
    }


def _balance(debit: int, credit: int, base: str) -> dict[str, Any]:
    return {
        "credit": major_of(credit, base),
        "debit": major_of(debit, base),
        "balance": major_of(debit - credit, base),
    }


def _echo(query: dict[str, Any], since: str, until: str, account_ids: list[int]) -> dict[str, Any]:
    return {
        "basis": query["basis"] or "accrual",
        "from_date": since,
        "to_date": until,
        "number_format": {
            "precision": 2,
            "divide_on1000": False,
            "negative_format": "mines",
            "show_zero": False,
            "format_money": "total",
        },
        "none_zero": query["noneZero"],
        "none_transactions": query["noneTransactions"],
        "only_active": query["onlyActive"],
        "account_ids": account_ids,
    }


def _meta(call: Call, since: str, until: str) -> dict[str, Any]:
    setup = call.caller.setup
    start, end = spelled(since, "YYYY/MM/DD"), spelled(until, "YYYY/MM/DD")
    return {
        "organization_name": setup.organization.name,
        "base_currency": setup.base_currency,
        "date_format": setup.organization.date_format,
        "is_cost_compute_running": False,
        "sheet_name": "Trial Balance Sheet",
        "formatted_from_date": start,
        "formatted_to_date": end,
        "formatted_date_range": f"From {start} to {end}",
    }


def _ids(given: Any) -> list[int]:
    values = given if isinstance(given, list) else [given]
    return [id_of(value) for value in values if isinstance(value, str) and value][:1000]
