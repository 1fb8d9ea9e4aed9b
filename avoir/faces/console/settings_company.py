"""Settings of the company: the organization, its entities and branches, and its numbers."""

from typing import Any
from zoneinfo import available_timezones

from avoir.app.branches import CreateBranch, DeleteBranch, EditBranch, MarkPrimaryBranch
from avoir.app.entities import CreateEntity, DeleteEntity, EditEntity
from avoir.app.reads.console_settings import Settings
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.core.command import Command
from avoir.core.organization import DEFAULT_ENTITY, Branch, Entity
from avoir.core.settings import CREDIT_RATES, DISCOUNT_TIMINGS, DISPUTE_ACTIONS
from avoir.faces.console.acts import AMOUNT, CHOICE, Asked
from avoir.faces.console.forms import BadField, Form, id_of
from avoir.faces.console.settings_sheet import Deed, Line, Sheet, Taking, picked
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
    return Sheet(
        "Organization", about, deeds=(Deed("organization", ChangeSettings, "The organization", "Save", own),)
    )


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
        Line(
            (
                x.name, x.base_currency, x.tax_number or "–", label(x.dispute_action),
                "Default" if x.id == DEFAULT_ENTITY else "",
            ),
            str(x.id),
            () if x.id == DEFAULT_ENTITY or x.used else (Taking("delete", DeleteEntity, "Take away"),),
            EditEntity,
        )
        for x in found.entities
    ]  # fmt: skip
    return Sheet(
        "Entities",
        "The legal persons who issue documents, each with a base currency and numbers of its own",
        ("Name", "Base currency", "Tax number", "A lost dispute", ""),
        rows,
        (_entity_form(picked(visit, ((str(x.id), x) for x in found.entities))),),
    )


def _entity_form(x: Entity | None) -> Deed:
    """What is asked of an entity: as it is, or nothing yet of a new one."""
    only = "Only while nothing is posted" if x else "Three letters: EUR"
    asked = [
        Asked("name", "Name", value=x.name if x else ""),
        Asked("currency", "Base currency", value=x.base_currency if x else "", hint=only),
        Asked("tax_number", "Tax number", value=x.tax_number if x else ""),
        Asked(
            "dispute_action", "A lost dispute", CHOICE, x.dispute_action if x else "",
            options=labels(DISPUTE_ACTIONS),
        ),
    ]  # fmt: skip
    if x is None:
        return Deed("create", CreateEntity, "A new entity", "Add", asked)
    return Deed("edit", EditEntity, f"Change {x.name}", "Save", asked, str(x.id))


def change_entities(form: Form, do: str) -> Command:
    if do == "delete":
        return DeleteEntity(entity_id=form.chosen("id", "entity"))
    currency, action = form.text("currency").upper(), form.text("dispute_action")
    if do == "edit":
        return EditEntity(
            entity_id=form.chosen("id", "entity"), name=form.said("name", "name"), dispute_action=action,
            base_currency=currency or None, tax_number=form.text("tax_number"),
        )  # fmt: skip
    return CreateEntity(
        name=form.text("name"), base_currency=currency, tax_number=form.text("tax_number"),
        dispute_action=action,
    )  # fmt: skip


PLACE = (
    ("name", "Name"), ("code", "Code"), ("address", "Address"), ("city", "City"), ("country", "Country"),
    ("phone_number", "Telephone"), ("email", "E-mail"),
)  # fmt: skip
"""What is said of a branch."""


async def branches(visit: Visit, found: Settings) -> Sheet:
    x = picked(visit, ((str(each.id), each) for each in found.branches))
    entities = {each.id: each.name for each in found.entities}
    asked = [Asked(name, words, value=getattr(x, name) if x else "") for name, words in PLACE]
    deed = Deed("create", CreateBranch, "A new branch", "Add", asked)
    if x is not None:
        deed = Deed("edit", EditBranch, f"Change {x.name}", "Save", asked, str(x.id))
    elif len(entities) > 1:
        asked.insert(0, Asked("entity", "Entity", CHOICE, options=choices(found.entities)))
    return Sheet(
        "Branches",
        "Places of an entity, and a dimension of entries",
        ("Name", "Code", "Entity", "City", ""),
        [
            Line(
                (each.name, each.code, entities[each.entity_id], each.city,
                 "Primary" if each.is_primary else ""),
                str(each.id), _ends_of(each, found), EditBranch,
            )
            for each in found.branches
        ],
        (deed,),
    )  # fmt: skip


def _ends_of(branch: Branch, found: Settings) -> list[Taking]:
    taken = [] if branch.is_primary else [Taking("primary", MarkPrimaryBranch, "Make primary")]
    alone = [x.id for x in found.branches if x.entity_id == branch.entity_id] == [branch.id]
    return taken if branch.used or alone else [*taken, Taking("delete", DeleteBranch, "Take away")]


def change_branches(form: Form, do: str) -> Command:
    if do == "primary":
        return MarkPrimaryBranch(branch_id=form.chosen("id", "branch"))
    if do == "delete":
        return DeleteBranch(branch_id=form.chosen("id", "branch"))
    said: dict[str, Any] = {name: form.text(name) for name, _ in PLACE}
    said["name"] = form.said("name", "name")
    if do == "edit":
        return EditBranch(branch_id=form.chosen("id", "branch"), **said)
    return CreateBranch(entity_id=form.id("entity") or DEFAULT_ENTITY, **said)


async def numbering(visit: Visit, found: Settings) -> Sheet:
    ids = {f"{each.entity_id} {each.kind}": each for each in found.series}
    entities = {each.id: each.name for each in found.entities}
    deeds, x = [], picked(visit, ids.items())
    if x is not None:
        hint = f"Now {x.next_number}. Only forwards; as it is, if left empty"
        asked = [
            Asked("prefix", "Prefix", value=x.prefix),
            Asked("next_number", "Next number", AMOUNT, hint=hint),
        ]
        title, id = f"{label(x.kind)}s of {entities[x.entity_id]}", f"{x.entity_id} {x.kind}"
        deeds = [Deed("set", SetSeries, title, "Save", asked, id)]
    return Sheet(
        "Numbering",
        "Numbers are drawn without a gap, in the order of issue",
        ("Series", "Entity", "Prefix", "Next number", "Skipped"),
        [
            Line(
                (label(each.kind), entities[each.entity_id], each.prefix, str(each.next_number),
                 str(each.skipped)),
                id, edits=SetSeries,
            )
            for id, each in ids.items()
        ],
        deeds,
    )  # fmt: skip


def change_numbering(form: Form, do: str) -> Command:
    entity, _, kind = form.text("id").partition(" ")
    next_number = form.whole("next_number", "Next number")
    return SetSeries(kind=kind, entity_id=id_of(entity), prefix=form.text("prefix"), next_number=next_number)
