"""The trial balance: every account's debits and credits in a period. Base currency."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from avoir.app.reads.figures import Figures, Sides, figures, period
from avoir.app.reads.query import Query
from avoir.core.account import TYPES, Account
from avoir.core.money import major_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, flag
from avoir.faces.rest.reports.shape import (
    BASIS,
    COMMON,
    NONE_ZERO,
    ONLY_ACTIVE,
    PERIOD,
    Asked,
    Made,
    Numbers,
    answered,
)
from avoir.faces.tables import Cell, Column, Line, Table

TRIAL_BALANCE = Body(
    *COMMON, *PERIOD, BASIS, NONE_ZERO, ONLY_ACTIVE,
    flag("noneTransactions", default=True), anything("accountIds"), anything("accountsIds"),
)  # fmt: skip
TITLE = "Trial Balance Sheet"
COLUMNS = (
    Column("account", "Account"), Column("debit", "Debit"), Column("credit", "Credit"),
    Column("total", "Total"),
)  # fmt: skip


class Row(NamedTuple):
    """An account, what it and all under it moved by, and the rows under it."""

    account: Account
    sides: Sides
    under: "list[Row]"


async def trial_balance_sheet(call: Call) -> Any:
    """Every account's debits and credits in a period, children under their parents."""
    asked = Asked(call)
    return await answered(call, lambda query: _made(asked, query))


def _made(asked: Asked, query: Query) -> Made:
    days = period(asked.since, asked.until)
    found = figures(query, asked.entity_id, days, branch_ids=asked.branch_ids, opening=not days[0])
    chosen = {*asked.ids("accountIds"), *asked.ids("accountsIds")}
    accounts = [account for account in found.accounts if not chosen or account.id in chosen]
    ids = {account.id for account in accounts}
    below: dict[int | None, list[Account]] = {}
    for account in accounts:
        below.setdefault(account.parent_id if account.parent_id in ids else None, []).append(account)
    rows, total = _rows(asked, found, below, None)
    echo = asked.echo(
        basis=asked.query["basis"],
        none_zero=asked.query["noneZero"],
        none_transactions=asked.query["noneTransactions"],
        only_active=asked.query["onlyActive"],
        account_ids=sorted(chosen),
    )
    numbers = asked.numbers
    data = {"accounts": [_account(row, numbers) for row in rows], "total": _total(total, numbers)}
    return Made(data, lambda: _table(rows, total, numbers), echo, asked.meta(TITLE))


def _rows(
    asked: Asked, found: Figures, below: dict[int | None, list[Account]], parent: int | None
) -> tuple[list[Row], Sides]:
    """The accounts under one, and what they sum to; a parent's figures hold its children's."""
    rows, total, query = list[Row](), Sides(), asked.query
    for account in below.get(parent, ()):
        under, of_under = _rows(asked, found, below, account.id)
        sides = _plus(found.within(account.id, asked.since, asked.until), of_under)
        total = _plus(total, sides)
        idle = (query["noneTransactions"] and not any(sides)) or (query["noneZero"] and not sides.balance)
        if under or not (idle or (query["onlyActive"] and not account.active)):
            rows.append(Row(account, sides, under))
    return rows, total


def _plus(one: Sides, other: Sides) -> Sides:
    return Sides(one.debit + other.debit, one.credit + other.credit)


def _account(row: Row, numbers: Numbers) -> dict[str, Any]:
    x = row.account
    return {
        "id": x.id,
        "name": x.name,
        "code": x.code,
        **_balance(row.sides, numbers.base),
        "children": [_account(each, numbers) for each in row.under],
        "parent_account_id": x.parent_id,
        "formatted_name": _name(x),
        "account_normal": TYPES[x.type].normal,
        "currency_code": numbers.base,
        "formatted_credit": numbers.plain(row.sides.credit),
        "formatted_debit": numbers.plain(row.sides.debit),
        "formatted_balance": numbers.plain(row.sides.balance),
    }


def _total(sides: Sides, numbers: Numbers) -> dict[str, Any]:
    return {
        **_balance(sides, numbers.base),
        "currency_code": numbers.base,
        "formatted_credit": numbers.total(sides.credit),
        "formatted_debit": numbers.total(sides.debit),
        "formatted_balance": numbers.total(sides.balance),
    }


def _balance(sides: Sides, base: str) -> dict[str, Any]:
    return {
        "credit": major_of(sides.credit, base),
        "debit": major_of(sides.debit, base),
        "balance": major_of(sides.balance, base),
    }


def _name(account: Account) -> str:
    return f"{account.name} - {account.code}" if account.code else account.name


def _table(rows: Sequence[Row], total: Sides, numbers: Numbers) -> Table:
    lines = [_line(row, numbers) for row in rows]
    lines.append(Line((Cell("Total"), *_cells(total, numbers, total=True)), ("TOTAL",)))
    return Table(TITLE, COLUMNS, lines)


def _line(row: Row, numbers: Numbers) -> Line:
    under = [_line(each, numbers) for each in row.under]
    cells = (Cell(_name(row.account)), *_cells(row.sides, numbers))
    return Line(cells, ("ACCOUNT",), under, str(row.account.id))


def _cells(sides: Sides, numbers: Numbers, *, total: bool = False) -> list[Cell]:
    return [numbers.cell(minor, total=total) for minor in (sides.debit, sides.credit, sides.balance)]
