"""What is looked at after every commit: only what the commit changed, so that it costs little.

Each look is a promise of design, section 7, in the form of a difference: what a commit does to the open items
is what it does to the receivable. At the end the whole of the books goes through `avoir verify`.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from avoir.core.account import RECEIVABLE, Account
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import Event, JournalEntry, JournalLine
from avoir.core.lock import lock_on
from avoir.core.organization import LOCKS, Counters, Lock, Series
from avoir.core.payment import Payment
from avoir.core.refund import MOVES, Refund
from avoir.core.row import Row
from avoir.core.want import Key
from avoir.simulation.shelves import Change, Shelves


def _ahead(state: str) -> frozenset[str]:
    moves = MOVES.get(state, frozenset())
    return moves.union(*map(_ahead, moves))


AHEAD = {state: _ahead(state) for state in MOVES}
"""Where a refund can get to: several commands of one batch may move it on."""
INK: tuple[type[Row], ...] = (JournalEntry, JournalLine, Event)


class Wrong(BaseException):
    """Something that must always be true is not. The seed shows it again.

    Not an `Exception`: the clerk and the worker live on after one, and the world must not.
    """


class Oracle:
    """Holds every commit against what must be true of it; `looks` counts how often."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves, self.looks = shelves, 0
        self.under_way: dict[Key, None] = {}
        self._receivables: set[Key] = set()
        self._by_kind: dict[type[Row], Callable[[Key, Any, Any], None]] = {
            Invoice: self._invoice, CreditNote: self._note, Payment: self._payment, Refund: self._refund,
        }  # fmt: skip

    def commit(self, changes: list[Change]) -> None:
        """Look at what one transaction did. Raises `Wrong`."""
        of: dict[type[Row], list[Change]] = defaultdict(list)
        for change in changes:
            of[change[0]].append(change)
        for kind in INK:
            for _, key, was, now in of[kind]:
                self.must(was is None and now is not None, "ink stays", kind.TABLE, key)
        for kind, look in self._by_kind.items():
            for _, key, was, now in of[kind]:
                look(key, was, now)
        for _, key, _, account in of[Account]:
            if account is not None and account.role == RECEIVABLE:
                self._receivables.add(key)
        self._open_items(of)
        self._entries(of)
        self._numbers(of)

    def must(self, holds: bool, rule: str, *about: Any) -> None:
        """Count one look. Raises `Wrong` when the rule does not hold."""
        self.looks += 1
        if not holds:
            raise Wrong(f"{rule}: {about}")

    def _invoice(self, key: Key, was: Invoice | None, x: Invoice | None) -> None:
        if x is not None:
            self.must(0 <= x.due_minor <= x.total_minor, "an invoice is settled by no more than it is", x)
            self.must(0 <= x.credited_minor <= x.total_minor, "no more is credited than was claimed", x)
            self.must(0 <= x.returned_minor <= x.paid_minor - x.disputed_minor, "cash back was received", x)
            self.must(x.due_minor > 0 or x.base_due_minor == 0, "nothing remains of the settled", x)

    def _note(self, key: Key, was: CreditNote | None, x: CreditNote | None) -> None:
        if x is not None:
            parts = (x.allocated_minor, x.refunded_minor, x.reserved_minor, x.total_minor - x.used_minor)
            self.must(min(parts) >= 0, "a note gives what it has", x)
            self.must(x.open_minor > 0 or x.base_open_minor == 0, "nothing remains of the used up", x)

    def _payment(self, key: Key, was: Payment | None, x: Payment | None) -> None:
        if x is not None:
            parts = (x.allocated_minor, x.refunded_minor, x.held_minor, x.unapplied_minor)
            self.must(min(parts) >= 0, "a payment gives what it has", x)
            self.must(x.open_minor > 0 or x.base_open_minor == 0, "nothing remains of the used up", x)

    def _refund(self, key: Key, was: Refund | None, x: Refund | None) -> None:
        self.must(x is not None, "a refund stays", key)
        if x is None:
            return
        if was is not None and was.state != x.state:
            self.must(
                x.state in AHEAD.get(was.state, ()), "a refund moves as the table says", was.state, x.state
            )
        if x.state in ("awaiting_approval", "pending", "unknown"):
            self.under_way[key] = None
        else:
            self.under_way.pop(key, None)

    def _open_items(self, of: dict[type[Row], list[Change]]) -> None:
        """What a commit does to a customer's open items it does to the receivable, in both currencies."""
        moved: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for kind, sign in ((Invoice, 1), (CreditNote, -1), (Payment, -1)):
            for _, _, was, now in of[kind]:
                for row, way in ((was, -sign), (now, sign)):
                    if row is not None and row.state in ("issued", "received"):
                        sums = moved[row.organization_id, row.customer_id, row.currency]
                        sums[0] += way * (row.due_minor if kind is Invoice else row.open_minor)
                        sums[1] += way * (row.base_due_minor if kind is Invoice else row.base_open_minor)
        for _, _, _, x in of[JournalLine]:
            if (x.organization_id, x.account_id) in self._receivables:
                sums = moved[x.organization_id, x.customer_id, x.currency]
                sums[0] -= x.debit_minor - x.credit_minor
                sums[1] -= x.base_debit_minor - x.base_credit_minor
        for whose, sums in moved.items():
            self.must(sums == [0, 0], "open items are the receivable", whose, sums)

    def _entries(self, of: dict[type[Row], list[Change]]) -> None:
        sides: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        for _, _, _, x in of[JournalLine]:
            sums = sides[x.organization_id, x.entry_id]
            sums[0] += x.debit_minor - x.credit_minor
            sums[1] += x.base_debit_minor - x.base_credit_minor
            sums[2] += 1
        locks = self.shelves.groups[Lock][LOCKS]
        # Who locks and posts in one batch may have posted first.
        fresh = {key[:1] for _, key, _, _ in of[Lock]}
        for _, key, _, entry in of[JournalEntry]:
            net, base, lines = sides.pop(key, (0, 0, 0))
            self.must((net, base) == (0, 0) and lines >= 2, "an entry balances", entry)
            mine = [self.shelves.rows[Lock][each] for each in locks.get(key[:1], ())]
            if mine and key[:1] not in fresh:
                module = "financial" if entry.source_kind == "manual_journal" else "sales"
                self.must(
                    lock_on(mine, module, entry.booked_on) is None, "nothing is posted into a lock", entry
                )
        self.must(not sides, "a line has its entry", list(sides))

    def _numbers(self, of: dict[type[Row], list[Change]]) -> None:
        for _, key, was, now in of[Counters]:
            told = sorted(event[1] for _, event, _, _ in of[Event] if event[0] == key[0])
            first = was.last_event if was is not None else 0
            self.must(told == list(range(first + 1, now.last_event + 1)), "events have no gap", key)
        drawn: dict[Key, int] = defaultdict(int)
        for kind, name in ((Invoice, "invoice"), (CreditNote, "credit_note"), (Payment, "payment"),
                           (Refund, "refund")):  # fmt: skip
            for _, _, was, now in of[kind]:
                if now is not None and now.sequence and not (was is not None and was.sequence):
                    drawn[now.organization_id, now.entity_id, name] += 1
        for _, key, was, now in of[Series]:
            if was is not None and was.skipped == now.skipped and key in drawn:
                self.must(now.next_number - was.next_number == drawn[key], "numbers have no gap", key)
