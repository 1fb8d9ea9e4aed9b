"""The demonstration company in a database of its own, with two people who may sign in."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from avoir.app.access import CreateTenancy, CreateUser
from avoir.app.organizations import OpenBooks
from avoir.demo.seeding import Seeding
from avoir.faces.access import open_access
from avoir.faces.door import Door, envelope
from avoir.store.database import open_database

PASSWORD = "correct horse battery staple"
ADA, GRACE, STRANGER = "ada@northlight.example", "grace@northlight.example", "eve@elsewhere.example"


class Company(NamedTuple):
    """Where the books are, by which id the world knows them, and the story's invoice and credit note."""

    url: str
    organization: str
    invoice_id: int
    note_id: int
    elsewhere: str  # Another organization, which Ada and Grace do not belong to.


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


def demonstration(url: str) -> Company:
    """Fill an empty database with a year of books."""
    return asyncio.run(_demonstration(url))


async def _demonstration(url: str) -> Company:
    async with office(url) as (door, access):
        seeding = Seeding(door, access, datetime.now(UTC).date())
        opened = await seeding.company()
        scene = await seeding.year()
        hashed = await access.hashed(PASSWORD)
        for email, first, last in ((ADA, "Ada", "Okafor"), (GRACE, "Grace", "Lindqvist")):
            await access.ask(
                CreateUser(
                    tenancy_id=seeding.organization_id, email=email, first_name=first, last_name=last,
                    password_hash=hashed,
                ),
                actor="test",
            )  # fmt: skip
        elsewhere = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="test")
        books = OpenBooks(public_id=elsewhere.public_id, name="Elsewhere", base_currency="EUR")
        await door.ask(envelope(elsewhere.id, books, actor="test", zone=_utc()))
        await access.ask(
            CreateUser(
                tenancy_id=elsewhere.id, email=STRANGER, first_name="Eve", last_name="", password_hash=hashed
            ),
            actor="test",
        )
    return Company(url, opened.public_id, scene.invoice.id, scene.note.id, elsewhere.public_id)


def _utc():
    from zoneinfo import ZoneInfo

    return ZoneInfo("UTC")
