"""Settings: each page a table of what is set, and forms that ask one command each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from zoneinfo import available_timezones

from starlette.responses import Response

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.branches import CreateBranch
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason
from avoir.app.entities import EditEntity
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.reads import console, console_settings
from avoir.app.reads.console_settings import Settings
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.core.organization import DEFAULT_ENTITY
from avoir.core.settings import CREDIT_RATES, DISCOUNT_TIMINGS, DISPUTE_ACTIONS
from avoir.faces.console.acts import AMOUNT, CHOICE, DATE, Asked
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.sheets import Cell, Row
from avoir.faces.console.templates import choices, labels
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label, number, plain

COMPUTED_ON = (("", "the price"), ("1", "the price and the other taxes"))


class Deed(NamedTuple):
    """A form: what it does (the name that is sent), its title, its button and its fields."""

    do: str
    title: str
    button: str
    asked: Sequence[Asked] = ()
    about: str = ""


class Taking(NamedTuple):
    """A row's own button: what it does, what it is called, and which row."""

    do: str
    words: str
    id: str


class Sheet(NamedTuple):
    """What a page of settings shows: a table (rows may have a button), and forms."""

    title: str
    about: str
    heads: Sequence[str] = ()
    rows: Sequence[tuple[Row, Taking | None]] = ()
    deeds: Sequence[Deed] = ()


class Place(NamedTuple):
    """A page of settings: what it shows, and what its forms ask."""

    title: str
    show: Callable[[Visit, Settings], Awaitable[Sheet]]
    command: Callable[[Form, str], Command]


def texts(*cells: str) -> Row:
    """A row of texts."""
    return Row([Cell(text) for text in cells])


async def show(visit: Visit) -> Response:
    """A page of settings. Refuses `NotFound`."""
    slug = visit.request.path_params.get("place", "general")
    place = PLACES.get(slug)
    if place is None:
        raise NotFound("there are no such settings")
    found = await visit.caller.read(console_settings.settings)
    sheet = await place.show(visit, found)
    return visit.page("settings.html", sheet=sheet, slug=slug, places=PLACES)


async def submit(visit: Visit) -> Response:
    """Ask what the form says. Refuses what the command refuses."""
    slug = visit.request.path_params.get("place", "general")
    place = PLACES.get(slug)
    if place is None:
        raise NotFound("there are no such settings")
    await visit.ask(place.command(visit.form, visit.form.text("do")))
    visit.access.forget()
    return visit.go(f"/settings/{slug}", "saved")


async def _general(visit: Visit, found: Settings) -> Sheet:
    x, entity = visit.caller.setup.organization, found.entities[0]
    own = [
        Asked("name", "Name", value=x.name),
        Asked("timezone", "Time zone", value=x.timezone),
        Asked("language", "Language", value=x.language, hint="How amounts and dates are written: en, de, fr"),
        Asked("terms_days", "Days until an invoice is due", AMOUNT, str(x.terms_days)),
        Asked(
            "discount_timing",
            "Discount on a document",
            CHOICE,
            x.discount_timing,
            options=labels(DISCOUNT_TIMINGS),
        ),
        Asked("credit_rate", "Rate of a credit note", CHOICE, x.credit_rate, options=labels(CREDIT_RATES)),
    ]
    legal = [
        Asked("entity_name", "Name", value=entity.name),
        Asked("tax_number", "Tax number", value=entity.tax_number),
        Asked(
            "dispute_action", "A lost dispute", CHOICE, entity.dispute_action, options=labels(DISPUTE_ACTIONS)
        ),
    ]
    about = f"The books are kept in {entity.base_currency}."
    rows = [
        (Row([Cell(each.name), Cell(each.base_currency), Cell(each.tax_number)]), None)
        for each in found.entities
    ]
    deeds = (
        Deed("organization", "The organization", "Save", own),
        Deed("entity", "The legal entity", "Save", legal),
    )
    return Sheet("Organization", about, ("Entity", "Base currency", "Tax number"), rows, deeds)


