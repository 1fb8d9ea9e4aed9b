"""What holds of every command there is: in a closed month, and under a clock that goes backwards."""

import copy
from datetime import datetime, timedelta

import msgspec
import pytest

from avoir.app.approvals import ApproveRefund
from avoir.app.locks import CancelLock, LockPeriod
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises, broken_replays
from avoir.app.seals import SealEntries
from avoir.core.command import Command
from avoir.core.errors import Refusal
from avoir.core.journal import JournalEntry
from tests.invariants import hold
from tests.law.everything import from_before, from_the_till, hanging, office, paying, telling, writing
from tests.ledger import NOW, Company, Ledger, Paper, ask_of

LAST = "2027-06-30"
"""The last day of the lock: after whatever the commands are dated."""


def everything() -> list[Command]:
    """Every command of the books, in an order in which none of them is refused."""
    stories = (office, writing, paying, from_before, telling, from_the_till, hanging)
    return [command for story in stories for command in story()]


def asked(company: Company, command: Command, now: str = NOW):
    """What comes of a command; what the first person asked for a second one approves."""
    actor = "user:2" if isinstance(command, ApproveRefund) else "user:1"
    ask = msgspec.structs.replace(ask_of(company.organization_id, command, actor=actor), now=now)
    return company.record(ask)[0]


def test_no_command_posts_into_a_closed_month():
    paper, into, after = Paper(), [], set[str]()
    for command in everything():
        locked = copy.copy(paper)
        locked.desk = copy.deepcopy(paper.desk)
        locked.ask(LockPeriod(module="all", lock_to=LAST))
        known = {entry.id for entry in locked.rows(JournalEntry)}
        outcome = asked(locked, command)
        assert isinstance(outcome, Refusal) or not isinstance(outcome, BaseException), (command, outcome)
        if not isinstance(command, CancelLock):
            posted = [entry for entry in locked.rows(JournalEntry) if entry.id not in known]
            into += [(command, entry) for entry in posted if entry.booked_on <= LAST]
            after |= {type(command).__name__ for _ in posted}
        outcome = asked(paper, command)
        assert not isinstance(outcome, BaseException), (command, outcome)
    assert into == []
    # What is undone is posted on the first open day: the test sees entries, and not refusals alone.
    assert len(after) >= 3, after


@pytest.fixture
def ledger(url: str):
    ledger = Ledger(url)
    yield ledger
    ledger.close()


def test_the_books_hold_under_a_clock_that_goes_backwards(ledger):
    """A server's clock is set back, or another server's is behind: numbers and events follow the commits."""
    now = datetime.fromisoformat(NOW)
    # The seal of the story has hashes of nothing.
    commands = [each for each in everything() if not isinstance(each, SealEntries)]
    for n, command in enumerate(commands):
        at = (now - timedelta(minutes=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        outcome = asked(ledger, command, at)
        assert isinstance(outcome, Refusal) or not isinstance(outcome, BaseException), (command, outcome)
    hold(ledger)
    query = Query(ledger.database, ledger.organization_id)
    assert [*broken_promises(query), *broken_replays(query)] == []
