"""Writing the demonstration company's books, through the very commands that the faces ask."""

import asyncio
import random
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from avoir.app.access import CreateClient, CreateTenancy, CreateUser, GenerateApiKey
from avoir.app.approvals import SetApprovalPolicy
from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import WriteOffInvoice
from avoir.app.items import CreateItem
from avoir.app.organizations import OpenBooks
from avoir.app.reads.console_views import PREFIX
from avoir.app.refunds import ReverseRefund
from avoir.app.tax_rates import CreateTaxRate
from avoir.app.views import CreateView
from avoir.core.access import User
from avoir.core.command import Ask, Command, uuid_seed
from avoir.core.organization import Organization
from avoir.demo import catalog
from avoir.demo.calls import SCOPES, Credentials
from avoir.demo.story import Scene
from avoir.demo.year import SEED, Step, Year
from avoir.faces.access import Access
from avoir.faces.door import Door, envelope

ACTOR, EMAIL = "demo", "demo@avoir.example"
STAFF = (("Mara", "Ionescu", "mara@avoir.example"), ("Jonas", "Weber", "jonas@avoir.example"))
"""Who keeps the books, and who looks after the settings and what is out of the ordinary."""
OF_THE_SECOND = (
    CreateDisputeReason, CreateItem, CreateTaxRate, ReverseRefund, SetApprovalPolicy, SetExchangeRate,
    SetGateway, WriteOffInvoice,
)  # fmt: skip
ZONE = ZoneInfo("UTC")


class Seeding:
    """Fills a new organization with a year of books that ends `today`."""

    def __init__(self, door: Door, access: Access, today: date) -> None:
        self.door, self.access, self.today = door, access, today
        self.random = random.Random(SEED)  # noqa: S311 - uuids that are the same each time.
        self.organization_id = 0
        self.asked = 0
        self.staff: list[str] = []

    async def company(self) -> Organization:
        """Open the books."""
        public_id = self.access.new_secret("", 16)
        tenancy = await self.access.ask(CreateTenancy(public_id=public_id), actor=ACTOR)
        self.organization_id = tenancy.id
        opened: Organization = await self.door.ask(
            envelope(
                tenancy.id,
                OpenBooks(public_id=public_id, name=catalog.NAME, base_currency=catalog.BASE),
                actor=ACTOR,
                zone=ZONE,
            )
        )
        # Nobody knows their password: whoever watches comes in as somebody else.
        unknown = await self.access.hashed(secrets.token_urlsafe())
        for first, last, email in STAFF:
            self.staff.append(f"user:{await self._person(first, last, email, unknown)}")
        return opened

    async def _person(self, first: str, last: str, email: str, password_hash: str) -> int:
        user: User = await self.access.ask(
            CreateUser(
                tenancy_id=self.organization_id, email=email, first_name=first, last_name=last,
                password_hash=password_hash,
            ),
            actor=ACTOR,
        )  # fmt: skip
        return user.id

    async def year(self) -> Scene:
        """Everything that happened in the year, the documents of the story included."""
        year, scene = Year(self.today), Scene()
        scene.prepare(year)
        await self._ask_all(year, [Step(0, command, _nothing) for command in _basics()])
        for steps in year.weeks():
            await self._ask_all(year, steps)
        return scene

    async def credentials(self, public_id: str) -> Credentials:
        """A person, a client and a key, each with a secret of its own."""
        access, tenancy = self.access, self.organization_id
        password, key, secret = (
            secrets.token_urlsafe(9),
            access.new_secret("bc_", 96),
            access.new_secret("", 64),
        )
        user_id = await self._person("Nora", "Vance", EMAIL, await access.hashed(password))
        await access.ask(
            GenerateApiKey(
                tenancy_id=tenancy,
                user_id=user_id,
                name="Demonstration",
                prefix=key[:8],
                digest=access.digest(key),
            ),
            actor=ACTOR,
        )
        client = await access.ask(
            CreateClient(
                tenancy_id=tenancy,
                client_id=access.new_secret("", 32),
                name="Demonstration",
                secret_digest=access.digest(secret),
                scopes=SCOPES,
            ),
            actor=ACTOR,
        )
        return Credentials(public_id, client.client_id, secret, key, EMAIL, password)

    async def _ask_all(self, year: Year, steps: Sequence[Step]) -> None:
        """Ask the commands of a week together: they are decided in this order, and written as one batch."""
        asks = [self._on(year.on(step.day), step.command) for step in steps]
        outcomes = await asyncio.gather(*(self.door.ask(ask) for ask in asks))
        for step, outcome in zip(steps, outcomes, strict=True):
            step.then(outcome)

    def _on(self, day: str, command: Command) -> Ask:
        """The command as if it were asked on that day: in office hours, one after the other."""
        self.asked += 1
        opening = datetime.combine(date.fromisoformat(day), time(9), UTC)
        now = opening + timedelta(seconds=7 * (self.asked % 4000))
        actor = self.staff[isinstance(command, OF_THE_SECOND)]
        asked = envelope(self.organization_id, command, actor=actor, zone=ZONE)
        return msgspec.structs.replace(
            asked,
            today=day,
            now=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            seed=uuid_seed(int(now.timestamp()) * 1000, self.random.randbytes(10)),
        )


def _basics() -> Iterable[Command]:
    """Taxes, wares, dispute reasons, customers (their ids are their places), the gateway, kept views."""
    for name, code, percent, compound in catalog.TAX_RATES:
        yield CreateTaxRate(name=name, code=code, percent=percent, is_compound=compound)
    for ware in catalog.WARES:
        yield CreateItem(name=ware.name, price=ware.price)
    for reason in catalog.DISPUTE_REASONS:
        yield CreateDisputeReason(name=reason)
    yield SetGateway(name=catalog.GATEWAY, account_id=catalog.CLEARING)
    for name, room, conditions in catalog.VIEWS:
        yield CreateView(name=name, object=PREFIX + room, conditions=conditions)
    for name, currency in catalog.CUSTOMERS:
        yield CreateCustomer(name=name, currency=currency, email=_email(name))


def _email(name: str) -> str:
    letters = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    return f"billing@{letters}.example"


def _nothing(outcome: object) -> None:
    """Nothing comes of it."""
