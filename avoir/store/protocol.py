"""What both databases can do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from avoir.core.access import DIRECTORY
from avoir.core.row import Columns, Row
from avoir.core.want import Key

Params = Mapping[str, Any]


class Fetch(NamedTuple):
    """Rows of one kind, by the values of some columns."""

    kind: type[Row]
    by: Columns
    keys: Sequence[Key]


class Change(NamedTuple):
    """Rows of one kind that were changed, and the columns to write: those that differ in any of them."""

    kind: type[Row]
    columns: Columns
    rows: list[Any]


class Batch(NamedTuple):
    """What is to be written, a list for each kind: new rows first, then changed ones, then removed ones."""

    new: list[list[Row]]
    changed: list[Change]
    gone: list[list[Row]]


class Query(Protocol):
    """Reading: SQL with `:named` parameters, the same text for both databases."""

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        """Every row of the answer. Raises `Weather`."""


class Database(Query, Protocol):
    """One connection. The clerk writes through it; `all` is for reading."""

    alone: bool
    """Whether a batch must be of one organization: its statements then name it, and go to its machine."""

    meanwhile: bool
    """Whether it works on what was handed over while the clerk decides the next commands."""

    def begin(self) -> None:
        """Start a transaction for writing. Raises `Weather`."""

    def fetch(self, wanted: Sequence[Fetch]) -> list[list[Row]]:
        """Rows by key, a list for each fetch; counters are locked. Raises `Weather`."""

    def write(self, batch: Batch) -> None:
        """Write rows, a statement for each list or a few; it may still be at it when this returns.

        Raises `Weather`. What goes wrong may be raised later, by `commit` at the latest.
        """

    def commit(self, batch: Batch) -> None:
        """Write the last rows and end the transaction: all that was written stands. Raises `Weather`."""

    def rollback(self) -> None:
        """Forget the transaction; never raises."""

    def snapshot(self, organization_id: int = DIRECTORY) -> None:
        """Start a transaction in which everything read is of one moment. Raises `Weather`.

        Where the database can see to it, nothing is seen of any other organization; the directory's reads
        look for work in all of them.
        """

    def execute(self, statements: Iterable[str]) -> None:
        """Run statements without parameters in one transaction: migrations."""

    def migrate(self) -> int:
        """Bring the schema to the newest version; how many migrations that took."""

    def close(self) -> None:
        """Let go of the connection."""


def on_conflict(kind: type[Row]) -> str:
    """Sums grow; every other row is new or a mistake."""
    if not kind.GROWS:
        return ""
    grow = [f"{c} = {kind.TABLE}.{c} + excluded.{c}" for c in kind.__struct_fields__ if c.endswith("_minor")]
    return f"ON CONFLICT ({', '.join(kind.KEY)}) DO UPDATE SET {', '.join(grow)}"


def numbered_only(by: Columns) -> str:
    """Drafts have no number. Their index leaves them out, so a search for a number must say so to use it."""
    return "WHERE t.number <> ''" if by[1:] == ("entity_id", "number") else ""
