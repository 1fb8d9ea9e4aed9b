"""Books to read in: a company's year by the law, and years before it written as the store writes them."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from starlette.applications import Starlette

from avoir.app.access import CreateClient, CreateTenancy, CreateUser, GenerateApiKey
from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import CreateInvoice
from avoir.app.journals import CreateJournal
from avoir.app.organizations import OpenBooks
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundInvoice
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.books import KINDS
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote, CreditNoteLine
from avoir.core.crediting import NothingToCredit
from avoir.core.document import Line, Wording
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.manual_journal import JournalSide
from avoir.core.organization import Counters
from avoir.core.receiving import Portion
from avoir.core.row import Row
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from avoir.store.database import is_sqlite, open_database
from avoir.store.protocol import Batch
from bench.asked import Asker
from bench.loading import SUMS, loading, numbered, summed, written

INVOICES, CUSTOMERS, BATCH, CREDITED_EACH = 10_000, 500, 500, 5
IN_MONTH, MONTH = 2_000, "2024-06"
"""So many credit notes are of the month that is looked at, and nothing else is."""
NOTES, LINES, FIRST_YEAR, YEARS = 100_000, 1_000_000, 2019, 5
ONE_DOLLAR = (Shape(gross=Decimal(1)),)
EMAIL = "bench@avoir.example"


class Books(NamedTuple):
    """An organization, and those who may ask of it: a person, a key, a client."""

    organization_id: int
    public_id: str
    session: str
    key: str
    token: str

    def console(self, app: Starlette) -> Asker:
        """A person with a browser."""
        return Asker(app, "cookie", f"avoir-session={self.session}")

    def rest(self, app: Starlette) -> Asker:
        """A client of contract B."""
        return Asker(app, "authorization", f"Bearer {self.key}")

    def graphql(self, app: Starlette) -> Asker:
        """A client of contract A."""
        return Asker(app, "authorization", f"Bearer {self.token}")


async def filled(app: Starlette) -> Books:
    """A company with 500 customers and 10,000 invoices, most paid, some given back; and those who ask."""
    access, door = app.state.access, app.state.door
    tenancy = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="bench")

    async def ask(*commands: Command) -> list[Any]:
        asks = (envelope(tenancy.id, each, actor="bench", zone=UTC_ZONE) for each in commands)
        said = await asyncio.gather(*map(door.ask, asks), return_exceptions=True)
        # Of some invoices all was given back already.
        if problems := [
            x for x in said if isinstance(x, BaseException) and not isinstance(x, NothingToCredit)
        ]:
            raise problems[0]
        return said

    await ask(OpenBooks(public_id=tenancy.public_id, name="Bench", base_currency="USD"))
    await ask(CreateTaxRate(name="VAT", code="VAT", percent=Decimal(20)))
    await ask(*(CreateCustomer(name=f"Customer {i}", currency="USD") for i in range(CUSTOMERS)))
    for first in range(0, IN_MONTH, BATCH):
        await ask(*map(_note, range(first, first + BATCH)))
    chance, today = random.Random(1), datetime.now(UTC).date()
    for _ in range(INVOICES // BATCH):
        invoices = await ask(*_bills(chance, today))
        settled = [each for each in invoices if chance.random() < 0.6]
        await ask(*(_paid(each, today) for each in settled))
        given = [each for each in settled if chance.random() < 0.2]
        await ask(*(RefundInvoice(invoice_id=each.id, account_id=1000) for each in given))
        credited = [each.id for each in invoices if each.id % CREDITED_EACH == 1]
        await ask(*(CreditInvoice(invoice_id=id, shapes=ONE_DOLLAR) for id in credited))
    sides = (JournalSide(account_id=1000, debit=Decimal(1)), JournalSide(account_id=1021, credit=Decimal(1)))
    await ask(CreateJournal(journal_on=f"{FIRST_YEAR}-01-01", sides=sides, publish=True))
    return await known(app, tenancy.id, tenancy.public_id)


async def known(app: Starlette, organization: int, public_id: str) -> Books:
    """Those who may ask of an organization, made now."""
    access = app.state.access
    user = await access.ask(
        CreateUser(tenancy_id=organization, email=EMAIL, first_name="", last_name="", password_hash=""),
        actor="bench",
    )
    key = access.new_secret("bc_", 96)
    await access.ask(
        GenerateApiKey(
            tenancy_id=organization, user_id=0, name="", prefix=key[:8], digest=access.digest(key)
        ),
        actor="bench",
    )
    client = await access.ask(
        CreateClient(
            tenancy_id=organization, client_id="bench", name="Bench", secret_digest="x",
            scopes="billing:read standard:read",
        ),
        actor="bench",
    )  # fmt: skip
    token = access.client_token(client, client.scopes)
    return Books(organization, public_id, access.sign_in_token(user), key, token)


def _note(number: int) -> Command:
    return CreateCreditNote(
        customer_id=1 + number % CUSTOMERS,
        issued_on=f"{MONTH}-{1 + number % 28:02d}",
        issue=True,
        wording=Wording((Line(Decimal(2), Decimal(number % 900 + 1), description="Work back"),)),
    )


def _bills(chance: random.Random, today: date) -> Iterator[Command]:
    """A batch of invoices of the last year."""
    for _ in range(BATCH):
        price = Decimal(chance.randint(1000, 90_000)) / 100
        line = Line(Decimal(chance.randint(1, 5)), price, description="Work", tax_rate_ids=(1,))
        yield CreateInvoice(
            customer_id=chance.randint(1, CUSTOMERS),
            issued_on=(today - timedelta(days=chance.randint(0, 360))).isoformat(),
            wording=Wording((line,)),
            issue=True,
        )


def _paid(invoice: Invoice, today: date) -> Command:
    return ReceivePayment(
        customer_id=invoice.customer_id,
        account_id=1000,
        received_on=today.isoformat(),
        portions=(Portion(invoice.id),),
        amount=Decimal(invoice.total_minor) / 100,
    )


def copied(url: str, to: str) -> None:
    """The same books in a new database of either engine: every row, by its store's own statements."""
    with closing(open_database(url, reading=True)) as source, closing(open_database(to)) as target:
        target.migrate()
        # The directory's, which every database has from the start.
        target.execute([f"DELETE FROM {Counters.TABLE}"])
        found = ((kind, source.all(_all(kind))) for kind in KINDS)
        target.begin()
        target.commit(Batch([[kind(*row) for row in rows] for kind, rows in found if rows], [], []))
        if not is_sqlite(to):
            # As autovacuum does it some minutes after so much was written: without it no plan is a good one.
            target.db.execute("VACUUM ANALYZE")  # type: ignore[attr-defined]


