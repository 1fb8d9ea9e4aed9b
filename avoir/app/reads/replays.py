"""Proof by replay: the journal and the events are gone through from the first to the last into fresh books.

What SQL adds up in one statement is added up here row by row, in another way and in other code; and what a
document is must be what its events made of it. Pages are read in order of keys, so that a million entries
need no more memory than a thousand.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from avoir.app.reads.query import Query
from avoir.app.reads.seals import broken_seal
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute
from avoir.core.invoice import Invoice
from avoir.core.journal import ManualJournal
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from avoir.core.row import Row

PAGE = 20_000
"""Lines or events that are read at once."""


class Wrong(NamedTuple):
    """A row that is not what the replay made of it: table, key, and the field that differs, if it is one."""

    table: str
    key: dict[str, Any]
    field: str = ""
    kept: Any = None
    counted: Any = None


class Replay(NamedTuple):
    """A promise that is proved by going through everything: its name, what it says, and how."""

    name: str
    says: str
    wrong: Callable[[Query], Wrong | None]


def entries_replayed(query: Query) -> Wrong | None:
    """Every entry in order, into fresh balances: each balances, none is missing, the sums are those kept."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    entry_id, net, base = 0, 0, 0
    for page in _lines(query):
        for id, _, entity, account, currency, branch, on, debit, credit, base_debit, base_credit in page:
            if id != entry_id:
                if net or base:
                    return Wrong("journal_entries", {"id": entry_id})
                entry_id += 1
                if id != entry_id:
                    return Wrong("journal_entries", {"id": entry_id})
            net += debit - credit
            base += base_debit - base_credit
            key = entity, account, currency, branch, on
            sum_ = sums.get(key)
            if sum_ is None:
                sums[key] = [debit, credit, base_debit, base_credit]
            else:
                sum_[0] += debit
                sum_[1] += credit
                sum_[2] += base_debit
                sum_[3] += base_credit
    if net or base:
        return Wrong("journal_entries", {"id": entry_id})
    return _balances_differ(query, sums)


def _lines(query: Query) -> Iterator[list[tuple[Any, ...]]]:
    """Every line of the journal, by entry and number, in pages."""
    entry, number = 0, 0
    while page := query.all(
        """SELECT l.entry_id, l.number, l.entity_id, l.account_id, l.currency, coalesce(l.branch_id, 0),
            l.booked_on, l.debit_minor, l.credit_minor, l.base_debit_minor, l.base_credit_minor
        FROM journal_lines AS l WHERE l.organization_id = :o AND (l.entry_id, l.number) > (:entry, :number)
        ORDER BY l.entry_id, l.number LIMIT :most""",
        entry=entry, number=number, most=PAGE,
    ):  # fmt: skip
        yield page
        entry, number = page[-1][:2]


def _balances_differ(query: Query, sums: dict[tuple[Any, ...], list[int]]) -> Wrong | None:
    names = ("entity_id", "account_id", "currency", "branch_id", "booked_on")
    sides = ("debit_minor", "credit_minor", "base_debit_minor", "base_credit_minor")
    kept = query.all(
        f"""SELECT {", ".join((*names, *sides))} FROM balances AS b WHERE b.organization_id = :o
        ORDER BY {", ".join(names)}"""
    )
    for row in kept:
        key, amounts = row[:5], [*row[5:]]
        counted = sums.pop(key, [0, 0, 0, 0])
        for side, here, there in zip(sides, amounts, counted, strict=True):
            if here != there:
                return Wrong("balances", dict(zip(names, key, strict=True)), side, here, there)
    for key in sorted(sums):
        return Wrong("balances", dict(zip(names, key, strict=True)))
    return None


KEPT = frozenset({
    "allocated_minor", "refunded_minor", "reserved_minor", "disputed_minor", "base_used_minor", "paid_minor",
    "credit_minor", "written_off_minor", "base_settled_minor", "credited_minor", "base_credited_minor",
    "discount_credited_minor", "adjustment_credited_minor", "returned_minor", "updated_at",
})  # fmt: skip
"""What other things do to a document is told of those: as a sum it is proved by SQL."""

