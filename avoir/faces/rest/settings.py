"""Settings as clients look them up and change them (rest.md, 2.8): series, preferences, and what is fixed."""

from typing import Any

import msgspec

from avoir.app.entities import EditEntity
from avoir.app.reads.query import Query
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.core.command import Command
from avoir.core.numbering import NumberRequired
from avoir.core.organization import DEFAULT_ENTITY, Series
from avoir.core.settings import UnknownSetting
from avoir.core.together import Together
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import BadForm, Body, Complaint
from avoir.faces.rest.kinds import NOBODY, anything, several, text
from avoir.faces.rest.organizations import EDIT as ORGANIZATION

GROUPS = {
    "manual_journal": "manual_journals",
    "invoice": "sales_invoices",
    "payment": "payment_receives",
    "credit_note": "credit_note",
}
"""What contract B calls the number series."""
SERIES = {group: kind for kind, group in GROUPS.items()}

INDEX = Body(text("group", optional=True), text("key", optional=True))
SAVE = Body(
    several("options", Body(text("group"), text("key"), anything("value")), least=1, most=200),
)

OTHERS = (
    ("sales_receipts", "REC-"), ("sales_estimates", "EST-"), ("cashflow", "CF-"),
    ("warehouse_transfers", "WT-"), ("vendor_credit", "VC-"),
)  # fmt: skip
FIXED: dict[tuple[str, str], Any] = {
    ("organization", "accounting_basis"): "accrual",
    ("accounts", "account_code_unique"): True,
    ("accounts", "account_code_required"): False,
}
"""What the law has so for everybody: it may be said again, and nothing else may be said."""

PREFERENCES: dict[tuple[str, str], Any] = {
    ("items", "preferred_sell_account"): 1025,
    ("items", "preferred_cost_account"): 1019,
    ("items", "preferred_inventory_account"): 1007,
    ("payment_receives", "preferred_deposit_account"): None,
    ("payment_receives", "preferred_advance_deposit"): None,
    ("sales_invoices", "customer_notes"): None,
    ("sales_invoices", "terms_conditions"): None,
    ("credit_note", "customer_notes"): None,
    ("credit_note", "terms_conditions"): None,
    ("sales_receipts", "preferred_deposit_account"): None,
    ("sales_receipts", "receipt_message"): None,
    ("sales_receipts", "terms_conditions"): None,
    **{(group, "auto_increment"): True for group in (*SERIES, *(name for name, _ in OTHERS))},
    **{(group, "next_number"): "00001" for group, _ in OTHERS},
    **{(group, "number_prefix"): prefix for group, prefix in OTHERS},
}
"""What clients keep here for their forms, and what it is when nobody has said: None is not told."""

OURS = ("discount_timing", "credit_rate", "write_off_tax", "terms_days")
"""Settings that contract B does not know, in the group `avoir`."""

ORGANIZATION_KEYS = {
    "name": "name", "language": "language", "fiscal_year": "fiscalYear", "date_format": "dateFormat",
    "time_zone": "timezone", "base_currency": "baseCurrency", "industry": "industry", "location": "location",
}  # fmt: skip
"""Keys of the group `organization`, and the fields of `PUT /organization` that they are."""


def number_given(call: Call, kind: str, number: str) -> str:
    """The number of a new document as it was given; none is, where the series gives it one by itself.

    Refuses `NumberRequired` where the organization has it that whoever writes one gives it its number.
    """
    details = call.caller.setup.organization.details
    if not number and "auto_increment" in details:
        kept = msgspec.json.decode(details).get("options", {})
        if str(kept.get(f"{GROUPS[kind]}.auto_increment", True)).lower() in ("false", "0"):
            raise NumberRequired("a new document needs a number of its own", field="number")
    return number


async def index(call: Call) -> list[dict[str, Any]]:
    """Every setting, or those of a group or a key."""
    group, key = call.query["group"], call.query["key"]
    setup, series = call.caller.setup, await call.caller.read(_series)
    organization = setup.organization
    details = msgspec.json.decode(organization.details)
    kept = details.get("options", {})
    found: dict[tuple[str, str], Any] = dict(FIXED)
    for x in series:
        if x.kind in GROUPS:
            found[GROUPS[x.kind], "next_number"] = f"{x.next_number:05d}"
            found[GROUPS[x.kind], "number_prefix"] = x.prefix
    for name, value in PREFERENCES.items():
        found[name] = kept.get(".".join(name), value)
    found |= {("avoir", name): getattr(organization, name) for name in OURS}
    own = (
        organization.name, organization.language, organization.fiscal_year, organization.date_format,
        organization.timezone, setup.base_currency, details.get("industry"), details.get("location"),
    )  # fmt: skip
    found |= {("organization", name): value for name, value in zip(ORGANIZATION_KEYS, own, strict=True)}
    found["avoir", "write_off_tax"] = bool(organization.write_off_tax)
    return [
        {"key": name, "value": value, "group": of}
        for (of, name), value in found.items()
        if group in ("", of) and key in ("", name) and value not in (None, "")
    ]


