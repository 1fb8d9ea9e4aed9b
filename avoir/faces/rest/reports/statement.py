"""The balance sheet and profit and loss: a tree of parts, each with its figures by column."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from avoir.app.reads.figures import Figures, Terms, figures, period
from avoir.app.reads.query import Query
from avoir.app.reads.statements import (
    ACCOUNT,
    ACCOUNTS,
    AGGREGATE,
    BALANCE_SHEET,
    PROFIT_AND_LOSS,
    Part,
    Plan,
    pruned,
    tree,
)
from avoir.core.account import Account
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, flag
from avoir.faces.rest.reports.shape import (
    BASIS,
    COMMON,
    NONE_TRANSACTIONS,
    NONE_ZERO,
    ONLY_ACTIVE,
    PERIOD,
    Asked,
    Made,
    answered,
    share,
)
from avoir.faces.rest.reports.spans import (
    COMPARED,
    DISPLAY,
    Span,
    label,
    parts,
    previous_period,
    previous_year,
    told,
)
from avoir.faces.tables import Cell, Column, Line, Table

FILTERS = (NONE_ZERO, NONE_TRANSACTIONS, ONLY_ACTIVE, anything("accountsIds"), anything("accountIds"))
BALANCE = Body(
    *COMMON, *PERIOD, *DISPLAY, BASIS, *FILTERS, *COMPARED,
    flag("percentageOfColumn"), flag("percentageOfRow"),
)  # fmt: skip
PROFIT = Body(
    *COMMON, *PERIOD, *DISPLAY, BASIS, *FILTERS, *COMPARED,
    flag("percentageColumn"), flag("percentageRow"),
    flag("percentageIncome"), flag("percentageExpense"),
)  # fmt: skip
SHARES = {
    "percentageOfRow": "percentage_row", "percentageRow": "percentage_row",
    "percentageOfColumn": "percentage_column", "percentageColumn": "percentage_column",
    "percentageIncome": "percentage_income", "percentageExpense": "percentage_expense",
}  # fmt: skip
HEADS = {
    "percentage_row": "% of Row", "percentage_column": "% of Column",
    "percentage_income": "% of Income", "percentage_expense": "% of Expense",
    "previous_period": "Previous Period", "previous_period_change": "Change",
    "previous_period_percentage": "% Change", "previous_year": "Previous Year",
    "previous_year_change": "Change", "previous_year_percentage": "% Change",
}  # fmt: skip


class Kind(NamedTuple):
    """What tells one statement from the other."""

    title: str
    plans: Sequence[Plan]
    of_a_day: bool  # What stood at the end of a period, or what moved in it.


SHEET = Kind("Balance Sheet Statement", BALANCE_SHEET, True)
RESULT = Kind("Profit & Loss Statement", PROFIT_AND_LOSS, False)


async def balance_sheet(call: Call) -> Any:
    """What there was at the end of a day, and who it belonged to. Refuses `TooManyColumns`."""
    asked = Asked(call)
    return await answered(call, lambda query: _made(Statement(asked, SHEET), query))


async def profit_and_loss(call: Call) -> Any:
    """What was earned and spent in a period. Refuses `TooManyColumns`."""
    asked = Asked(call)
    return await answered(call, lambda query: _made(Statement(asked, RESULT), query))


class Statement:
    """One statement as it was asked for: its columns, and what each is compared with."""

    def __init__(self, asked: Asked, kind: Kind) -> None:
        self.asked, self.kind, query = asked, kind, asked.query
        self.numbers, self.style = asked.numbers, asked.style
        self.whole = Span(asked.since, asked.until)
        self.parts = parts(self.whole, query)
        self.by = query["displayColumnsBy"] if self.parts else ""
        self.shares = [name for flag_, name in SHARES.items() if query.get(flag_)]
        self.compared = [
            (name, of)
            for name, of, flag_ in (("previous_period", self._before, "previousPeriod"),
                                    ("previous_year", previous_year, "previousYear"))
            if any(query[flag_ + more] for more in ("", "AmountChange", "PercentageChange"))
        ]  # fmt: skip
        self.figures = Figures((), (), {})

    def _before(self, span: Span) -> Span:
        return previous_period(span, self.by if span is not self.whole else "")

    def read(self, query: Query) -> tuple[Part, ...]:
        """The tree, without what is not wanted."""
        spans = [self.whole, *self.parts]
        spans += [of(span) for _, of in self.compared for span in spans]
        days = [day for span in spans for day in ((span.until,) if self.kind.of_a_day else period(*span))]
        asked = self.asked
        # What moved is all that a result needs; the first of all days has none before it.
        opening = self.kind.of_a_day or "" in days
        self.figures = figures(query, asked.entity_id, days, branch_ids=asked.branch_ids, opening=opening)
        chosen = {*asked.ids("accountsIds"), *asked.ids("accountIds")}
        whole = tree(self.kind.plans, self.figures.accounts)
        # A part without accounts is shown too, unless something was asked to be left out.
        filtered = chosen or any(asked.query[field.name] for field in FILTERS[:3])
        return pruned(whole, lambda part: self._kept(part, chosen)) if filtered else whole

    def _kept(self, part: Part, chosen: set[int]) -> bool:
        account, query = part.account, self.asked.query
        if account is None or (chosen and account.id not in chosen):
            return False
        if query["onlyActive"] and not account.active:
            return False
        spans = [self.whole, *self.parts]
        if query["noneZero"] and not any(self.value(part.terms, span) for span in spans):
            return False
        return not (query["noneTransactions"] and not any(self._moved(account, span) for span in spans))

    def _moved(self, account: Account, span: Span) -> bool:
        if self.kind.of_a_day:
            return any(self.figures.up_to(account.id, span.until))
        return any(self.figures.within(account.id, *span))

    def value(self, terms: Terms, span: Span) -> int:
        """The figure of some accounts in a column."""
        if self.kind.of_a_day:
            return self.figures.at(terms, span.until)
        return self.figures.over(terms, *span)


def _made(statement: Statement, query: Query) -> Made:
    tree_ = statement.read(query)
    asked, given = statement.asked, statement.asked.query
    known = {part.id: part.terms for part in tree_}
    echo = asked.echo(
        display_columns_type=given["displayColumnsType"],
        display_columns_by=given["displayColumnsBy"],
        basis=given["basis"],
        none_zero=given["noneZero"],
        none_transactions=given["noneTransactions"],
        only_active=given["onlyActive"],
        accounts_ids=asked.ids("accountsIds"),
        **{_snake(flag_.name): given[flag_.name] for flag_ in COMPARED},
        **{_snake(name): given[name] for name in SHARES if name in given},
    )
    meta = asked.meta(statement.kind.title)
    if statement.kind.of_a_day:
        meta |= {"formatted_as_date": meta["formatted_to_date"]}
    nodes = _Nodes(statement, known)
    return Made(
        [nodes.node(part, part.terms) for part in tree_],
        lambda: Table(statement.kind.title, _columns(statement), list(_lines(nodes, tree_, known))),
        echo,
        meta,
    )


class _Nodes:
    """Renders parts. `known` holds the statement's own first parts, which shares are taken of."""

    def __init__(self, statement: Statement, known: dict[str | int, Terms]) -> None:
        self.statement, self.known = statement, known

    def node(self, part: Part, over: Terms) -> dict[str, Any]:
        """A part with all under it; `over` is what it is a part of."""
        statement = self.statement
        node: dict[str, Any] = {"id": part.id, "name": part.name, "node_type": part.kind}
        if part.account is not None:
            node |= {"code": part.account.code, "index": 1, "parent_account_id": part.account.parent_id}
        node |= self.figures(part, over, statement.whole)
        if statement.parts:
            node["horizontal_totals"] = [
                {**span.dates(statement.style), **self.figures(part, over, span)} for span in statement.parts
            ]
        if part.under or part.kind in (AGGREGATE, ACCOUNTS, ACCOUNT):
            node["children"] = [self.node(each, part.terms) for each in part.under]
        return node

    def figures(self, part: Part, over: Terms, span: Span) -> dict[str, Any]:
        """A part's figure in a column, its shares, and what it is compared with."""
        statement = self.statement
        total, minor = part.kind != ACCOUNT, statement.value(part.terms, span)
        amount = statement.numbers.amount(minor, total=total)
        if statement.kind.of_a_day:
            amount["date"] = span.until
        found: dict[str, Any] = {"total": amount}
        for name in statement.shares:
            found[name] = share(minor, statement.value(*self._of(name, part, over, span)))
        for name, of in statement.compared:
            then = of(span)
            before = statement.value(part.terms, then)
            found |= {
                f"{name}_from_date": told(then.since, statement.style),
                f"{name}_to_date": told(then.until, statement.style),
                name: statement.numbers.amount(before, total=total),
                f"{name}_change": statement.numbers.amount(minor - before, total=total),
                f"{name}_percentage": share(minor - before, before),
            }
        return found

    def _of(self, name: str, part: Part, over: Terms, span: Span) -> tuple[Terms, Span]:
        """What a share is a share of."""
        if name == "percentage_row":
            return part.terms, self.statement.whole
        if name == "percentage_column":
            return over, span
        return self.known["INCOME" if name == "percentage_income" else "EXPENSES"], span


