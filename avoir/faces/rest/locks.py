"""Transactions locking (rest.md, 2.8). What can be locked is `core.lock.MODULES`."""

from typing import Any

from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially, known
from avoir.app.reads.query import Query
from avoir.core.lock import ALL, FINANCIAL, MODULES, PURCHASES, SALES
from avoir.core.organization import Lock
from avoir.faces.render import Style, midnight
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import day, text

MODULE = text("module", optional=True)._replace(default=ALL)
LOCK = Body(text("module"), day("lockToDate"), text("reason"))
CANCEL = Body(MODULE, text("reason", optional=True))
UNLOCK = Body(MODULE, day("unlockFromDate"), day("unlockToDate"), text("reason", optional=True))
CLOSE = Body(MODULE, text("reason", optional=True))

WORDS = {
    ALL: ("All transactions", "Everything that is posted."),
    SALES: ("Sales", "Invoices, credit notes, payments received and refunds."),
    PURCHASES: ("Purchases", "Nothing is posted as a purchase yet."),
    FINANCIAL: ("Financial", "Manual journals."),
}
"""What each module is called, and what it is about."""


async def lock(call: Call) -> dict[str, Any]:
    """Let nothing more be posted up to a day. Refuses what `LockPeriod` refuses."""
    form = call.form
    command = LockPeriod(module=form["module"], lock_to=form["lockToDate"], reason=form["reason"])
    return _row(form["module"], await call.caller.ask(command), call.style)


async def cancel(call: Call) -> dict[str, Any]:
    """Open a module again, whole; one that is open stays so. Refuses `UnknownModule`."""
    form = call.form
    # Contract B's clients tidy up without looking.
    command = CancelLock(module=form["module"], reason=form["reason"], or_open=True)
    return _row(form["module"], await call.caller.ask(command), call.style)


async def unlock(call: Call) -> dict[str, Any]:
    """Open a window of days in a lock. Refuses what `UnlockPartially` refuses."""
    form = call.form
    command = UnlockPartially(
        module=form["module"],
        unlock_from=form["unlockFromDate"],
        unlock_to=form["unlockToDate"],
        reason=form["reason"],
    )
    return _row(form["module"], await call.caller.ask(command), call.style)


async def close(call: Call) -> dict[str, Any]:
    """Close the window. Refuses what `CancelPartialUnlock` refuses."""
    form = call.form
    command = CancelPartialUnlock(module=form["module"], reason=form["reason"])
    return _row(form["module"], await call.caller.ask(command), call.style)


async def index(call: Call) -> dict[str, Any]:
    """Every module, locked or not."""
    locks, style = await call.caller.read(_locks), call.style
    whole = _row(ALL, locks.get(ALL), style)
    return {
        "locking_type": "all" if whole["is_enabled"] else "partial",
        "all": whole,
        "modules": [_row(module, locks.get(module), style) for module in MODULES if module != ALL],
    }


async def show(call: Call) -> dict[str, Any]:
    """One module. Refuses `UnknownModule`."""
    module = known(call.request.path_params["module"])
    return _row(module, (await call.caller.read(_locks)).get(module), call.style)


def _locks(query: Query) -> dict[str, Lock]:
    return {lock.module: lock for lock in query.rows(Lock)}


def _row(module: str, x: Lock | None, style: Style) -> dict[str, Any]:
    """A module's lock; one that was never locked is open."""
    name, about = WORDS[module]
    to, first, last = (x.lock_to, x.unlock_from, x.unlock_to) if x else ("", "", "")
    return {
        "module": module,
        "formatted_module": name,
        "description": about,
        "is_enabled": bool(to),
        "is_partial_unlock": bool(first),
        "lock_to_date": midnight(to),
        "formatted_lock_to_date": style.day(to),
        "unlock_from_date": midnight(first),
        "formatted_unlock_from_date": style.day(first),
        "unlock_to_date": midnight(last),
        "formatted_unlock_to_date": style.day(last),
        "lock_reason": x.reason if x and to else None,
        "unlock_reason": x.reason if x and not to else None,
        "partial_unlock_reason": x.unlock_reason if x and first else None,
    }