def _change_general(form: Form, do: str) -> Command:
    if do == "entity":
        return EditEntity(
            name=form.text("entity_name"),
            tax_number=form.text("tax_number"),
            dispute_action=form.text("dispute_action"),
        )
    return ChangeSettings(
        name=form.text("name"),
        timezone=known_zone(form.text("timezone")),
        language=form.text("language"),
        terms_days=form.whole("terms_days", "Days"),
        discount_timing=form.text("discount_timing"),
        credit_rate=form.text("credit_rate"),
    )


def known_zone(name: str) -> str:
    """A time zone that there is. Raises `BadField`."""
    if name not in available_timezones():
        raise BadField("timezone", "There is no such time zone: write Europe/Berlin, or UTC")
    return name


async def _branches(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (Row([Cell(x.name), Cell(x.code), Cell(x.city), Cell("Primary" if x.is_primary else "")]), None)
        for x in found.branches
    ]
    asked = [
        Asked("name", "Name"),
        Asked("code", "Code"),
        Asked("address", "Address"),
        Asked("city", "City"),
        Asked("country", "Country"),
    ]
    deed = Deed("create", "A new branch", "Add", asked)
    return Sheet(
        "Branches",
        "Places of an entity, and a dimension of entries",
        ("Name", "Code", "City", ""),
        rows,
        (deed,),
    )


def _change_branches(form: Form, do: str) -> Command:
    return CreateBranch(
        name=form.text("name"), code=form.text("code"), address=form.text("address"), city=form.text("city"),
        country=form.text("country"),
    )  # fmt: skip


async def _rates(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (
            texts(x.currency, visit.day(x.valid_on), f"{number(x.rate_nano, 9)} {x.base_currency}"),
            Taking("delete", "Remove", f"{x.currency} {x.valid_on} {x.base_currency}"),
        )
        for x in found.rates
    ]  # fmt: skip
    asked = [
        Asked("currency", "Currency", hint="EUR"),
        Asked("valid_on", "From", DATE, visit.caller.today()),
        Asked("rate", f"Is worth, in {visit.base}", AMOUNT),
    ]
    about = "What a currency is worth from a day on, where a document does not say so itself"
    return Sheet(
        "Currencies and rates",
        about,
        ("Currency", "From", "Is worth"),
        rows,
        (Deed("set", "A rate", "Set", asked),),
    )


def _change_rates(form: Form, do: str) -> Command:
    if do == "delete":
        currency, valid_on, base = [*form.text("id").split(" "), "", "", ""][:3]
        return DeleteExchangeRate(currency=currency, valid_on=valid_on, base_currency=base)
    rate = form.required("rate", "Rate")
    return SetExchangeRate(currency=form.text("currency").upper(), valid_on=form.text("valid_on"), rate=rate)


async def _taxes(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (
            Row(
                [
                    Cell(x.name),
                    Cell(x.code),
                    Cell(f"{number(x.percent_micro, 6)} %"),
                    Cell("On the other taxes too" if x.is_compound else ""),
                ]
            ),
            None,
        )
        for x in found.taxes
    ]
    asked = [
        Asked("name", "Name"), Asked("code", "Code"), Asked("percent", "Percent", AMOUNT),
        Asked("compound", "Computed on", CHOICE, options=COMPUTED_ON),
    ]  # fmt: skip
    return Sheet(
        "Taxes",
        "A rate that changes changes no document",
        ("Name", "Code", "Rate", ""),
        rows,
        (Deed("create", "A new tax", "Add", asked),),
    )


def _change_taxes(form: Form, do: str) -> Command:
    percent, compound = form.required("percent", "Percentage"), form.text("compound") == "1"
    return CreateTaxRate(
        name=form.text("name"), code=form.text("code"), percent=percent, is_compound=compound
    )


async def _reasons(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (Row([Cell(x.name), Cell(x.description), Cell("" if x.active else "No longer offered")]),
         Taking("delete", "Offer no longer", str(x.id)) if x.active else None)
        for x in found.reasons
    ]  # fmt: skip
    asked = [Asked("name", "Name"), Asked("description", "Description")]
    return Sheet(
        "Reasons",
        "Why a credit is given",
        ("Name", "Description", ""),
        rows,
        (Deed("create", "A new reason", "Add", asked),),
    )