# The same as a table.


def _columns(statement: Statement) -> list[Column]:
    columns = [Column("name", "Account name")]
    for place, span in enumerate(statement.parts):
        columns.append(_column(statement, f"date-range-{place}", label(span, statement.by)))
    return [*columns, _column(statement, "total", "Total")]


def _column(statement: Statement, key: str, head: str) -> Column:
    names = [*statement.shares, *(name for each, _ in statement.compared for name in _compared(each))]
    if not names:
        return Column(key, head)
    prefix = "" if key == "total" else f"{key}-"
    return Column(key, head, (Column(key, head), *(Column(prefix + each, HEADS[each]) for each in names)))


def _compared(name: str) -> tuple[str, str, str]:
    return name, f"{name}_change", f"{name}_percentage"


def _lines(nodes: _Nodes, tree_: Iterable[Part], known: dict[str | int, Terms]) -> Iterator[Line]:
    for part in tree_:
        yield from _line(nodes, part, part.terms)


def _line(nodes: _Nodes, part: Part, over: Terms) -> Iterator[Line]:
    cells = _cells(nodes, part, over)
    under = [line for each in part.under for line in _line(nodes, each, part.terms)]
    id = str(part.id)
    if part.kind in (AGGREGATE, ACCOUNTS):
        # A group is summed up under its rows.
        under.append(Line((Cell(f"Total {part.name}"), *cells), ("TOTAL",)))
    kinds = (part.kind,) if part.account is not None or under else (part.kind, "TOTAL")
    yield Line((Cell(part.name), *cells), kinds, under, id)


def _cells(nodes: _Nodes, part: Part, over: Terms) -> list[Cell]:
    statement = nodes.statement
    names = [*statement.shares, *(name for each, _ in statement.compared for name in _compared(each))]
    cells = []
    for span in (*statement.parts, statement.whole):
        found = nodes.figures(part, over, span)
        cells += [Cell(found[n]["formatted_amount"], found[n]["amount"]) for n in ("total", *names)]
    return cells


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