def _all(kind: type[Row]) -> str:
    return f"SELECT {', '.join(kind.__struct_fields__)} FROM {kind.TABLE}"


def grow(url: str, organization: int) -> None:
    """Up to 100,000 credit notes, and a million more lines of five years before. No server may be at it."""
    kinds = (CreditNote, CreditNoteLine, JournalLine, JournalEntry, Counters, *SUMS)
    with loading(url, kinds) as run:
        ((entry, note, line),) = run(
            "SELECT last_entry, last_credit_note, last_line FROM counters"
            f" WHERE organization_id = {organization}"
        )
        for sql in (
            *_notes(organization, note, line, NOTES - note),
            *_entries(organization, entry, LINES // 2),
        ):
            run(sql)


def _notes(organization: int, last: int, last_line: int, more: int) -> Iterator[str]:
    """Copies of the first credit note under their own numbers."""
    day = f"'2024-' || {_two('1 + i % 12')} || '-' || {_two('1 + i % 28')}"
    own = {
        "id": f"{last} + i", "uuid": "'copy-' || CAST(i AS TEXT)", "number": "'CN-COPY-' || CAST(i AS TEXT)",
        "sequence": f"{last} + i", "customer_id": f"1 + i % {CUSTOMERS}", "issued_on": day,
        "created_at": f"{day} || 'T12:00:00.000Z'", "updated_at": f"{day} || 'T12:00:00.000Z'",
    }  # fmt: skip
    yield _copied(organization, CreditNote, more, own, "t.id = 1")
    of_line = {"credit_note_id": f"{last} + i", "id": f"{last_line} + i"}
    yield _copied(organization, CreditNoteLine, more, of_line, "t.credit_note_id = 1")
    yield f"""UPDATE counters SET last_credit_note = {last + more}, last_line = {last_line + more}
        WHERE organization_id = {organization}"""


def _copied(organization: int, kind: type[Row], times: int, own: dict[str, str], which: str) -> str:
    columns = ", ".join(own.get(name, f"t.{name}") for name in kind.__struct_fields__)
    return f"""INSERT INTO {kind.TABLE} WITH RECURSIVE {numbered(1, times)}
        SELECT {columns} FROM n CROSS JOIN {kind.TABLE} AS t
        WHERE t.organization_id = {organization} AND {which}"""


def _entries(organization: int, last: int, entries: int) -> Iterator[str]:
    """Entries of two lines each, over forty accounts and five years; and the balances of them all."""
    debited, credited, minor = range(9_000_000_000_000_001, 9_000_000_000_000_004)
    entry = 9_000_000_000_000_000
    marks: dict[int | str, str] = {
        entry: f"({last} + i)", debited: "(1000 + i % 37)", credited: "(1000 + (i + 7) % 37)",
        minor: "(100 + i % 9000)", "<year>": f"({FIRST_YEAR} + i % {YEARS})",
        "<month>": _two(f"1 + i / {YEARS} % 12"), "<day>": _two(f"1 + i / {YEARS * 12} % 28"),
    }  # fmt: skip
    on, at = "<year>-<month>-<day>", "2026-01-01T00:00:00.000Z"
    source = f"WITH RECURSIVE {numbered(1, entries)} SELECT {{columns}} FROM n"
    sides = [
        JournalLine(organization, entry, 1, 1, debited, None, None, None, "USD", on, minor, 0, minor, 0),
        JournalLine(organization, entry, 2, 1, credited, None, None, None, "USD", on, 0, minor, 0, minor),
    ]
    head = JournalEntry(organization, entry, 1, "manual_journal", "manual_journal", 1, on, None, "bench", at)
    yield written(sides, marks, source)
    yield written([head], marks, source)
    yield f"UPDATE counters SET last_entry = {last + entries} WHERE organization_id = {organization}"
    yield from summed(organization, last + 1, last + entries)


def _two(number: str) -> str:
    """A number as two digits, in both databases' SQL."""
    return f"(CASE WHEN {number} < 10 THEN '0' ELSE '' END || CAST({number} AS TEXT))"
