"""How reads speak to a database: plain SQL with `:named` parameters, one text for both engines.

`IN (:name[])` is among many values, which are one parameter.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute
from avoir.core.invoice import Invoice
from avoir.core.journal import Event, JournalEntry, ManualJournal
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from avoir.core.row import Row

R = TypeVar("R", bound=Row)
Params = Mapping[str, Any]
Memory = dict[Any, tuple[int, int]]
"""Numbers that were counted, and after which event; shared by the reads of a process."""
MOST_REMEMBERED = 4096
COUNTERS: dict[type[Row], str] = {
    Invoice: "invoice", CreditNote: "credit_note", Payment: "payment", Refund: "refund",
    Allocation: "allocation", Dispute: "dispute", ManualJournal: "journal", JournalEntry: "entry",
    Event: "event",
}  # fmt: skip
"""What is never deleted: there are as many rows as ids were given out, which `verify` proves."""


class Connection(Protocol):
    """What a read needs of the store."""

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        """Every row of the answer."""


class Query:
    """Reading one organization's rows, all of one moment. `:o` is the organization in every statement."""

    def __init__(self, connection: Connection, organization_id: int, memory: Memory | None = None) -> None:
        self.connection, self.organization_id = connection, organization_id
        self.memory = {} if memory is None else memory

    def all(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """Every row of the answer. Sums must be cast to BIGINT: PostgreSQL widens them."""
        return self.connection.all(sql, {"o": self.organization_id, **params})

    def rows(self, kind: type[R], where: str = "", rest: str = "", **params: Any) -> list[R]:
        """Rows of a kind: `where` is a condition on `t`, `rest` an ORDER BY, LIMIT and so on."""
        columns = ", ".join(f"t.{column}" for column in kind.__struct_fields__)
        condition = f"AND ({where})" if where else ""
        sql = f"SELECT {columns} FROM {kind.TABLE} AS t WHERE t.organization_id = :o {condition} {rest}"
        return [kind(*row) for row in self.all(sql, **params)]

    def one(self, kind: type[R], *id: Any) -> R | None:
        """The row with that id (its key without the organization), or None."""
        names = kind.KEY[1:]
        where = " AND ".join(f"t.{name} = :{name}" for name in names)
        found = self.rows(kind, where, "", **dict(zip(names, id, strict=True)))
        return found[0] if found else None

    def by_ids(self, kind: type[R], ids: Sequence[int | None], column: str = "id") -> list[R]:
        """Rows whose column is among the ids: one statement, however many."""
        wanted = sorted({id for id in ids if id is not None})
        if not wanted:
            return []
        condition, params = self.among(f"t.{column}", wanted)
        return self.rows(kind, condition, "", **params)

    def among(self, column: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        """A condition that a column's value is among some, at least one, and its parameters.

        `:name[]` is one parameter of many values, so that the statement is the same however many they are.
        """
        name = column.replace(".", "_")
        return f"{column} IN (:{name}[])", {name: values}

    def count(self, kind: type[R], where: str = "", **params: Any) -> int:
        """How many rows there are."""
        condition = f"AND ({where})" if where else ""
        return self.counted(
            f"SELECT count(*) FROM {kind.TABLE} AS t WHERE t.organization_id = :o {condition}", **params
        )

    def counted(self, sql: str, **params: Any) -> int:
        """The number that a `SELECT count(*)` of the organization's rows gives.

        Counting takes as long as there are rows, and every page of a list tells how many there are. So it is
        remembered until something happens in the organization: no change is without its event.
        """
        asked = (self.organization_id, sql, *((name, repr(value)) for name, value in params.items()))
        known = self.memory.get(asked)
        if known is None or known[0] != self.last_event:
            if len(self.memory) >= MOST_REMEMBERED:
                self.memory.clear()
            known = self.memory[asked] = (self.last_event, int(self.all(sql, **params)[0][0]))
        return known[1]

    def standing(self, kind: type[R], hidden: Sequence[str] = ()) -> int:
        """How many rows there are of a kind in `COUNTERS`, less what is hidden: nothing is gone through.

        Each of `hidden` is a condition in the words of an index of few rows, and no row is of two of them.
        """
        without = "".join(
            f" - (SELECT count(*) FROM {kind.TABLE} AS t WHERE t.organization_id = :o AND {each})"
            for each in hidden
        )
        given = f"SELECT n.last_{COUNTERS[kind]} FROM counters AS n WHERE n.organization_id = :o"
        return int(self.all(f"SELECT coalesce(({given}), 0){without}")[0][0])

    @cached_property
    def last_event(self) -> int:
        """The number of the newest event of the organization at this moment; 0 before the first."""
        found = self.all("SELECT t.last_event FROM counters AS t WHERE t.organization_id = :o")
        return int(found[0][0]) if found else 0