def _change_reasons(form: Form, do: str) -> Command:
    if do == "delete":
        return DeleteDisputeReason(dispute_reason_id=form.id("id") or 0)
    return CreateDisputeReason(name=form.text("name"), description=form.text("description"))


async def _approval(visit: Visit, found: Settings) -> Sheet:
    x = found.policy
    threshold, days, hours = ("0", "30", "72")
    if x is not None:
        threshold, days, hours = (
            plain(x.threshold_minor, visit.base),
            str(x.window_days),
            str(x.expires_hours),
        )
    alike = "Of the same customer: splitting does not help"
    asked = [
        Asked("threshold", f"From this amount on, in {visit.base}", AMOUNT, threshold, "0 asks nobody"),
        Asked("window_days", "Together with refunds within days", AMOUNT, days, alike),
        Asked("expires_hours", "Hours to answer", AMOUNT, hours),
    ]
    about = "When a refund needs a second person. Who asked cannot approve."
    return Sheet("Approval", about, deeds=(Deed("set", "The policy", "Save", asked),))


def _change_approval(form: Form, do: str) -> Command:
    days, hours = form.whole("window_days", "Days"), form.whole("expires_hours", "Hours")
    threshold = form.required("threshold", "Amount")
    return SetApprovalPolicy(
        threshold=threshold,
        window_days=30 if days is None else days,
        expires_hours=72 if hours is None else hours,
    )


async def _numbering(visit: Visit, found: Settings) -> Sheet:
    kinds = [(x.kind, label(x.kind)) for x in found.series if x.entity_id == DEFAULT_ENTITY]
    rows = [
        (texts(label(x.kind), x.prefix, str(x.next_number), str(x.skipped)), None)
        for x in found.series
    ]  # fmt: skip
    asked = [
        Asked("kind", "Series", CHOICE, options=kinds),
        Asked("prefix", "Prefix", hint="As it is, if left empty"),
        Asked("next_number", "Next number", AMOUNT, hint="Only forwards"),
    ]
    about = "Numbers are drawn without a gap, in the order of issue"
    return Sheet(
        "Numbering",
        about,
        ("Series", "Prefix", "Next number", "Skipped"),
        rows,
        (Deed("set", "Change a series", "Save", asked),),
    )


def _change_numbering(form: Form, do: str) -> Command:
    prefix = form.text("prefix") or None
    return SetSeries(
        kind=form.text("kind"), prefix=prefix, next_number=form.whole("next_number", "Next number")
    )


async def _gateways(visit: Visit, found: Settings) -> Sheet:
    accounts = await visit.caller.read(console.money_accounts)
    by_id = {x.id: x.name for x in accounts}
    rows = [
        (
            Row(
                [
                    Cell(x.name),
                    Cell(by_id.get(x.account_id, str(x.account_id))),
                    Cell("" if x.active else "Off"),
                ]
            ),
            None,
        )
        for x in found.gateways
    ]
    asked = [
        Asked("name", "Name", hint="In small letters"),
        Asked("account", "Clearing account", CHOICE, options=choices(accounts)),
        Asked("active", "Use it", CHOICE, options=[("1", "Yes"), ("0", "No")]),
    ]  # fmt: skip
    return Sheet(
        "Gateways",
        "Who pays refunds out, and from which account",
        ("Name", "Account", ""),
        rows,
        (Deed("set", "Set up a gateway", "Save", asked),),
    )


def _change_gateways(form: Form, do: str) -> Command:
    return SetGateway(
        name=form.text("name"), account_id=form.id("account") or 0, active=form.text("active") != "0"
    )


PLACES: dict[str, Place] = {
    "general": Place("Organization", _general, _change_general),
    "branches": Place("Branches", _branches, _change_branches),
    "rates": Place("Rates", _rates, _change_rates),
    "taxes": Place("Taxes", _taxes, _change_taxes),
    "reasons": Place("Reasons", _reasons, _change_reasons),
    "approval": Place("Approval", _approval, _change_approval),
    "numbering": Place("Numbering", _numbering, _change_numbering),
    "gateways": Place("Gateways", _gateways, _change_gateways),
}
"""Every page of settings that is a table and forms."""
