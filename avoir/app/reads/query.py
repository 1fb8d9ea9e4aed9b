"""How reads speak to a database: plain SQL with `:named` parameters, one text for both engines."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from avoir.core.row import Row

R = TypeVar("R", bound=Row)
Params = Mapping[str, Any]


class Connection(Protocol):
    """What a read needs of the store."""

    def all(self, sql: str, params: Params = {}) -> list[tuple[Any, ...]]:  # noqa: B006
        """Every row of the answer."""


class Query:
    """Reading one organization's rows, all of one moment. `:o` is the organization in every statement."""

    def __init__(self, connection: Connection, organization_id: int) -> None:
        self.connection, self.organization_id = connection, organization_id

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
        """A condition that a column's value is among some, at least one, and its parameters."""
        name = column.replace(".", "_")
        params = {f"{name}_{i}": value for i, value in enumerate(values)}
        return f"{column} IN ({', '.join(f':{each}' for each in params)})", params

    def count(self, kind: type[R], where: str = "", **params: Any) -> int:
        """How many rows there are."""
        condition = f"AND ({where})" if where else ""
        sql = f"SELECT count(*) FROM {kind.TABLE} AS t WHERE t.organization_id = :o {condition}"
        return int(self.all(sql, **params)[0][0])
