"""Opening an organization's books."""

from collections.abc import Iterator
from typing import Any

from avoir.core.account import CHART, Account
from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.entity import open_entity
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import Counters, Organization
from avoir.core.row import Row, changed
from avoir.core.settings import CREDIT_RATES, DISCOUNT_TIMINGS, choice

FIRST_ITEM = 1000
"""Contract B's clients know items by ids from here on."""

FIRST_BRANCH_CODE = "10001"


class AlreadyBuilt(Refusal):
    """The organization's books are open already."""

    code, kind = "organization_already_built", Kind.CONFLICT


class OpenBooks(Command, frozen=True, kw_only=True):
    """Open the books: one entity, its number series, a primary branch, the chart of accounts."""

    OPENS = True
    ANSWER = Organization
    public_id: str
    name: str
    base_currency: str
    timezone: str = "UTC"
    language: str = "en"
    fiscal_year: str = "january"
    date_format: str = "DD MMM YYYY"
    discount_timing: str = DISCOUNT_TIMINGS[0]
    details: str = "{}"

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Organization, ()

    def decide(self, desk: Desk) -> Organization:
        """Refuses `AlreadyBuilt`, `UnknownCurrency`, `UnknownSetting`."""
        if desk.find(Organization) is not None:
            raise AlreadyBuilt("the organization's books are open already")
        exponent(self.base_currency)
        zeros = dict.fromkeys(Counters.__struct_fields__, 0) | {"organization_id": desk.organization_id}
        counters = Counters(**zeros)
        desk.add(changed(counters, last_account=CHART[-1][0], last_item=FIRST_ITEM - 1))
        organization = desk.add(
            Organization(
                organization_id=desk.organization_id,
                public_id=self.public_id,
                name=self.name,
                timezone=self.timezone,
                language=self.language,
                date_format=self.date_format,
                fiscal_year=self.fiscal_year,
                discount_timing=choice(self.discount_timing, DISCOUNT_TIMINGS, "discountTiming"),
                write_off_tax=1,
                credit_rate=CREDIT_RATES[0],
                branch_required=0,
                terms_days=30,
                details=self.details,
                created_at=desk.now,
            )
        )
        open_entity(desk, self.name, self.base_currency, branch_code=FIRST_BRANCH_CODE)
        _open_accounts(desk, self.base_currency)
        desk.tell("organization.built", organization)
        return organization


def _open_accounts(desk: Desk, currency: str) -> None:
    for id, name, slug, code, type_, predefined, role in CHART:
        desk.add(
            Account(
                organization_id=desk.organization_id,
                id=id,
                name=name,
                slug=slug,
                code=code,
                type=type_,
                role=role,
                currency=currency,
                parent_id=None,
                description="",
                active=1,
                predefined=predefined,
                created_at=desk.now,
            )
        )
