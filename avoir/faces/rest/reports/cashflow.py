"""The cash flow: what was earned, and how all other accounts moved, to what cash moved by. Base currency."""

from collections.abc import Callable, Iterator
from typing import Any

from avoir.app.reads.figures import Figures, day_before, figures, period
from avoir.app.reads.query import Query
from avoir.app.reads.statements import (
    ACCOUNT,
    ACCOUNTS,
    AGGREGATE,
    AT_BEGINNING,
    CASH_FLOW,
    TOTAL,
    Part,
    cash_accounts,
    pruned,
    tree,
)
from avoir.core.account import TYPES
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.reports.shape import (
    BASIS,
    COMMON,
    NONE_TRANSACTIONS,
    NONE_ZERO,
    PERIOD,
    UNTIL_TODAY,
    Asked,
    Made,
    answered,
)
from avoir.faces.rest.reports.spans import DISPLAY, Span, label, parts
from avoir.faces.tables import Cell, Column, Line, Table

CASH_FLOWS = Body(*COMMON, *PERIOD, *DISPLAY, BASIS, NONE_ZERO, NONE_TRANSACTIONS)
TITLE = "Statement of Cash Flow"
Value = Callable[[Span], int]


async def cash_flow(call: Call) -> Any:
    """What cash moved by in a period, and why. Refuses `TooManyColumns`."""
    asked = Asked(call, until=UNTIL_TODAY)
    return await answered(call, lambda query: _made(asked, query))


def _made(asked: Asked, query: Query) -> Made:
    given, whole = asked.query, Span(asked.since, asked.until)
    spans = parts(whole, given)
    days = [day for span in (whole, *spans) for day in period(*span)]
    found = figures(query, asked.entity_id, days, branch_ids=asked.branch_ids)
    flow = _Flow(asked, found, whole, spans)
    nodes = flow.nodes()
    echo = asked.echo(
        display_columns_type=given["displayColumnsType"],
        display_columns_by=given["displayColumnsBy"],
        none_zero=given["noneZero"],
        none_transactions=given["noneTransactions"],
        basis=given["basis"],
    )
    return Made(nodes, lambda: flow.table(nodes), echo, asked.meta(TITLE))


class _Flow:
    """The statement of one request."""

    def __init__(self, asked: Asked, found: Figures, whole: Span, spans: list[Span]) -> None:
        self.asked, self.figures, self.whole, self.spans = asked, found, whole, spans

    def nodes(self) -> list[dict[str, Any]]:
        """Every part, then the cash at the beginning and at the end."""
        found, cash = self.figures, cash_accounts(self.figures.accounts)
        *activities, increase = tree(CASH_FLOW, found.accounts)
        given = self.asked.query
        filtered = given["noneZero"] or given["noneTransactions"]
        kept = pruned(activities, self._kept) if filtered else activities

        def beginning(span: Span) -> int:
            return found.at(cash, day_before(span.since))

        return [
            *(self._node(part) for part in kept),
            self._sum("CASH_BEGINNING_PERIOD", "Cash at Beginning of Period", AT_BEGINNING, beginning),
            self._sum(str(increase.id), increase.name, TOTAL, lambda span: found.over(increase.terms, *span)),
            self._sum(
                "CASH_END_PERIOD",
                "Cash at End of Period",
                TOTAL,
                lambda span: beginning(span) + found.over(increase.terms, *span),
            ),
        ]

    def _kept(self, part: Part) -> bool:
        given, spans = self.asked.query, (self.whole, *self.spans)
        if given["noneZero"] and not any(self.figures.over(part.terms, *span) for span in spans):
            return False
        id = part.account.id if part.account else 0
        return not (
            given["noneTransactions"] and not any(any(self.figures.within(id, *span)) for span in spans)
        )

    def _node(self, part: Part) -> dict[str, Any]:
        node = self._sum(
            part.id, part.name, part.kind, lambda span: self.figures.over(part.terms, *span), part.kind
        )
        if part.footer:
            node["footer_label"] = part.footer
        if part.kind == ACCOUNTS:
            node["children"] = [self._account(each) for each in _flat(part)]
        elif part.under:
            node["children"] = [self._node(each) for each in part.under]
        return node

    def _account(self, part: Part) -> dict[str, Any]:
        account = part.account
        own = part.terms[:1]  # Without those under it: they stand beside it here.
        node = self._sum(part.id, part.name, ACCOUNT, lambda span: self.figures.over(own, *span), ACCOUNT)
        if account is not None:
            asset = TYPES[account.type].root == "asset"
            node |= {
                "code": account.code,
                "account_type": account.type,
                "adjustment_type": "mines" if asset else "plus",
            }
        return node

    def _sum(self, id: str | int, name: str, kind: str, value: Value, of: str = "") -> dict[str, Any]:
        amount, total = self.asked.numbers.amount, of != ACCOUNT
        node: dict[str, Any] = {
            "id": id,
            "label": name,
            "section_type": kind,
            "total": amount(value(self.whole), total=total),
        }
        if self.spans:
            node["periods"] = [
                {**span.dates(self.asked.style), "total": amount(value(span), total=total)}
                for span in self.spans
            ]
        return node

    def table(self, nodes: list[dict[str, Any]]) -> Table:
        """The same, a column for each period."""
        by = self.asked.query["displayColumnsBy"]
        columns = [Column("name", "Account name")]
        columns += [Column(f"date-range-{place}", label(span, by)) for place, span in enumerate(self.spans)]
        return Table(TITLE, [*columns, Column("total", "Total")], [_line(node) for node in nodes])


def _flat(part: Part) -> Iterator[Part]:
    for each in part.under:
        yield each
        yield from _flat(each)


def _line(node: dict[str, Any]) -> Line:
    totals = [*(each["total"] for each in node.get("periods", ())), node["total"]]
    cells = [Cell(total["formatted_amount"], total["amount"]) for total in totals]
    under = [_line(each) for each in node.get("children", ())]
    if "footer_label" in node:
        under.append(Line((Cell(node["footer_label"]), *cells), (TOTAL,)))
    kind = node["section_type"]
    kinds = (kind, AGGREGATE) if under and kind == ACCOUNTS else (kind,)
    return Line((Cell(node["label"]), *cells), kinds, under, str(node["id"]))
