"""The chart of accounts (rest.md, 2.7)."""

from collections.abc import Sequence
from typing import Any

from avoir.app.accounts import (
    ActivateAccount,
    CreateAccount,
    DeleteAccount,
    EditAccount,
    InactivateAccount,
)
from avoir.app.reads import accounts
from avoir.app.reads.accounts import AccountView
from avoir.app.reads.lists import CHOICE, DAY, Column, Listing, page_of, yes_or_no
from avoir.app.reads.query import Query
from avoir.core.account import CHART, TYPES, Account
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.core.together import Together
from avoir.faces.render import plain
from avoir.faces.rest.accept import JSON
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import choice, flag, id_in, ids, kept, text
from avoir.faces.rest.lists import LIST, filter_meta, wish_of

BARE = "CFNetwork/"
"""Stands in what clients on Apple's network stack call themselves."""
ALL = 10_000
"""Accounts of one chart: it is never paged."""
SEEDED = frozenset(seed[0] for seed in CHART)

CREATE = Body(
    text("name", least=3, most=255),
    text("code", optional=True, least=3, most=6),
    text("currencyCode", optional=True),
    text("accountType", least=3, most=255),
    text("description", optional=True, most=65_535),
    id_in("parentAccountId", coerced=True, optional=True, loose=True),
    flag("active", default=True),
)
EDIT = Body(
    text("name", least=3, most=255),
    text("code", optional=True, least=3, most=6)._replace(default=None),
    text("accountType", optional=True, least=3, most=255)._replace(default=None),
    kept(text("description", most=65_535)),
    id_in("parentAccountId", coerced=True, optional=True, loose=True),
)
IDS = Body(ids("ids"))
INDEX = Body(
    *LIST.fields,
    flag("onlyInactive"),
    choice("structure", ("tree", "flat"), rule="isEnum", optional=True, default="tree"),
)

_ROOTS = {"assets": "asset", "liabilities": "liability", "equity": "equity", "income": "income",
          "expenses": "expense"}  # fmt: skip


