"""Books in memory behind the verbs of a store: rows by key, an index for each group, and pens."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from avoir.core.books import KINDS
from avoir.core.desk import Desk
from avoir.core.organization import Counters
from avoir.core.row import Columns, Row, changed
from avoir.core.want import Key, Wanted
from avoir.simulation.generous import FIELDS, PARTS, SETUP, Setup, lay_around
from avoir.store.books import batch_of
from avoir.store.protocol import Batch, numbered_only

Change = tuple[type[Row], Key, Any, Any]
"""A row before and after one transaction; None where it was not, or is no longer."""


SIDES: dict[type[Row], list[str]] = {
    kind: [name for name in kind.__struct_fields__ if name.endswith("_minor")] for kind in KINDS if kind.GROWS
}
"""What a row that only grows adds up."""


class BrokenShelf(Exception):
    """A batch cannot be written: a new row is there already, or a changed one is not."""


class Shelves:
    """What is committed, and what a transaction is writing under its pens."""

    def __init__(self) -> None:
        self.rows: dict[type[Row], dict[Key, Any]] = {kind: {} for kind in KINDS}
        self.groups: dict[type[Row], dict[Columns, dict[Key, dict[Key, None]]]] = {
            kind: {by: defaultdict(dict) for by in kind.GROUPS} for kind in KINDS
        }
        self.of_organization: dict[int, dict[type[Row], dict[Key, None]]] = defaultdict(
            lambda: {kind: {} for kind in SETUP}
        )
        self._setups: dict[int, dict[type[Row], Setup]] = defaultdict(dict)
        self.pens: dict[int, object] = {}

    def find(self, kind: type[Row], *key: Any) -> Any:
        """A row by its whole key, or None."""
        return self.rows[kind].get(key)

    def put(self, kind: type[Row], key: Key, row: Any) -> Any:
        """Set or remove a row and keep its groups; what was there before."""
        rows = self.rows[kind]
        before = rows.get(key)
        for by, groups in self.groups[kind].items():
            parent_of = kind.group[by]
            was = None if before is None else parent_of(before)
            now = None if row is None else parent_of(row)
            if was != now:
                if was is not None:
                    groups[was].pop(key, None)
                # As the databases' indexes: a draft has no number, so it is in no group of numbers.
                if now is not None and not (now[-1] == "" and numbered_only(by)):
                    groups[now][key] = None
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row
        if kind in SETUP:
            mine = self.of_organization[key[0]][kind]
            mine.pop(key, None) if row is None else mine.setdefault(key)
            self._setups[key[0]].pop(kind, None)
        return before

    def lay_setup(self, desk: Desk, id: int) -> None:
        """Lay what an organization has, as it is now, of the tables that everybody looks at."""
        known, keys = self._setups[id], self.of_organization[id]
        for kind in SETUP:
            setup = known.get(kind)
            if setup is None:
                rows = self.rows[kind]
                setup = known[kind] = Setup(kind, {key: rows[key] for key in keys[kind]}, id)
            setup.lay(desk)


class Session:
    """One connection to the shelves. `pause` is called between any two steps, and may never come back."""

    def __init__(self, shelves: Shelves, pause: Callable[[str], None]) -> None:
        self.shelves, self.pause = shelves, pause
        self.generous: Callable[[], bool] = lambda: True
        self.held: list[int] = []
        self.written: dict[tuple[type[Row], Key], Any] = {}
        self.committed: Callable[[list[Change]], None] = lambda changes: None

    def begin(self) -> None:
        """Start a transaction."""
        self.pause("begin")

    def load(self, desk: Desk, wanted: Wanted) -> None:
        """Rows and groups, counters first: whoever asks for them waits until nobody else holds the pen."""
        organizations = sorted(id for (id,) in wanted.get((Counters, None), ()))
        self._take_pens(organizations)
        rows, groups = self.shelves.rows, self.shelves.groups
        generous = self.generous()
        for id in organizations if generous else ():
            self.shelves.lay_setup(desk, id)
        for (kind, by), keys in wanted.items():
            mine = rows[kind]
            if by is None:
                there = [row for key in keys if (row := mine.get(key)) is not None]
                desk.lay(kind, keys, there)
                if generous and (kind in PARTS or FIELDS[kind]):
                    lay_around(desk, rows, groups, there)
            else:
                index = groups[kind][by]
                found = [mine[key] for parent in keys if parent in index for key in index[parent]]
                desk.lay_group(kind, by, keys, found)
        self.pause("load")

    def write(self, desk: Desk) -> None:
        """Hand over what was written since the last time."""
        self._write(batch_of(desk))
        desk.handed_over()
        self.pause("write")

    def save(self, desk: Desk) -> None:
        """Write the rest, and commit: from then on it stands, whether or not anybody hears of it."""
        self._write(batch_of(desk))
        self.pause("save")
        rows = self.shelves.rows
        changes = [(kind, key, was, rows[kind].get(key)) for (kind, key), was in self.written.items()]
        self._let_go()
        self.committed(changes)
        self.pause("saved")

    def rollback(self) -> None:
        """As the database does for whoever hangs up: all is as it was."""
        for (kind, key), was in reversed(self.written.items()):
            self.shelves.put(kind, key, was)
        self._let_go()

    def close(self) -> None:
        """Nothing is held beyond a transaction."""

    def _take_pens(self, organizations: Iterable[int]) -> None:
        pens = self.shelves.pens
        for id in organizations:
            while pens.setdefault(id, self) is not self:
                self.pause("wait")
            self.held.append(id)

    def _let_go(self) -> None:
        for id in self.held:
            self.shelves.pens.pop(id, None)
        self.held.clear()
        self.written = {}

    def _write(self, batch: Batch) -> None:
        shelves, written = self.shelves, self.written
        for kind, key, given, is_new in _rows(batch):
            row = self._added(key, given) if kind.GROWS else given
            if not kind.GROWS and is_new is (key in shelves.rows[kind]):
                raise BrokenShelf(f"{kind.TABLE} {key} is written as what it is not")
            was = shelves.put(kind, key, row)
            if (kind, key) not in written:
                written[kind, key] = was

    def _added(self, key: Key, row: Row) -> Row:
        known = self.shelves.rows[type(row)].get(key)
        if known is None:
            return row
        return changed(row, **{name: getattr(known, name) + getattr(row, name) for name in SIDES[type(row)]})


def _rows(batch: Batch) -> Iterator[tuple[type[Row], Key, Any, bool]]:
    for rows in batch.new:
        kind = type(rows[0])
        for row in rows:
            yield kind, kind.key(row), row, True
    for kind, _, rows in batch.changed:
        for row in rows:
            yield kind, kind.key(row), row, False
    for rows in batch.gone:
        kind = type(rows[0])
        for row in rows:
            yield kind, kind.key(row), None, False
