"""Opening an organization's books, and what it is (rest.md, section 1)."""

import re
from datetime import tzinfo
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import msgspec
from babel import Locale

from avoir.app.entities import EditEntity
from avoir.app.organizations import OpenBooks
from avoir.app.reads import directory
from avoir.app.reads.organization import Setup
from avoir.app.reads.query import Query
from avoir.app.settings import ChangeSettings
from avoir.core.access import DIRECTORY
from avoir.core.document import AFTER_TAX
from avoir.core.errors import NotFound
from avoir.core.organization import Counters
from avoir.core.text import SHORT
from avoir.core.together import Together
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from avoir.faces.render import is_currency, is_date_format, spelled
from avoir.faces.rest.attachments import signed
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Field, Rule, camel
from avoir.faces.rest.kinds import choice, text

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# CLDR's territories are ISO 3166's and these.
_NO_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)


DATE_FORMATS = (
    "MM/DD/YY", "DD/MM/YY", "YY/MM/DD", "MM/DD/yyyy", "DD/MM/yyyy", "yyyy/MM/DD", "DD MMM YYYY",
    "DD MMMM YYYY", "MMMM DD, YYYY",
)  # fmt: skip
"""What forms offer."""


@cache
def _countries() -> frozenset[str]:
    territories = map(str, Locale("en").territories)
    return frozenset(code for code in territories if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


BUILD = Body(
    text("name"),
    text("industry", optional=True),
    choice(
        "location",
        lambda code: code.upper() in _countries(),
        rule="isISO31661Alpha2",
        says="must be a country of ISO 3166 (two letters)",
    ),
    choice("baseCurrency", is_currency, rule="isISO4217CurrencyCode", says="must be a currency of ISO 4217"),
    choice("timezone", lambda zone: zone in _zones(), says="must be a time zone of the IANA database"),
    choice("fiscalYear", MONTHS),
    choice("language", ("en", "ar")),
    choice(
        "dateFormat",
        is_date_format,
        says="must be made of YYYY, MM, MMM, DD and the like",
        optional=True,
        default="DD MMM YYYY",
    ),
)


ADDRESS = {
    "address1": "address_1", "address2": "address_2", "postalCode": "postal_code", "city": "city",
    "stateProvince": "state_province", "phone": "phone",
}  # fmt: skip
"""The parts of an address: as they are sent, and as they are told."""
_COLOUR = re.compile(r"#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def _address(value: Any, zone: tzinfo) -> Any:
    if not isinstance(value, dict):
        return value
    given = {ADDRESS.get(camel(str(name)), ""): text for name, text in value.items()}
    return {name: given.get(name) or "" for name in ADDRESS.values()}


def _is_address(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(x, str) and len(x) <= SHORT and "\0" not in x for x in value.values()
    )


EDIT = Body(
    *(field._replace(optional=True, default=None) for field in BUILD.fields),
    text("taxNumber", optional=True)._replace(default=None),
    Field("address", _address, (Rule("isObject", "must be an object of texts", _is_address),), True),
    choice(
        "primaryColor",
        lambda x: bool(_COLOUR.fullmatch(x)),
        rule="isHexColor",
        says="must be a colour: #1a2b3c",
        optional=True,
    ),
    text("logoKey", optional=True, most=255)._replace(default=None),
)

LOCKING = (
    ("last_invoice", "SaleInvoice", "SaleInvoices"),
    ("last_credit_note", "CreditNote", "CreditNotes"),
    ("last_payment", "PaymentReceive", "PaymentReceives"),
    ("last_journal", "ManualJournal", "ManualJournals"),
)
"""What keeps the base currency from being changed: the counter, and what contract B calls it."""


async def edit(call: Call) -> dict[str, Any]:
    """Change what an organization is, all of it or nothing. Refuses what `EditEntity` refuses."""
    form = call.form
    said = {
        "industry": form["industry"],
        "location": form["location"] and form["location"].upper(),
        "address": form["address"],
        "primary_color": form["primaryColor"],
        "logo_key": form["logoKey"],
    }
    details = {name: value for name, value in said.items() if value is not None}
    settings = ChangeSettings(
        name=form["name"],
        timezone=form["timezone"],
        language=form["language"],
        date_format=form["dateFormat"],
        fiscal_year=form["fiscalYear"],
        details=msgspec.json.encode(details).decode(),
    )
    entity = EditEntity(name=form["name"], base_currency=form["baseCurrency"], tax_number=form["taxNumber"])
    await call.caller.ask(Together(what="ChangeSettings, EditEntity", commands=(settings, entity)))
    call.access.forget()
    return {"code": 200, "message": "The organization is changed.", **await current(call)}


async def date_formats(call: Call) -> list[dict[str, str]]:
    """The ways to write a day that are offered, each with today written so; any other of its kind will do."""
    today = call.style.today()
    return [{"label": f"{spelled(today, each)} [{each}]", "key": each} for each in DATE_FORMATS]


async def base_currency_mutate(call: Call) -> dict[str, Any]:
    """What keeps the base currency from being changed; nothing while nothing is written in it."""
    counters = await call.caller.read(_counters)
    return {
        "abilities": [
            {"model_name": name, "plural_name": names}
            for counter, name, names in LOCKING
            if getattr(counters, counter, 0)
        ]
    }


def _counters(query: Query) -> Counters | None:
    return query.one(Counters)


async def build(call: Call) -> dict[str, Any]:
    """Open the books. It is done at once; the job that clients poll is the organization's own number."""
    form, identity = call.form, call.identity
    tenancy = await call.access.door.read(directory.tenancy_by_id, DIRECTORY, identity.organization_id)
    if tenancy is None:
        raise NotFound("no such organization", kind="Tenancy")
    details = {"industry": form["industry"], "location": form["location"].upper()}
    command = OpenBooks(
        public_id=tenancy.public_id,
        name=form["name"],
        base_currency=form["baseCurrency"],
        timezone=form["timezone"],
        language=form["language"],
        fiscal_year=form["fiscalYear"],
        date_format=form["dateFormat"],
        discount_timing=AFTER_TAX,
        details=msgspec.json.encode(details).decode(),
    )
    asked = envelope(tenancy.id, command, actor=identity.actor, zone=UTC_ZONE, key=call.key)
    await call.access.door.ask(asked)
    call.access.forget()
    return {
        "type": "success",
        "code": "ORGANIZATION.DATABASE.INITIALIZED",
        "message": "The organization's books are open.",
        "data": {"job_id": str(tenancy.id)},
    }


async def job(call: Call) -> dict[str, Any]:
    """How far building has come. Refuses `NotFound` for any job but the organization's own."""
    organization_id = call.identity.organization_id
    if call.id() != organization_id:
        raise NotFound("no such job", kind="Job")
    built = await call.access.setup(organization_id) is not None
    return {
        "id": str(organization_id),
        "state": "completed" if built else "waiting",
        "progress": 100 if built else 0,
        "is_completed": built,
        "is_running": False,
        "is_waiting": not built,
        "is_failed": False,
    }


async def current(call: Call) -> dict[str, Any]:
    """The caller's organization, built or not."""
    id = call.identity.organization_id
    tenancy = await call.access.door.read(directory.tenancy_by_id, DIRECTORY, id)
    setup = await call.access.setup(id)
    if tenancy is None:
        raise NotFound("no such organization", kind="Tenancy")
    built_at = None if setup is None else setup.organization.created_at
    return {
        "id": tenancy.id,
        "subscriptions": [],
        "metadata": None if setup is None else _metadata(call, setup, tenancy.id),
        "organization_id": tenancy.public_id,
        "under_maintenance_since": None,
        "initialized_at": built_at,
        "seeded_at": built_at,
        "built_at": built_at,
        "build_job_id": None,
        "database_batch": None,
        "upgrade_job_id": None,
        "created_at": tenancy.created_at,
        "updated_at": None,
        "is_ready": setup is not None,
        "is_build_running": False,
        "is_upgrade_running": False,
    }


def _metadata(call: Call, setup: Setup, id: int) -> dict[str, Any]:
    organization = setup.organization
    details = msgspec.json.decode(organization.details)
    logo = details.get("logo_key")
    return {
        "id": id,
        "name": organization.name,
        "industry": details.get("industry") or None,
        "location": details.get("location"),
        "language": organization.language,
        "timezone": organization.timezone,
        "address": details.get("address"),
        "tenant_id": id,
        "base_currency": setup.base_currency,
        "date_format": organization.date_format,
        "fiscal_year": organization.fiscal_year,
        "tax_number": setup.entity.tax_number or None,
        "primary_color": details.get("primary_color"),
        "logo_key": logo,
        "logo_uri": signed(call, logo) if logo else None,
    }