def _of_types(names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"t.type IN ({listed})"


LISTING = Listing(
    Account,
    {
        # The chart is written in one go: its own order is the order of its ids.
        "created_at": Column("t.created_at", DAY),
        "name": Column("t.name"),
        "code": Column("t.code"),
        "description": Column("t.description"),
        "slug": Column("t.slug"),
        "account_type": Column("t.type", CHOICE, {name: f"t.type = '{name}'" for name in TYPES}),
        "currency": Column("t.currency"),
        "active": Column("t.active", CHOICE, yes_or_no("t.active")),
    },
    searched=("name", "code"),
    views={
        slug: _of_types([name for name, type_ in TYPES.items() if type_.root == root])
        for slug, root in _ROOTS.items()
    },
    first_view=1,
)  # fmt: skip


async def create(call: Call) -> dict[str, Any]:
    """A new account. Refuses what `CreateAccount` refuses."""
    form = call.form
    command = CreateAccount(
        name=form["name"],
        type=form["accountType"],
        code=form["code"],
        currency=form["currencyCode"],
        description=form["description"],
        parent_id=form["parentAccountId"],
        active=form["active"],
    )
    return account_with_figures(AccountView(await call.caller.ask(command), 0), 1)


async def edit(call: Call) -> dict[str, Any]:
    """Change what an account is called and where it stands. Refuses what `EditAccount` refuses."""
    form = call.form
    command = EditAccount(
        account_id=call.id(),
        name=form["name"],
        type=form["accountType"],
        code=form["code"],
        description=form["description"],
        parent_id=form["parentAccountId"],
    )
    await call.caller.ask(command)
    return await show(call)


async def delete(call: Call) -> None:
    """Take an account out of the chart that nothing names. Refuses what `DeleteAccount` refuses."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> DeleteAccount:
    """What takes an account away."""
    return DeleteAccount(account_id=id)


async def activate(call: Call) -> None:
    """Let an account be named again. Refuses `NotFound`."""
    await call.caller.ask(ActivateAccount(account_id=call.id()))


async def inactivate(call: Call) -> None:
    """Let nothing new name an account. Refuses `NotFound`, `AccountHasRole`."""
    await call.caller.ask(InactivateAccount(account_id=call.id()))


async def activate_all(call: Call) -> None:
    """Let accounts be named again, all or none. Refuses `NotFound`."""
    commands = tuple(ActivateAccount(account_id=id) for id in call.form["ids"])
    await call.caller.ask(Together(what="ActivateAccount", commands=commands))


async def inactivate_all(call: Call) -> None:
    """Let nothing new name accounts, all or none. Refuses `NotFound`, `AccountHasRole`."""
    commands = tuple(InactivateAccount(account_id=id) for id in call.form["ids"])
    await call.caller.ask(Together(what="InactivateAccount", commands=commands))


async def types(call: Call) -> list[dict[str, Any]]:
    """What an account may be, and where each stands in the reports."""
    return [
        {
            "label": x.label,
            "key": key,
            "normal": x.normal,
            "parent_type": x.parent,
            "root_type": x.root,
            "multi_currency": x.multi_currency,
            "balance_sheet": x.root in ("asset", "liability", "equity"),
            "income_sheet": x.root in ("income", "expense"),
        }
        for key, x in TYPES.items()
    ]


async def show(call: Call) -> dict[str, Any]:
    """One account. Refuses `NotFound`."""
    view = await call.caller.read(accounts.account, call.id())
    if view is None:
        raise NotFound("no such Account", kind="Account")
    return account_with_figures(view, 1)


async def index(call: Call) -> Any:
    """The whole chart, as a tree or flat; clients on Apple's own network stack read a bare list only."""
    wish, only_inactive = wish_of(call), call.query["onlyInactive"]

    def read(query: Query) -> list[AccountView]:
        page = page_of(query, LISTING, wish._replace(page=1, size=ALL))
        return accounts.account_views(query, page.rows)

    views = await call.caller.read(read)
    if wish.sort_by == "created_at":
        views.sort(key=lambda view: view.account.id)
    if only_inactive:
        views = [view for view in views if not view.account.active]
    tree = call.query["structure"] == "tree"
    rows = _tree(views) if tree else [account_with_figures(view, 1) for view in views]
    if call.wants == JSON and BARE in call.request.headers.get("user-agent", ""):
        return rows
    return {"accounts": rows, "data": rows, "filter_meta": filter_meta(wish, LISTING)}


def account_row(view: AccountView) -> dict[str, Any]:
    """An account as it stands in other replies."""
    x, type_ = view.account, TYPES[view.account.type]
    return {
        "id": x.id,
        "name": x.name,
        "slug": x.slug,
        "code": x.code,
        "description": x.description,
        "active": x.active,
        "index": 1,
        "predefined": x.predefined,
        "amount": major_of(view.amount_minor, x.currency),
        "account_type": x.type,
        "parent_account_id": x.parent_id,
        "currency_code": x.currency,
        "seeded_at": x.created_at if x.id in SEEDED else None,
        "created_at": x.created_at,
        "updated_at": None,
        "plaid_account_id": None,
        "account_mask": None,
        "bank_balance": None,
        "uncategorized_transactions": 0,
        "is_system_account": int(x.id in SEEDED),
        "is_feeds_active": 0,
        "is_syncing_owner": 0,
        "last_feeds_updated_at": None,
        "plaid_item_id": None,
        "account_type_label": type_.label,
        "account_parent_type": type_.parent,
        "account_root_type": type_.root,
        "account_normal": type_.normal,
        "account_normal_formatted": type_.normal.capitalize(),
        "is_balance_sheet_account": type_.root in ("asset", "liability", "equity"),
        "is_p_l_sheet": type_.root in ("income", "expense"),
    }


def account_with_figures(view: AccountView, level: int = 1, above: str = "") -> dict[str, Any]:
    """An account with what it holds in words, `level` steps down the chart, under what is `above`."""
    x = view.account
    return account_row(view) | {
        "formatted_amount": plain(view.amount_minor, x.currency),
        "flatten_name": f"{above}{x.name}",
        "bank_balance_formatted": plain(0, x.currency),
        "last_feeds_updated_at_formatted": "",
        "is_feeds_paused": False,
        "account_level": level,
        "children": [],
    }


def _tree(views: Sequence[AccountView]) -> list[dict[str, Any]]:
    """Accounts under their parents; one whose parent is not listed stands at the root."""
    ids = {view.account.id for view in views}
    below: dict[int | None, list[AccountView]] = {}
    for view in views:
        parent = view.account.parent_id if view.account.parent_id in ids else None
        below.setdefault(parent, []).append(view)

    def rows(parent: int | None, level: int, above: str) -> list[dict[str, Any]]:
        found = []
        for view in below.get(parent, ()):
            row = account_with_figures(view, level, above)
            row["children"] = rows(view.account.id, level + 1, f"{row['flatten_name']}: ")
            found.append(row)
        return found

    return rows(None, 1, "")
