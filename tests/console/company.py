"""The demonstration company in a database of its own, with two people who may sign in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from argon2 import PasswordHasher

from avoir.app.access import CreateTenancy, CreateUser
from avoir.app.approvals import SetApprovalPolicy
from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.disputes import OpenDispute
from avoir.app.invoices import CreateInvoice
from avoir.app.jobs import Piece, StartJob
from avoir.app.organizations import OpenBooks
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundPayment
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.document import Line, Wording
from avoir.core.receiving import Portion
from avoir.core.role import ADMIN_ROLE, STAFF_ROLE
from avoir.demo.seeding import Seeding
from avoir.faces.access import open_access
from avoir.faces.door import Door, envelope
from avoir.store.database import open_database

PASSWORD = "correct horse battery staple"
ADA, GRACE, STRANGER = "ada@northlight.example", "grace@northlight.example", "eve@elsewhere.example"
STAFF = "sam@northlight.example"
"""Who has the role of the staff."""


# Weak on purpose: a good hash takes a quarter of a second, in every test.
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Company(NamedTuple):
    """Where the books are, by which id the world knows them, and the story's invoice and credit note."""

    url: str
    organization: str
    invoice_id: int
    note_id: int
    elsewhere: str  # Another organization, which Ada and Grace do not belong to.
    tenancy_id: int = 0


@asynccontextmanager
async def office(url: str):
    database = open_database(url)
    database.migrate()
    database.close()
    door = Door(url)
    try:
        yield door, await open_access(door, "", 86_400, "http://console")
    finally:
        door.close()


def demonstration(url: str, *, policy: bool = True) -> Company:
    """Fill an empty database with a year of books; without the policy nothing waits for a second person."""
    # In a thread of its own: a browser's driver may have its event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _demonstration(url, policy)).result()


async def _demonstration(url: str, policy: bool) -> Company:
    async with office(url) as (door, access):
        seeding = Seeding(door, access, datetime.now(UTC).date())
        opened = await seeding.company()
        scene = await seeding.year()
        if not policy:
            nobody = SetApprovalPolicy(threshold=Decimal(0))
            await door.ask(envelope(seeding.organization_id, nobody, actor="test", zone=_utc()))
        for email, first, last in ((ADA, "Ada", "Okafor"), (GRACE, "Grace", "Lindqvist")):
            await access.ask(
                CreateUser(
                    tenancy_id=seeding.organization_id, email=email, first_name=first, last_name=last,
                    password_hash=HASHED,
                ),
                actor="test",
            )  # fmt: skip
        elsewhere = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="test")
        books = OpenBooks(public_id=elsewhere.public_id, name="Elsewhere", base_currency="EUR")
        await door.ask(envelope(elsewhere.id, books, actor="test", zone=_utc()))
        await access.ask(
            CreateUser(
                tenancy_id=elsewhere.id, email=STRANGER, first_name="Eve", last_name="", password_hash=HASHED
            ),
            actor="test",
        )
    return Company(url, opened.public_id, scene.invoice.id, scene.note.id, elsewhere.public_id)


def _utc():
    from zoneinfo import ZoneInfo

    return ZoneInfo("UTC")


def small_company(url: str) -> Company:
    """Two invoices of 120.00 to one customer, the first one paid; and the books of somebody else."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _small_company(url)).result()


async def _small_company(url: str) -> Company:
    async with office(url) as (door, access):
        made = []
        for name, currency in (("Northlight", "USD"), ("Elsewhere", "EUR")):
            tenancy = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="test")
            books = OpenBooks(public_id=tenancy.public_id, name=name, base_currency=currency)
            await door.ask(envelope(tenancy.id, books, actor="test", zone=_utc()))
            made.append(tenancy)
        here, elsewhere = made
        for email, tenancy in ((ADA, here), (GRACE, here), (STAFF, here), (STRANGER, elsewhere)):
            await access.ask(
                CreateUser(
                    tenancy_id=tenancy.id, email=email, first_name=email.partition("@")[0].capitalize(),
                    last_name="", password_hash=HASHED, role_id=STAFF_ROLE if email == STAFF else ADMIN_ROLE,
                ),
                actor="test",
            )  # fmt: skip
        for command in _small_year():
            await door.ask(envelope(here.id, command, actor="test", zone=_utc()))
    return Company(url, here.public_id, 1, 0, elsewhere.public_id, here.id)


def _small_year():
    yield CreateTaxRate(name="VAT", code="VAT", percent=Decimal(20))
    yield CreateCustomer(name="=1+1", currency="USD", email="ada@example.com")
    line = Line(Decimal(2), Decimal(50), description="Work", tax_rate_ids=(1,))
    for _ in range(2):
        yield CreateInvoice(
            customer_id=1, issued_on="2026-11-01", due_on="2026-12-01", wording=Wording((line,)), issue=True
        )
    portions = (Portion(1, Decimal(120)),)
    yield ReceivePayment(
        customer_id=1, account_id=1000, received_on="2026-11-02", amount=Decimal(130), portions=portions
    )
    note = Line(Decimal(1), Decimal(30), description="Returned", tax_rate_ids=(1,))
    yield CreateCustomer(name="Somebody else", currency="USD")
    yield ReceivePayment(customer_id=2, account_id=1000, received_on="2026-11-02", amount=Decimal(50))
    yield RefundPayment(payment_id=2, amount=Decimal(3))
    yield OpenDispute(payment_id=2, amount=Decimal(5), reason="Not known")
    yield StartJob(
        kind="refund_invoices",
        name="Nobody's",
        pieces=(Piece("INV-00001", "1"),),
        asked='{"where": "original"}',
    )
    yield CreateCreditNote(customer_id=1, issued_on="2026-11-03", wording=Wording((note,)), issue=False)