TOLD: tuple[type[Row], ...] = (Invoice, CreditNote, Payment, Refund, Dispute, ManualJournal)


def events_replayed(query: Query) -> Wrong | None:
    """Every document, made anew from what was told of it, is the row that is there."""
    for kind in TOLD:
        wrong = _kind_replayed(query, kind)
        if wrong is not None:
            return wrong
    return None


def _kind_replayed(query: Query, kind: type[Row]) -> Wrong | None:
    names = tuple(name for name in kind.__struct_fields__ if name not in KEPT)
    at, state = names.index("id"), names.index("state")
    made = _made(query, kind.TABLE.removesuffix("s"), names)
    id, told = next(made, NOTHING_MORE)
    for row in _rows(query, kind, names):
        while told is not None and id < row[at]:
            if told[state] != "deleted":
                return Wrong(kind.TABLE, {"id": id})
            id, told = next(made, NOTHING_MORE)
        if told is None or id != row[at]:
            return Wrong(kind.TABLE, {"id": row[at]})
        if told != row:
            for name, value, said in zip(names, row, told, strict=True):
                # What was told before a column came to be does not say it.
                if value != said and said is not msgspec.UNSET:
                    return Wrong(kind.TABLE, {"id": id}, name, value, said)
        id, told = next(made, NOTHING_MORE)
    return None if told is None else Wrong(kind.TABLE, {"id": id})


NOTHING_MORE = (0, None)


def _made(query: Query, about: str, names: Sequence[str]) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
    """What the events of a kind of thing make of each, by id: those fields. Of what was taken away, nothing.

    Of a body only the fields that are wanted become objects; one that it does not say is `UNSET`.
    """
    after_ = msgspec.defstruct("After", [(name, Any, msgspec.UNSET) for name in names], gc=False)
    body_ = msgspec.defstruct("Body", [("after", after_ | None)], gc=False)
    decode: Callable[[str], Any] = msgspec.json.Decoder(body_).decode
    values_of, subject, row = attrgetter(*names), 0, None
    for page in _told(query, about):
        for id, _, body in page:
            after: tuple[Any, ...] | None = values_of(said) if (said := decode(body).after) else None
            if id != subject:
                if row is not None:
                    yield subject, row
                subject, row = id, after
            elif row is None or after is None:
                row = after
            else:
                row = tuple(old if new is msgspec.UNSET else new for old, new in zip(row, after, strict=True))
    if row is not None:
        yield subject, row


def _told(query: Query, about: str) -> Iterator[list[tuple[int, int, str]]]:
    """Every event of a kind of thing, by thing and in order, in pages."""
    subject, event = 0, 0
    while page := query.all(
        """SELECT e.subject_id, e.id, e.body FROM events AS e
        WHERE e.organization_id = :o AND e.subject_kind = :about AND (e.subject_id, e.id) > (:subject, :event)
        ORDER BY e.subject_id, e.id LIMIT :most""",
        about=about, subject=subject, event=event, most=PAGE,
    ):  # fmt: skip
        yield page
        subject, event = page[-1][:2]


def _rows(query: Query, kind: type[Row], names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Every row of a kind, by id: some of its columns."""
    after, at = 0, names.index("id")
    columns = ", ".join(f"t.{name}" for name in names)
    while page := query.all(
        f"""SELECT {columns} FROM {kind.TABLE} AS t WHERE t.organization_id = :o AND t.id > :after
        ORDER BY t.id LIMIT :most""",
        after=after, most=PAGE,
    ):  # fmt: skip
        yield from page
        after = page[-1][at]


def seals_replayed(query: Query) -> Wrong | None:
    """Every block of sealed entries, hashed again."""
    broken = broken_seal(query)
    return None if broken is None else Wrong(broken.table, {"id": broken.id, "why": broken.why})


REPLAYS = (
    Replay("entries_replay", "The journal, added up entry by entry, gives the balances that are kept.",
           entries_replayed),
    Replay("events_replay", "Every document is what the events told of it make of it.", events_replayed),
    Replay("entries_are_as_sealed", "What was sealed is as it was: nothing changed, gone or moved.",
           seals_replayed),
)  # fmt: skip
