"""Period locks: closing the books up to a day, opening a window in them, opening them again."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.lock import LAST_DAY, MODULES
from avoir.core.organization import Lock
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits


class UnknownModule(Refusal):
    """No such part of the books to lock."""

    code, kind = "unknown_module", Kind.INVALID


class NotLocked(Refusal):
    """There is no lock on that part of the books."""

    code = "not_locked"


class NoUnlockedWindow(Refusal):
    """The lock has no window to close."""

    code = "no_unlocked_window"


class WindowOutsideLock(Refusal):
    """A window runs from a day to the same or a later one, and begins within the lock."""

    code, kind = "window_outside_lock", Kind.INVALID


class NoDayLeftOpen(Refusal):
    """A lock leaves at least the last day of the calendar open."""

    code, kind = "no_day_left_open", Kind.INVALID


class LockPeriod(Command, frozen=True, kw_only=True):
    """Let nothing more be posted up to a day, in one module or in all. An earlier lock is replaced."""

    ANSWER = Lock
    module: str
    lock_to: str
    reason: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Lock, self.module

    def decide(self, desk: Desk) -> Lock:
        """Refuses `UnknownModule`, `InvalidDate`, `NoDayLeftOpen`."""
        known(self.module)
        fits(self.reason, "reason", LONG)
        if checked_day(self.lock_to, "lockToDate") == LAST_DAY:
            raise NoDayLeftOpen("some day must stay open", field="lockToDate")
        old = desk.find(Lock, self.module)
        lock = Lock(desk.organization_id, self.module, self.lock_to, "", "", self.reason, "", desk.now)
        desk.tell("lock.set", lock)
        return desk.add(lock) if old is None else desk.put(lock)


class CancelLock(Command, frozen=True, kw_only=True):
    """Open a module again, whole. If `or_open`, one that is open stays so, and nothing is changed."""

    ANSWER = Lock
    module: str
    reason: str = ""
    or_open: bool = False

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Lock, self.module

    def decide(self, desk: Desk) -> Lock:
        """Refuses `UnknownModule`, `NotLocked`."""
        reason = fits(self.reason, "reason", LONG)
        found = desk.find(Lock, known(self.module))
        if self.or_open and (found is None or not found.lock_to):
            return found or _opened(desk, self.module, "")
        lock = locked(desk, self.module)
        desk.tell("lock.canceled", lock)
        return desk.put(_opened(desk, lock.module, reason))


class UnlockPartially(Command, frozen=True, kw_only=True):
    """Open a window of days in a lock. One window at a time: a new one takes the place of the old."""

    ANSWER = Lock
    module: str
    unlock_from: str
    unlock_to: str
    reason: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Lock, self.module

    def decide(self, desk: Desk) -> Lock:
        """Refuses `UnknownModule`, `NotLocked`, `InvalidDate`, `WindowOutsideLock`."""
        lock = locked(desk, self.module)
        first = checked_day(self.unlock_from, "unlockFromDate")
        last = checked_day(self.unlock_to, "unlockToDate")
        if last < first or first > lock.lock_to:
            raise WindowOutsideLock("the window opens nothing", lockedToDate=lock.lock_to)
        desk.tell("lock.opened", lock)
        reason = fits(self.reason, "reason", LONG)
        return desk.put(
            changed(lock, unlock_from=first, unlock_to=last, unlock_reason=reason, updated_at=desk.now)
        )


class CancelPartialUnlock(Command, frozen=True, kw_only=True):
    """Close the window: the lock holds as it was set."""

    ANSWER = Lock
    module: str
    reason: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Lock, self.module

    def decide(self, desk: Desk) -> Lock:
        """Refuses `UnknownModule`, `NotLocked`, `NoUnlockedWindow`."""
        lock = locked(desk, self.module)
        if not lock.unlock_from:
            raise NoUnlockedWindow("the lock has no window", module=lock.module)
        desk.tell("lock.closed", lock)
        reason = fits(self.reason, "reason", LONG)
        return desk.put(
            changed(lock, unlock_from="", unlock_to="", unlock_reason=reason, updated_at=desk.now)
        )


def _opened(desk: Desk, module: str, reason: str) -> Lock:
    """A module on which there is no lock."""
    return Lock(desk.organization_id, module, "", "", "", reason, "", desk.now)


def known(module: str) -> str:
    """The module itself. Refuses `UnknownModule`."""
    if module not in MODULES:
        raise UnknownModule(f"the modules are {', '.join(MODULES)}", module=module)
    return module


def locked(desk: Desk, module: str) -> Lock:
    """The lock in force on a module. Refuses `UnknownModule`, `NotLocked`."""
    lock = desk.find(Lock, known(module))
    if lock is None or not lock.lock_to:
        raise NotLocked("there is no lock on it", module=module)
    return lock
