"""Locks: a day up to which nothing may be posted, whatever the path."""

from collections.abc import Sequence
from datetime import date, timedelta

from avoir.core.errors import Kind, Refusal
from avoir.core.organization import Lock

ALL, SALES, PURCHASES, FINANCIAL = "all", "sales", "purchases", "financial"
MODULES = (ALL, SALES, PURCHASES, FINANCIAL)
"""What can be locked by itself. Nothing is posted as a purchase yet; contract B's clients may lock it."""

LAST_DAY = date.max.isoformat()
"""The calendar ends here, and it is never locked: what is reversed always finds an open day."""


class DateLocked(Refusal):
    """Nothing may be posted on that day any more."""

    code, kind = "date_locked", Kind.CONFLICT


def lock_on(locks: Sequence[Lock], module: str, on: str) -> Lock | None:
    """The lock that forbids posting in a module on a day; `all` forbids it in every one."""
    for lock in locks:
        # The day first: most locks are of none, or of one long ago.
        if on <= lock.lock_to and lock.module in (ALL, module):
            # The window compares as text too: two empty bounds enclose no day.
            if lock.unlock_from <= on <= lock.unlock_to:
                continue
            return lock
    return None


def unlocked(locks: Sequence[Lock], module: str, on: str) -> None:
    """Refuses `DateLocked` when a lock forbids posting on that day."""
    lock = lock_on(locks, module, on)
    if lock is not None:
        raise DateLocked(
            f"nothing may be posted up to {lock.lock_to}", lockedToDate=lock.lock_to, module=lock.module
        )


def first_open_day(locks: Sequence[Lock], module: str, on: str) -> str:
    """The day itself, or the first one after it on which posting is allowed."""
    while (lock := lock_on(locks, module, on)) is not None:
        # Straight to the window, if one lies ahead, else behind the lock.
        ahead = lock.unlock_from if on < lock.unlock_from <= lock.lock_to else ""
        on = ahead or (date.fromisoformat(lock.lock_to) + timedelta(days=1)).isoformat()
    return on
