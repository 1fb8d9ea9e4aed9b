"""What is measured on: one organization with credit notes to refund, and the check that nothing was lost."""

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from avoir.app.access import SignUp
from avoir.app.clerk import Clerk
from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.organizations import OpenBooks
from avoir.app.refunds import RefundCreditNote
from avoir.core.command import Ask, Command
from avoir.core.document import Line, Wording
from avoir.faces.door import envelope
from avoir.store.books import Books
from avoir.store.database import open_database

NOTES = 4096
NOTE = Decimal(1_000_000)
PIECE = Decimal("0.01")
ACCOUNTS = (1000, 1001, 1002, 1003)
DAY = "2026-11-20"
UTC = ZoneInfo("UTC")
AT_ONCE = 256


class Ground(NamedTuple):
    """The organization that refunds are asked of; its credit notes are numbered from 1 to `NOTES`."""

    organization_id: int
    public_id: str

    def ask(self, command: Command) -> Ask:
        """A command in a fresh envelope, as a face makes it, under a key as clients make them."""
        key = f"{random.getrandbits(128):032x}"
        return envelope(self.organization_id, command, actor="user:1 key:1", zone=UTC, key=key)

    def spread(self) -> Iterator[Ask]:
        """Refunds of any note, out of one account after another."""
        accounts = itertools.cycle(ACCOUNTS)
        while True:
            yield self.refund(1 + int(random.random() * NOTES), next(accounts))

    def hot(self) -> Iterator[Ask]:
        """Refunds of one note, all out of one bank account."""
        while True:
            yield self.refund(1, ACCOUNTS[0])

    def refund(self, note: int, account: int) -> Ask:
        """Pay a cent of a note out of an account."""
        return self.ask(
            RefundCreditNote(credit_note_id=note, account_id=account, amount=PIECE, refunded_on=DAY)
        )


SHAPES: dict[str, Callable[[Ground], Iterator[Ask]]] = {"spread": Ground.spread, "hot": Ground.hot}


def prepare(url: str, *, public_id: str = "bench", notes: int = NOTES) -> Ground:
    """Make an organization's books, in a new database or beside others, and the notes in them."""
    database = open_database(url)
    database.migrate()
    clerk = Clerk(Books(database), lambda _: None)
    signed = _record(clerk, [envelope(0, sign_up(public_id), actor="bench", zone=UTC)])[0]
    ground = Ground(signed.tenancy_id, signed.public_id)
    opening = OpenBooks(public_id=signed.public_id, name="Bench", base_currency="USD")
    _record(clerk, [ground.ask(opening)])
    _record(clerk, [ground.ask(CreateCustomer(name="Customer", currency="USD"))])
    for first in range(0, notes, AT_ONCE):
        _record(clerk, [ground.ask(NEW_NOTE) for _ in range(min(AT_ONCE, notes - first))])
    clerk.close()
    return ground


def sign_up(public_id: str) -> SignUp:
    """Somebody with an organization of that name."""
    return SignUp(
        email=f"{public_id}@example.com", first_name="B", last_name="B", password_hash="", public_id=public_id
    )


NEW_NOTE = CreateCreditNote(
    customer_id=1, issued_on="2026-11-01", issue=True, wording=Wording((Line(Decimal(1), NOTE),))
)


def _record(clerk: Clerk, asks: list[Ask]) -> list[Any]:
    outs = clerk.record(asks)
    for out in outs:
        if isinstance(out, BaseException):
            raise out
    return outs


class WrongTotals(Exception):
    """The books do not hold exactly what was acknowledged: the measurement is worth nothing."""


def prove(url: str, ground: Ground, acknowledged: int, *, at_most: int | None = None) -> None:
    """The books hold the acknowledged refunds, exactly, in every place that says so. Raises `WrongTotals`.

    `at_most` is how many there may be where some were asked for and nobody waited for the answer.
    """
    with contextlib.closing(open_database(url, reading=True)) as database:
        found = {
            name: int(database.all(sql, {"o": ground.organization_id})[0][0]) for name, sql in PROOFS.items()
        }
    most = acknowledged if at_most is None else at_most
    if len(set(found.values())) != 1 or not acknowledged <= found["refunds"] <= most:
        raise WrongTotals(f"{acknowledged} refunds were acknowledged, but the books hold {found}")


# Each counts refunds, since each was of one cent.
PROOFS = {
    "refunds": "SELECT count(*) FROM refunds WHERE organization_id = :o",
    "notes": "SELECT CAST(sum(refunded_minor) AS BIGINT) FROM credit_notes WHERE organization_id = :o",
    "entries": """SELECT count(*) FROM journal_entries
        WHERE organization_id = :o AND event = 'refund_by_bank'""",
    "lines": """SELECT CAST(sum(l.credit_minor) AS BIGINT) FROM journal_lines AS l
        JOIN journal_entries AS e ON e.organization_id = l.organization_id AND e.id = l.entry_id
        WHERE l.organization_id = :o AND e.event = 'refund_by_bank'""",
    "balances": """SELECT CAST(sum(credit_minor) AS BIGINT) FROM balances
        WHERE organization_id = :o AND account_id BETWEEN 1000 AND 1003""",
    "events": "SELECT count(*) FROM events WHERE organization_id = :o AND topic = 'refund.settled'",
    "numbers": """SELECT next_number - 1 FROM series WHERE organization_id = :o AND kind = 'refund'""",
}
