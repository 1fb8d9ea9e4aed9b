"""Rows that a command asks for and that nobody has fetched yet."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from avoir.core.row import Columns, Row

Key = tuple[Any, ...]


class Want(NamedTuple):
    """Rows to fetch: by key, or, if `by` names columns, a group."""

    kind: type[Row]
    key: Key
    by: Columns | None = None


Wanted = dict[tuple[type[Row], Columns | None], set[Key]]
"""Wants together: the keys of a kind, and those of each kind of group."""


def together(wants: Iterable[Want]) -> Wanted:
    """Wants by what one statement fetches."""
    wanted: Wanted = defaultdict(set)
    for kind, key, by in wants:
        wanted[kind, by].add(key)
    return wanted


class Miss(BaseException):
    """A row that was not fetched. No error: the store fetches it, and the command runs again.

    Not an `Exception`, so that nothing in a law can swallow it by accident.
    """

    def __init__(self, want: Want) -> None:
        self.want = want


def possible(key: Key) -> bool:
    """Whether a row could have the key: ids that no client can write exactly are nobody's."""
    for part in key:  # noqa: SIM110 - asked for every row, and a generator would cost more than the test.
        if type(part) is int and not -(2**53) < part < 2**53:
            return False
    return True