async def save(call: Call) -> dict[str, Any]:
    """Change settings, all of them or none. Refuses `UnknownSetting`, and what the settings' laws refuse."""
    said = {(x["group"], x["key"]): x["value"] for x in call.form["options"]}
    commands = [*_numbers(said), *_organization(said, call), *_preferences(said)]
    for (group, key), value in said.items():
        if (group, key) in FIXED and value != FIXED[group, key]:
            raise UnknownSetting(f"{group}.{key} is always {FIXED[group, key]}", field=key, group=group)
        if not _is_known(group, key):
            raise UnknownSetting(f"there is no setting {group[:60]}.{key[:60]}", field=key, group=group)
    if commands:
        what = ", ".join(type(command).__name__ for command in commands)
        await call.caller.ask(Together(what=what, commands=tuple(commands)))
        call.access.forget()
    return {
        "type": "success",
        "code": "OPTIONS.SAVED.SUCCESSFULLY",
        "message": "The settings are saved.",
    }


def _is_known(group: str, key: str) -> bool:
    return (
        (group, key) in FIXED
        or (group, key) in PREFERENCES
        or (group in SERIES and key in ("next_number", "number_prefix"))
        or (group == "organization" and key in ORGANIZATION_KEYS)
        or (group == "avoir" and key in OURS)
    )


def _numbers(said: dict[tuple[str, str], Any]) -> list[Command]:
    found: list[Command] = []
    for group, kind in SERIES.items():
        prefix, number = said.get((group, "number_prefix")), said.get((group, "next_number"))
        if prefix is not None or number is not None:
            prefix = None if prefix is None else _typed(str, prefix, "number_prefix")
            whole = None if number is None else _whole(number, "next_number")
            found.append(SetSeries(kind=kind, prefix=prefix, next_number=whole))
    return found


def _organization(said: dict[tuple[str, str], Any], call: Call) -> list[Command]:
    own = {field: said.get(("organization", key)) for key, field in ORGANIZATION_KEYS.items()}
    ours = {key: said.get(("avoir", key)) for key in OURS}
    if not any(value is not None for value in (*own.values(), *ours.values())):
        return []
    form = ORGANIZATION.read({k: v for k, v in own.items() if v is not None}, call.caller.zone)
    told = {name: form[name] for name in ("industry", "location") if form[name]}
    terms = ours["terms_days"]
    settings = ChangeSettings(
        name=form["name"],
        timezone=form["timezone"],
        language=form["language"],
        date_format=form["dateFormat"],
        fiscal_year=form["fiscalYear"],
        details=msgspec.json.encode(told).decode() if told else None,
        discount_timing=_maybe(str, ours["discount_timing"], "discount_timing"),
        credit_rate=_maybe(str, ours["credit_rate"], "credit_rate"),
        write_off_tax=_maybe(bool, ours["write_off_tax"], "write_off_tax"),
        terms_days=None if terms is None else _whole(terms, "terms_days"),
    )
    entity = EditEntity(name=form["name"], base_currency=form["baseCurrency"])
    return [settings, entity] if form["name"] or form["baseCurrency"] else [settings]


def _preferences(said: dict[tuple[str, str], Any]) -> list[Command]:
    kept = {}
    for (group, key), value in said.items():
        if (group, key) in PREFERENCES:
            if not _is_plain(value):
                raise _broken(key, value, "must be a text, a whole number, true or false")
            kept[f"{group}.{key}"] = value
    return [ChangeSettings(details=msgspec.json.encode({"options": kept}).decode())] if kept else []


def _is_plain(value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) < NOBODY
    return value is None or (isinstance(value, str) and "\0" not in value)


def _maybe(kind: type, value: Any, key: str) -> Any:
    return None if value is None else _typed(kind, value, key)


def _typed(kind: type, value: Any, key: str) -> Any:
    if not isinstance(value, kind):
        raise _broken(key, value, f"must be a {'text' if kind is str else 'yes or no'}")
    return value


def _whole(value: Any, key: str) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 17):
        raise _broken(key, value, "must be a whole number")
    return int(text)


def _broken(key: str, value: Any, says: str) -> BadForm:
    complaint: Complaint = {"target": {}, "property": key, "children": []}
    return BadForm([complaint | {"constraints": {"isValid": f"{key} {says}"}}])


def _series(query: Query) -> list[Series]:
    return query.rows(Series, "t.entity_id = :entity", "ORDER BY t.kind", entity=DEFAULT_ENTITY)
