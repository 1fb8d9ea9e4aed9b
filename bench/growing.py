"""Ten years of refunds of one organization, as the store would have written them, but without the law."""

from datetime import date, timedelta
from typing import Any

from avoir.core.credit_note import CreditNote
from avoir.core.event import change
from avoir.core.journal import Answer, Event, JournalEntry, JournalLine
from avoir.core.organization import Counters, Series
from avoir.core.refund import SETTLED, Refund
from avoir.core.row import Row
from bench.ground import NOTES, Ground
from bench.loading import SUMS, Run, loading, numbered, summed, written

GROWN = (Refund, JournalLine, JournalEntry, Event, Answer, CreditNote, Counters, Series, *SUMS)
AT_ONCE = 250_000
DAYS = 3650
FIRST_DAY, MONTH = date(2016, 1, 1), date(2026, 10, 1)
IN_MONTH = 2000
"""So many refunds are in the month that is looked at, at every size: the first ones; others are before it."""
RECEIVABLE = 1006

ID, ENTRY, EVENT, NOTE, ACCOUNT = range(9_000_000_000_000_001, 9_000_000_000_000_006)
"""Numbers that no row has, each in the place of another."""
HASHED = "4294967296 + i * 2654435761 % 4294967296"
"""Keys come in no order: ten digits, of a multiple of the golden ratio."""
PADDED = (
    "CASE WHEN i < 99999 THEN substr('00000' || (i + 1), length('' || (i + 1)) + 1) ELSE '' || (i + 1) END"
)
ON_DAY = f"d.d = CASE WHEN i < {IN_MONTH} THEN {DAYS} + i % 31 ELSE i % {DAYS} END"


def refund_of(o: int) -> tuple[list[Row], ...]:
    """The rows of a refund of a cent, with marks for what differs; each list is of one table."""
    at = "<day>T12:00:00.000Z"
    refund = Refund(
        o, ID, f"{o:08x}-0000-7000-8000-<serial>", 1, 1, None, NOTE, None, None, None,
        "RF-<number>", ID, "bank", SETTLED, ACCOUNT, "USD", 10**9, 1, 1, 1, "<day>", "<month>", "",
        "Returned",
        "user:1 key:1", at, at, entry_id=ENTRY, settled_entry_id=ENTRY,
    )  # fmt: skip
    return (
        [refund],
        [
            JournalLine(o, ENTRY, 1, 1, RECEIVABLE, 1, None, None, "USD", "<day>", 1, 0, 1, 0),
            JournalLine(o, ENTRY, 2, 1, ACCOUNT, None, None, None, "USD", "<day>", 0, 1, 0, 1),
        ],
        [JournalEntry(o, ENTRY, 1, "refund_by_bank", "refund", ID, "<day>", None, "user:1 key:1", at)],
        [Event(o, EVENT, "refund.settled", "refund", ID, "user:1 key:1", change(None, refund), at)],
        [Answer(o, "<hashed>-4000-8000-0000-0000000000", "<hashed>" * 4, f"@{EVENT}", at)],
    )


def grow(url: str, ground: Ground, already: int, refunds: int) -> None:
    """Write refunds that were made years ago, until there are so many; nobody may be at the database."""
    o, more = ground.organization_id, refunds - already
    with loading(url, GROWN) as run:
        _days(run)
        ((refund, entry, event),) = run(
            f"SELECT last_refund, last_entry, last_event FROM counters WHERE organization_id = {o}"
        )
        marks: dict[int | str, str] = {
            ID: "(i + 1)", ENTRY: f"({entry - refund + 1} + i)", EVENT: f"({event - refund + 1} + i)",
            NOTE: f"(1 + i % {NOTES})", ACCOUNT: "(1000 + i % 4)", "<serial>": "(100000000000 + i)",
            "<number>": f"({PADDED})", "<hashed>": f"({HASHED})", "<day>": "day",
            "<month>": "substr(day, 1, 7)",
        }  # fmt: skip
        for first in range(already, refunds, AT_ONCE):
            last = min(first + AT_ONCE, refunds) - 1
            source = f"""WITH RECURSIVE {numbered(first, last)},
                m AS (SELECT i, d.day FROM n CROSS JOIN days AS d WHERE {ON_DAY}) SELECT {{columns}} FROM m"""
            for rows in refund_of(o):
                run(written(rows, marks, source))
            for sql in summed(o, entry - refund + 1 + first, entry - refund + 1 + last):
                run(sql)
        run(f"""UPDATE counters SET last_refund = last_refund + {more}, last_entry = last_entry + {more},
            last_event = last_event + {more} WHERE organization_id = {o}""")
        run(f"""UPDATE series SET next_number = next_number + {more}
            WHERE organization_id = {o} AND kind = 'refund'""")
        # Of so many refunds, one after the other of each note.
        taken = " - ".join(f"({n} - (id - 1) + {NOTES - 1}) / {NOTES}" for n in (refunds, already))
        run(f"""UPDATE credit_notes SET refunded_minor = refunded_minor + {taken},
            base_used_minor = base_used_minor + {taken} WHERE organization_id = {o} AND id <= {NOTES}""")


def _days(run: Run) -> None:
    """Every day by its number: first those of the years, then those of the month that is looked at."""
    years: list[Any] = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
    month = [MONTH + timedelta(days=n) for n in range(31)]
    run("CREATE TEMP TABLE days (d INTEGER PRIMARY KEY, day TEXT NOT NULL)")
    days = ", ".join(f"({n}, '{day}')" for n, day in enumerate(years + month))
    run(f"INSERT INTO days VALUES {days}")
