"""The desk: the rows a batch works on, the one place where a command reads and writes. No IO."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import is_not
from typing import Any, NamedTuple, TypeVar

import msgspec

from avoir.core.errors import NotFound, invariant
from avoir.core.event import change
from avoir.core.journal import LINES_BY_ENTRY, Event, JournalEntry, JournalLine
from avoir.core.lock import FINANCIAL, SALES, first_open_day, unlocked
from avoir.core.organization import LOCKS, Counters, Lock, Series
from avoir.core.row import Columns, Row, changed
from avoir.core.want import Key, Miss, Want, possible

R = TypeVar("R", bound=Row)
UNKNOWN: Any = object()
NEW, CHANGED, GONE, NEVER = "new", "changed", "gone", "never"
_NONE, _ALL_NEW = dict[str, int](), {NEW}
_values = msgspec.structs.astuple


class Side(NamedTuple):
    """One side of an entry to be: positive is debit, negative is credit; document and base currency."""

    account_id: int
    minor: int
    base: int
    customer_id: int | None = None
    tax_rate_id: int | None = None
    branch_id: int | None = None  # The source's, if none is named.


class Source(NamedTuple):
    """What an entry is about."""

    kind: str
    id: int
    entity_id: int
    branch_id: int | None
    currency: str


class Mark(NamedTuple):
    """How much a command has written and told, and what it has drawn."""

    written: int
    told: int
    seed: int
    drawn: dict[str, int]


class Desk:
    """A working set of frozen rows, opened on one organization. Every write can be undone."""

    def __init__(self) -> None:
        self.rows: dict[type[Row], dict[Key, Any]] = defaultdict(dict)
        self.groups: dict[type[Row], dict[Columns, dict[Key, tuple[Key, ...]]]] = defaultdict(dict)
        self.touched: dict[type[Row], dict[Key, str]] = defaultdict(dict)
        self.fetched: dict[type[Row], dict[Key, Any]] = defaultdict(dict)
        self.gone: dict[type[Row], dict[Key, Any]] = defaultdict(dict)
        self._undo: list[tuple[dict[Key, Any], Key, Any]] = []
        self.organization_id = 0
        self._mine: Key = (0,)  # What every key begins with.
        self.now = self.today = self.actor = ""
        self._seed = 0
        self._told: list[tuple[str, Row]] = []
        self._drawn: dict[str, int] = {}  # The last number of each kind, where this command has drawn one,
        self._counted: dict[int, dict[str, int]] = {}  # or, by organization, one that went before it.
        self._before = _NONE

    # A command's verbs.

    def find(self, kind: type[R], *id: Any) -> R | None:
        """The row, or None. `id` is the key without the organization."""
        key = self._mine + id
        row = self.rows[kind].get(key, UNKNOWN)
        if row is UNKNOWN:
            if not possible(key):
                return None
            raise Miss(Want(kind, key))
        return row  # type: ignore[no-any-return]

    def get(self, kind: type[R], *id: Any) -> R:
        """The row. Refuses `NotFound`."""
        row = self.rows[kind].get(self._mine + id) or self.find(kind, *id)
        if row is None:
            raise NotFound(f"no such {kind.__name__}", kind=kind.__name__, id=id[0] if id else None)
        return row

    def of(self, kind: type[R], by: Columns, *values: Any) -> list[R]:
        """All rows of a group, in the order of their keys: an invoice's lines, the account of a role."""
        parent = self._mine + values
        try:
            keys = self.groups[kind][by][parent]
        except KeyError:
            raise Miss(Want(kind, parent, by)) from None
        if not keys:
            return []
        rows = self.rows[kind]
        return [rows[key] for key in keys]

    def one(self, kind: type[R], by: Columns, *values: Any) -> R:
        """The first row of a group that must have one. Refuses `NotFound`."""
        rows = self.of(kind, by, *values)
        if not rows:
            raise NotFound(f"no such {kind.__name__}", kind=kind.__name__, id=values[0])
        return rows[0]

    def add(self, row: R) -> R:
        """Write a new row, before its parts: the groups that hang on its id are empty until they come."""
        self._put(row, NEW)
        key = type(row).key(row)
        for kind, by in row.PARTS:
            self._set(self.groups[kind].setdefault(by, {}), key, ())
        return row

    def put(self, row: R) -> R:
        """Write a changed row."""
        return self._put(row, CHANGED)

    def remove(self, row: Row) -> None:
        """Take a row away: of a draft, whose lines are written anew. What is posted has no such verb."""
        kind = type(row)
        key, touched = kind.key(row), self.touched[kind]
        for by, groups in self.groups[kind].items():
            parent = kind.group[by](row)
            if parent in groups:
                self._set(groups, parent, tuple(k for k in groups[parent] if k != key))
        self._set(self.rows[kind], key, None)
        self._set(self.gone[kind], key, row)
        self._set(touched, key, NEVER if touched.get(key) in (NEW, NEVER) else GONE)

    def last(self, counter: str) -> int:
        """The last id of a kind in this organization that was given out."""
        number = self._drawn.get(counter)
        return getattr(self.get(Counters), f"last_{counter}") if number is None else number

    def next(self, counter: str) -> int:
        """The next id of a kind in this organization."""
        drawn = self._drawn
        number = drawn[counter] = (drawn[counter] if counter in drawn else self.last(counter)) + 1
        return number

    def draw(self, entity_id: int, kind: str) -> tuple[str, int]:
        """The next document number of a series, and its place in it: ('CN-00007', 7)."""
        series = self.get(Series, entity_id, kind)
        self.put(changed(series, next_number=series.next_number + 1))
        return series.numbered(series.next_number), series.next_number

    def uuid(self) -> str:
        """A version 7 uuid (RFC 9562) from the ask's instant and nonce."""
        self._seed += 1
        x = self._seed.to_bytes(16).hex()
        return f"{x[:8]}-{x[8:12]}-{x[12:16]}-{x[16:20]}-{x[20:]}"

    def post(
        self, event: str, source: Source, on: str, sides: Iterable[Side], reverses_id: int | None = None
    ) -> int | None:
        """Write one entry, balanced in both currencies; its id, or None when no side has an amount.

        Refuses `DateLocked`.
        """
        kind, source_id, entity_id, where, currency = source
        self.unlocked(on, _module(source))
        sides = [side for side in sides if side.minor or side.base]
        if not sides:
            return None
        organization_id, id = self.organization_id, self.next("entry")
        minors = bases = 0
        for number, (account_id, minor, base, customer_id, tax_rate_id, branch_id) in enumerate(sides, 1):
            minors += minor
            bases += base
            line = JournalLine(
                organization_id, id, number, entity_id, account_id, customer_id,
                where if branch_id is None else branch_id, tax_rate_id, currency, on,
                minor if minor > 0 else 0, -minor if minor < 0 else 0,
                base if base > 0 else 0, -base if base < 0 else 0,
            )  # fmt: skip
            self._write((organization_id, id, number), line)
        invariant(minors == 0, "debits equal credits")
        invariant(bases == 0, "debits equal credits in the base currency")
        entry = JournalEntry(
            organization_id, id, entity_id, event, kind, source_id, on, reverses_id, self.actor, self.now
        )
        self._write((organization_id, id), entry)
        return id

    def mirror(self, entry_id: int, *, on: str) -> int:
        """Reverse an entry by its mirror, linked to it; on a locked day, on the first open day after it."""
        entry = self.get(JournalEntry, entry_id)
        lines = self.of(JournalLine, LINES_BY_ENTRY, entry_id)
        sides = [
            Side(x.account_id, x.credit_minor - x.debit_minor, x.base_credit_minor - x.base_debit_minor,
                 x.customer_id, x.tax_rate_id, x.branch_id)
            for x in lines
        ]  # fmt: skip
        source = Source(entry.source_kind, entry.source_id, entry.entity_id, None, lines[0].currency)
        on = self.first_open(on, _module(source))
        mirror = self.post(f"{entry.event}_reversed", source, on, sides, reverses_id=entry_id)
        invariant(mirror is not None, "an entry has sides, and so has its mirror")
        return mirror or 0

    def unlocked(self, on: str, module: str = SALES) -> None:
        """Refuses `DateLocked`. `post` asks by itself; what is dated and posts nothing asks here."""
        if locks := self.of(Lock, LOCKS):
            unlocked(locks, module, on)

    def first_open(self, on: str, module: str = SALES) -> str:
        """The day itself, or the first one after it that is not locked: where an undoing is dated."""
        return first_open_day(self.of(Lock, LOCKS), module, on)

    def mark(self) -> Mark:
        """Where the command stands, for `back_to`: to try what would be, and write nothing."""
        return Mark(len(self._undo), len(self._told), self._seed, self._drawn.copy())

    def back_to(self, mark: Mark) -> None:
        """Take back all that was written, told and drawn since the mark."""
        written, told, self._seed, self._drawn = mark
        for where, key, before in reversed(self._undo[written:]):
            if before is UNKNOWN:
                del where[key]
            else:
                where[key] = before
        del self._undo[written:], self._told[told:]

    def rows_since(self, mark: Mark) -> list[Row]:
        """Every row written since a mark, as it is now."""
        kinds = {id(rows): rows for rows in self.rows.values()}
        written = {
            (id(where), key): where for where, key, _ in self._undo[mark.written :] if id(where) in kinds
        }
        return [row for (_, key), where in written.items() if (row := where[key]) is not None]

    def tell(self, topic: str, subject: Row) -> None:
        """Say what happened: `refund.settled`, and to what. It is written down when the command is done."""
        self._told.append((topic, subject))

    # The clerk's verbs.

    def begin(self, organization_id: int, actor: str, now: str, today: str, seed: int) -> None:
        """Open the desk on one organization; what was written before can no longer be undone."""
        self.organization_id, self.actor, self.now, self.today = organization_id, actor, now, today
        self._mine = (organization_id,)
        self._seed = seed
        self._undo.clear()
        self._told.clear()
        self._before = self._counted.get(organization_id, _NONE)
        self._drawn = self._before.copy()

    def finish(self, given: Any) -> int | None:
        """Write down what was told, each event with its subject before and after the command, and counted.

        The number of the event that tells all of what was `given`, if there is one.
        """
        whole = None
        organization_id, actor, now = self.organization_id, self.actor, self.now
        for topic, subject in self._told:
            kind = type(subject)
            key, rows = kind.key(subject), self.rows[kind]
            before = row = rows[key]
            # Backwards, for what was born here is mostly told last, and there was nothing before its birth.
            for where, k, was in reversed(self._undo):
                if where is rows and k == key:
                    if was is UNKNOWN:
                        before = None
                        break
                    before = was
            id: int = getattr(subject, "id", organization_id)
            event = self.next("event")
            about = topic.partition(".")[0]
            told = Event(organization_id, event, topic, about, id, actor, change(before, row), now)
            self._write((organization_id, event), told)
            if before is None and row is given and not kind.SECRETS:
                whole = event
        self._counted[organization_id] = self._drawn
        return whole

    def undo(self) -> None:
        """Take back all that was written since `begin`."""
        self._counted[self.organization_id] = self._before
        self.back_to(Mark(0, 0, self._seed, self._before.copy()))

    # The store's verbs.

    def lay(self, kind: type[Row], wanted: Iterable[Key], found: Iterable[Row]) -> None:
        """Put fetched rows on the desk; what a command has written since stays."""
        rows = self.rows[kind]
        for row in found:
            rows.setdefault(kind.key(row), row)
        for key in wanted:
            rows.setdefault(key, None)

    def lay_group(self, kind: type[Row], by: Columns, wanted: Iterable[Key], found: Sequence[Row]) -> None:
        """Put fetched groups on the desk, joined with what the batch has written of them already."""
        self.lay(kind, (), found)
        rows, parent_of = self.rows[kind], kind.group[by]
        members: dict[Key, set[Key]] = {parent: set() for parent in wanted}
        for key in (*map(kind.key, found), *self.touched[kind]):
            row = rows[key]
            # A row that was taken away since is in no group.
            if row is not None and (parent := parent_of(row)) in members:
                members[parent].add(key)
        groups = self.groups[kind].setdefault(by, {})
        for parent, keys in members.items():
            groups[parent] = tuple(sorted(keys))

    def count(self) -> None:
        """Write down the last numbers that were given out: once, for all the commands that drew them."""
        for organization_id, drawn in self._counted.items():
            if drawn:
                counters = self.rows[Counters][(organization_id,)]
                self._put(changed(counters, **{f"last_{each}": n for each, n in drawn.items()}), CHANGED)
        self._counted.clear()

    def written(self, kind: type[Row]) -> tuple[list[Any], list[Any], list[Any]]:
        """The rows of a kind that are new, those that were changed, and those that were taken away."""
        rows, gone, touched = self.rows[kind], self.gone[kind], self.touched[kind]
        if {*touched.values()} == _ALL_NEW:  # As most are.
            return [*map(rows.__getitem__, touched)], [], []
        added, altered, removed = [], [], []
        for key, was in touched.items():
            if was is NEW:
                added.append(rows[key])
            elif was is CHANGED:
                altered.append(rows[key])
            elif was is GONE:
                removed.append(gone[key])
        return added, altered, removed

    def columns(self, kind: type[Row]) -> Columns:
        """The columns in which changed rows of a kind differ from what was fetched."""
        rows, fetched = self.rows[kind], self.fetched[kind]
        names, differ = kind.__struct_fields__, set[str]()
        for key, was in self.touched[kind].items():
            if was is CHANGED:
                before = _values(fetched[key])
                # What was not replaced is still the same object; a false alarm only writes what stood there.
                differ.update(compress(names, map(is_not, before, _values(rows[key]))))
        return tuple(name for name in names if name in differ and name not in kind.KEY)

    def handed_over(self) -> None:
        """What was written so far is the database's now, and to the next commands as if fetched."""
        for each in (self.touched, self.fetched, self.gone):
            each.clear()

    def _put(self, row: R, how: str) -> R:
        kind = type(row)
        key, rows, touched = kind.key(row), self.rows[kind], self.touched[kind]
        before, was, undo = rows.get(key, UNKNOWN), touched.get(key), self._undo
        if kind in self.groups:
            for by, groups in self.groups[kind].items():
                self._regroup(groups, kind.group[by], key, before, row)
        if was is None:
            if how is CHANGED:
                self.fetched[kind].setdefault(key, before)
            undo.append((touched, key, UNKNOWN))
            touched[key] = how
        elif was is GONE or was is NEVER:
            if was is GONE or how is CHANGED:
                how = CHANGED
                self.fetched[kind].setdefault(key, self.gone[kind][key])
            undo.append((touched, key, was))
            touched[key] = how
        undo.append((rows, key, before))
        rows[key] = row
        return row

    def _write(self, key: Key, row: Row) -> None:
        """Write a row of the journal or of the audit log: nobody has asked for it yet, or will change it."""
        kind = type(row)
        if kind in self.groups:
            self._put(row, NEW)
            return
        rows, touched = self.rows[kind], self.touched[kind]
        self._undo += (rows, key, UNKNOWN), (touched, key, UNKNOWN)
        rows[key], touched[key] = row, NEW

    def _regroup(
        self, groups: dict[Key, tuple[Key, ...]], parent_of: Any, key: Key, old: Any, new: Row
    ) -> None:
        after = parent_of(new)
        before = None if old is None or old is UNKNOWN else parent_of(old)
        if before == after:
            return
        if before in groups:
            self._set(groups, before, tuple(k for k in groups[before] if k != key))
        if after in groups:
            self._set(groups, after, tuple(sorted((*groups[after], key))))

    def _set(self, where: dict[Key, Any], key: Key, value: Any) -> None:
        self._undo.append((where, key, where.get(key, UNKNOWN)))
        where[key] = value


def _module(source: Source) -> str:
    return FINANCIAL if source.kind == "manual_journal" else SALES
