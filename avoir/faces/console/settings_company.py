"""Settings of the company: the organization, its entities and branches, and its numbers."""

from zoneinfo import available_timezones

from avoir.app.branches import CreateBranch
from avoir.app.entities import CreateEntity, DeleteEntity, EditEntity
from avoir.app.reads.console_settings import Settings
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.core.command import Command
from avoir.core.organization import DEFAULT_ENTITY
from avoir.core.settings import CREDIT_RATES, DISCOUNT_TIMINGS, DISPUTE_ACTIONS
from avoir.faces.console.acts import AMOUNT, CHOICE, Asked
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.settings_sheet import Deed, Sheet, Taking, texts
from avoir.faces.console.sheets import Cell, Row
from avoir.faces.console.templates import choices, labels
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label


async def general(visit: Visit, found: Settings) -> Sheet:
    x = visit.caller.setup.organization
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
        Asked(
            "credit_rate",
            "Exchange rate of a credit note",
            CHOICE,
            x.credit_rate,
            options=labels(CREDIT_RATES),
        ),
    ]
    about = f"The books are kept in {found.entities[0].base_currency}."
    return Sheet("Organization", about, deeds=(Deed("organization", "The organization", "Save", own),))


def change_general(form: Form, do: str) -> Command:
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


async def entities(visit: Visit, found: Settings) -> Sheet:
    rows = [
        (
            texts(
                x.name, x.base_currency, x.tax_number or "–", label(x.dispute_action),
                "Default" if x.id == DEFAULT_ENTITY else "",
            ),
            None if x.id == DEFAULT_ENTITY else Taking("delete", "Take away", str(x.id)),
        )
        for x in found.entities
    ]  # fmt: skip
    actions = labels(DISPUTE_ACTIONS)
    edit = [
        Asked("entity", "Entity", CHOICE, options=choices(found.entities)),
        Asked("name", "Name", hint="As it is, if left empty"),
        Asked("tax_number", "Tax number", hint="As it is, if left empty"),
        Asked("dispute_action", "A lost dispute", CHOICE, options=actions, none="As it is"),
    ]
    make = [
        Asked("new_name", "Name"),
        Asked("base_currency", "Base currency", hint="Three letters: EUR"),
        Asked("new_tax_number", "Tax number"),
        Asked("new_dispute_action", "A lost dispute", CHOICE, options=actions),
    ]
    return Sheet(
        "Entities",
        "The legal persons who issue documents, each with a base currency and numbers of its own",
        ("Name", "Base currency", "Tax number", "A lost dispute", ""),
        rows,
        (Deed("edit", "Change an entity", "Save", edit), Deed("create", "A new entity", "Add", make)),
    )


def change_entities(form: Form, do: str) -> Command:
    if do == "delete":
        return DeleteEntity(entity_id=form.id("id") or 0)
    if do == "create":
        return CreateEntity(
            name=form.text("new_name"),
            base_currency=form.text("base_currency").upper(),
            tax_number=form.text("new_tax_number"),
            dispute_action=form.text("new_dispute_action"),
        )
    return EditEntity(
        entity_id=form.chosen("entity", "entity"),
        name=form.text("name") or None,
        tax_number=form.text("tax_number") or None,
        dispute_action=form.text("dispute_action") or None,
    )


async def branches(visit: Visit, found: Settings) -> Sheet:
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


def change_branches(form: Form, do: str) -> Command:
    return CreateBranch(
        name=form.text("name"), code=form.text("code"), address=form.text("address"), city=form.text("city"),
        country=form.text("country"),
    )  # fmt: skip


async def numbering(visit: Visit, found: Settings) -> Sheet:
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


def change_numbering(form: Form, do: str) -> Command:
    prefix = form.text("prefix") or None
    return SetSeries(
        kind=form.text("kind"), prefix=prefix, next_number=form.whole("next_number", "Next number")
    )
