"""The base of every value that is also a row: its fields are the table's columns, in order."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, ClassVar

import msgspec

changed = msgspec.structs.replace
"""A copy of a row with some fields changed."""

Columns = tuple[str, ...]


class Row(msgspec.Struct, frozen=True, gc=False):
    """`KEY` names a row. Each of `GROUPS` names rows that are read together; both begin with the tenant."""

    TABLE: ClassVar[str]
    KEY: ClassVar[Columns] = ("organization_id", "id")
    GROUPS: ClassVar[tuple[Columns, ...]] = ()
    SECRETS: ClassVar[Columns] = ()  # Fields that no event tells.
    NAMED: ClassVar[str] = ""  # How rows that hang on its id call it; after its table, if not given.
    GROWS: ClassVar[bool] = False  # A sum: what is written of it is added to what is there.
    PARTS: ClassVar[tuple[tuple[type["Row"], Columns], ...]] = ()  # Groups that hang on the id of a row.
    key: ClassVar[Callable[[Any], tuple[Any, ...]]]
    group: ClassVar[dict[Columns, Callable[[Any], tuple[Any, ...]]]]

    @classmethod
    def finish(cls, kinds: Sequence[type["Row"]]) -> None:
        """Make the getters of the key and the groups, and find the parts: an invoice's are by `invoice_id`.

        Called once for every kind, in `books`.
        """
        cls.key = _getter(cls.KEY)
        cls.group = {columns: _getter(columns) for columns in cls.GROUPS}
        mine = ("organization_id", cls.NAMED or f"{cls.TABLE.removesuffix('s')}_id")
        if cls.KEY == Row.KEY:
            cls.PARTS = tuple((kind, mine) for kind in kinds if mine in kind.GROUPS)


def _getter(columns: Columns) -> Callable[[Any], tuple[Any, ...]]:
    get: Any = attrgetter(*columns)
    return staticmethod(get if len(columns) > 1 else lambda row: (get(row),))
