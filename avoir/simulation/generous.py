"""What hangs together is fetched together: the store may lay more on a desk than it was asked for.

A database fetches what is named, and the clerk goes through a few rounds of misses. In memory a row costs
nothing and a round does, so mostly a document comes with its parts and with what it names.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.books import KINDS
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.dispute import Dispute
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, ManualJournal
from avoir.core.organization import ApprovalPolicy, Entity, Organization, Series
from avoir.core.payment import Payment
from avoir.core.rail import Gateway
from avoir.core.refund import Refund
from avoir.core.row import Columns, Row
from avoir.core.tax import TaxRate
from avoir.core.want import Key

SETUP: tuple[type[Row], ...] = (
    Organization,
    Entity,
    Series,
    ApprovalPolicy,
    Account,
    Gateway,
    TaxRate,
    Customer,
)
"""Few rows, which nearly every command looks at."""

NAMED: dict[str, type[Row]] = {
    "invoice_id": Invoice, "credit_note_id": CreditNote, "payment_id": Payment, "allocation_id": Allocation,
    "entry_id": JournalEntry, "settled_entry_id": JournalEntry, "refund_id": Refund, "dispute_id": Dispute,
}  # fmt: skip
"""What a row names by a field of that name."""

DOCUMENTS: dict[type[Row], str] = {
    Invoice: "invoice_id", CreditNote: "credit_note_id", Payment: "payment_id", Dispute: "dispute_id",
    JournalEntry: "entry_id", ManualJournal: "journal_id",
}  # fmt: skip
PARTS: dict[type[Row], list[tuple[type[Row], Columns]]] = {
    document: [(kind, by) for kind in KINDS for by in kind.GROUPS if by == ("organization_id", name)]
    for document, name in DOCUMENTS.items()
}
"""The groups that hang on a document."""
FIELDS: dict[type[Row], list[tuple[str, type[Row]]]] = {
    kind: [(name, NAMED[name]) for name in kind.__struct_fields__ if name in NAMED] for kind in KINDS
}

Rows = dict[type[Row], dict[Key, Any]]
Groups = dict[type[Row], dict[Columns, dict[Key, dict[Key, None]]]]


class Setup:
    """What an organization has of one of those tables, as a desk holds it."""

    def __init__(self, kind: type[Row], mine: dict[Key, Any], id: int) -> None:
        self.kind, self.rows = kind, mine
        self.groups: dict[Columns, dict[Key, tuple[Key, ...]]] = {}
        for by in kind.GROUPS:
            members: dict[Key, list[Key]] = defaultdict(list)
            for key, row in mine.items():
                members[kind.group[by](row)].append(key)
            self.groups[by] = {parent: tuple(sorted(some)) for parent, some in members.items()}
        if kind is ApprovalPolicy:
            mine.setdefault((id,), None)

    def lay(self, desk: Desk) -> None:
        """Lay all of it on a desk that has nothing of it yet."""
        desk.rows[self.kind].update(self.rows)
        for by, groups in self.groups.items():
            desk.groups[self.kind].setdefault(by, {}).update(groups)


def lay_around(desk: Desk, rows: Rows, groups: Groups, found: Iterable[Row]) -> None:
    """Lay what hangs on some rows, and what they name, to the second step."""
    near = _step(desk, rows, groups, found)
    for row in _step(desk, rows, groups, near):
        desk.rows[type(row)].setdefault(type(row).key(row), row)


def _step(desk: Desk, rows: Rows, groups: Groups, found: Iterable[Row]) -> list[Row]:
    """One step from some rows: what hangs on them is laid, and what they name found; both are given back."""
    wanted: dict[tuple[type[Row], Columns], dict[Key, None]] = defaultdict(dict)
    near: list[Row] = []
    for row in found:
        kind = type(row)
        key = kind.key(row)
        desk.rows[kind].setdefault(key, row)
        for part, by in PARTS.get(kind, ()):
            if key not in desk.groups[part].get(by, ()):
                wanted[part, by][key] = None
        for name, named in FIELDS[kind]:
            id = getattr(row, name)
            if id is not None:
                there = (key[0], id)
                if there not in desk.rows[named] and (other := rows[named].get(there)) is not None:
                    near.append(other)
    for (part, by), parents in wanted.items():
        index, mine = groups[part][by], rows[part]
        parts = [mine[key] for parent in parents for key in index.get(parent, ())]
        desk.lay_group(part, by, parents, parts)
        near += parts
    return near
