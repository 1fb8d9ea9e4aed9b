"""Settings: the pages there are, in their groups, and what shows and submits each."""

from typing import Any

from starlette.responses import Response

from avoir.app.reads import console_settings
from avoir.core.errors import NotFound
from avoir.faces.console import settings_company as company
from avoir.faces.console import settings_money as money
from avoir.faces.console import sheets
from avoir.faces.console.settings_sheet import Place, Sheet, as_file, offered
from avoir.faces.console.visit import Visit

PLACES: dict[str, Place] = {
    "general": Place("Organization", company.general, company.change_general),
    "entities": Place("Entities", company.entities, company.change_entities),
    "branches": Place("Branches", company.branches, company.change_branches),
    "numbering": Place("Numbering", company.numbering, company.change_numbering),
    "currencies": Place("Currencies", money.currencies, money.change_currencies),
    "rates": Place("Exchange rates", money.rates, money.change_rates),
    "taxes": Place("Taxes", money.taxes, money.change_taxes),
    "reasons": Place("Reasons", money.reasons, money.change_reasons),
    "approval": Place("Approval", money.approval, money.change_approval),
    "gateways": Place("Gateways", money.gateways, money.change_gateways),
}
"""Every page of settings that is a table and forms."""

GROUPS = {
    "Company": ("general", "entities", "branches", "numbering"),
    "Money": ("currencies", "rates", "taxes", "reasons", "approval", "gateways"),
    "Access": ("people", "roles", "keys"),
    "Trust": ("audit", "proof"),
}
TITLES = {slug: place.title for slug, place in PLACES.items()} | {
    "people": "People",
    "roles": "Roles",
    "keys": "Keys and clients",
    "audit": "Audit log",
    "proof": "Proof and seals",
}
"""The pages as they are found: by group, and what each is called."""


def page(visit: Visit, template: str, slug: str, **context: Any) -> Response:
    """A page of settings, beside the way to all the others."""
    seen = {
        group: [(each, TITLES[each]) for each in slugs if visit.sees(f"/settings/{each}")]
        for group, slugs in GROUPS.items()
    }
    return visit.page(
        template, slug=slug, groups={name: found for name, found in seen.items() if found}, **context
    )


async def show(visit: Visit) -> Response:
    """A page of settings. Refuses `NotFound`."""
    slug = _slug(visit)
    return page(visit, "settings.html", slug, sheet=offered(visit, await _sheet(visit, slug)))


async def file(visit: Visit) -> sheets.Sheet:
    """A page of settings as it is sent as a file. Refuses `NotFound`."""
    return as_file(await _sheet(visit, _slug(visit)))


def _slug(visit: Visit) -> str:
    slug: str = visit.request.path_params.get("place", "general")
    if slug not in PLACES:
        raise NotFound("there are no such settings")
    return slug


async def _sheet(visit: Visit, slug: str) -> Sheet:
    return await PLACES[slug].show(visit, await visit.caller.read(console_settings.settings))


async def submit(visit: Visit) -> Response:
    """Ask what the form says. Refuses what the command refuses."""
    slug = _slug(visit)
    await visit.ask(PLACES[slug].command(visit.form, visit.form.text("do")))
    visit.access.forget()
    return visit.go(f"/settings/{slug}", "saved")
