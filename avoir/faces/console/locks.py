"""Period locks: closing the books up to a day, opening a window in them, opening them again."""

from starlette.responses import Response

from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially
from avoir.app.reads import console_settings
from avoir.core.lock import MODULES
from avoir.faces.console.books import REPORTS
from avoir.faces.console.forms import BadField
from avoir.faces.console.visit import Visit


async def show(visit: Visit) -> Response:
    """Every lock, and what can be done with it."""
    locks = await visit.caller.read(console_settings.locks)
    return visit.page("locks.html", locks=locks, modules=MODULES, reports=REPORTS, slug="locks")


async def submit(visit: Visit) -> Response:
    """One of the four, by the button. Refuses what the commands refuse."""
    form = visit.form
    module, reason = form.text("module"), form.text("reason")
    match form.text("do"):
        case "lock":
            await visit.ask(LockPeriod(module=module, lock_to=form.text("to"), reason=reason))
        case "open":
            await visit.ask(CancelLock(module=module, reason=reason))
        case "window":
            since, until = form.text("from"), form.text("until")
            await visit.ask(UnlockPartially(module=module, unlock_from=since, unlock_to=until, reason=reason))
        case "close":
            await visit.ask(CancelPartialUnlock(module=module, reason=reason))
        case _:
            raise BadField("do", "Say what is to be done with the lock")
    return visit.go("/books/locks", "locks_changed")
