"""From the rows of a sheet to what is asked: columns are mapped, names looked up, lines put together."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from avoir.app.reads.query import Query
from avoir.core.account import TYPES
from avoir.faces.rest.fields import Complaint, Field, Form
from avoir.faces.rest.imports.resources import LOOKED_UP, Column, Importable, Named
from avoir.faces.rest.imports.sheets import Sheet

DATE_FORMATS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "dd.MM.yy": "%d.%m.%y",
    "MM/dd/yy": "%m/%d/%y",
    "dd/MMM/yyyy": "%d/%b/%Y",
}
"""How contract B's clients say that a sheet's dates are written."""

AT_ONCE = 5000
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)


class Mapped(NamedTuple):
    """One column of the sheet, by its place, and which column of the resource it is."""

    place: int
    column: Column
    date_format: str = ""


class Unit(NamedTuple):
    """What one or several rows ask for: the number of the first, and the body; or what is wrong with it."""

    row: int
    raw: dict[str, Any]
    unknown: str = ""


def units(
    query: Query, resource: Importable, mapping: Sequence[Mapped], sheet: Sheet, base: str
) -> list[Unit]:
    """What a sheet asks for. Rows of one number are one document; a row that says nothing of its own document

    goes on with the one above.
    """
    found = _look_up(query, mapping, sheet)
    made: dict[str, Unit] = {}
    number = next((each.place for each in mapping if each.column.key == resource.number), None)
    own = [each.place for each in mapping if not each.column.group]
    last = ""
    for at, row in enumerate(sheet.rows, 1):
        if resource.number and last and own and not any(row[place] for place in own):
            tie = last
        elif number is not None and row[number]:
            tie = f"number {row[number]}"
        else:
            tie = f"row {at}"
        last = tie
        _put(made, tie, at, row, mapping, found)
    return [unit._replace(raw=_finished(resource, unit.raw, base)) for unit in made.values()]


def _put(
    made: dict[str, Unit],
    tie: str,
    at: int,
    row: list[str],
    mapping: Sequence[Mapped],
    found: dict[tuple[Named, str], int],
) -> None:
    unit = made.get(tie) or Unit(at, {})
    raw, unknown = unit.raw, unit.unknown
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    for each in mapping:
        cell, key = row[each.place], each.column.key
        if not cell:
            continue
        named = LOOKED_UP.get(key)
        value: Any = found.get((named, cell), cell) if named else _value(each.column.field, cell, each)
        # Found here, a tax's code is not looked up by the handler: so rows are asked for in their order.
        key = "taxRateId" if key == "taxCode" and not isinstance(value, str) else key
        if named and isinstance(value, str):
            unknown = unknown or f"{each.column.label}: there is no {cell[:100]!r}"
        if each.column.group:
            groups[each.column.group][key] = value
        else:
            raw.setdefault(key, value)
    for group, fields in groups.items():
        lines = raw.setdefault(group, [])
        lines.append(fields | {"index": Decimal(len(lines) + 1)})
    made[tie] = unit._replace(unknown=unknown)


def _finished(resource: Importable, raw: dict[str, Any], base: str) -> dict[str, Any]:
    """What a sheet need not say: a customer's and an account's currency is the base currency."""
    if resource.name == "Customer":
        return {"currencyCode": base, "customerType": "business"} | raw
    return raw


def _value(field: Field, cell: str, mapped: Mapped) -> Any:
    """A cell as its field takes it; what does not suit stays a text, and the field's rules say so."""
    rules = {rule.name for rule in field.rules}
    if "isBoolean" in rules:
        said = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return said.get(cell.lower(), cell)
    if rules & {"isInt", "isNumber", "isPositive"}:
        plain = cell.replace(",", "") if _GROUPED.fullmatch(cell) else cell
        return Decimal(plain) if len(plain) < 40 and _NUMBER.fullmatch(plain) else cell
    if "isDateString" in rules:
        return _day(cell, mapped.date_format)
    if field.name == "accountType":
        labels = {type_.label.lower(): name for name, type_ in TYPES.items()}
        return labels.get(cell.lower(), cell)
    return cell


def _day(cell: str, date_format: str) -> str:
    pattern = DATE_FORMATS.get(date_format, "")
    for each in (pattern, pattern.replace("%y", "%Y")):
        try:
            return datetime.strptime(cell, each).date().isoformat() if each else cell  # noqa: DTZ007
        except ValueError:
            continue
    return cell


def complaints(resource: Importable, unit: Unit, zone: tzinfo) -> tuple[Form, list[str]]:
    """The form that a unit fills in, and what is wrong with it."""
    form, found = resource.body.look(unit.raw, zone)
    return form, [unit.unknown] if unit.unknown else [line for each in found for line in _said(each)]


def _said(complaint: Complaint, at: str = "") -> list[str]:
    where = f"{at}{complaint['property']}"
    lines = [f"{at}{text}" for text in complaint.get("constraints", {}).values()]
    return lines + [line for child in complaint["children"] for line in _said(child, f"{where}.")]


def _look_up(query: Query, mapping: Sequence[Mapped], sheet: Sheet) -> dict[tuple[Named, str], int]:
    """The ids of all that the sheet names: by number, code or name; or by the id itself."""
    wanted: dict[Named, set[str]] = defaultdict(set)
    for each in mapping:
        named = LOOKED_UP.get(each.column.key)
        if named is not None:
            wanted[named] |= {row[each.place] for row in sheet.rows if row[each.place]}
    found: dict[tuple[Named, str], int] = {}
    for named, texts in wanted.items():
        numbers = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 16]
        _match(query, named, "id", numbers, found)
        # The surest last, so that it wins.
        for column in reversed(named.columns):
            _match(query, named, column, sorted(texts), found)
    return found


def _match(
    query: Query, named: Named, column: str, values: Sequence[Any], found: dict[tuple[Named, str], int]
) -> None:
    for at in range(0, len(values), AT_ONCE):
        among, params = query.among(f"t.{column}", values[at : at + AT_ONCE])
        sql = f"""SELECT t.{column}, t.id FROM {named.kind.TABLE} AS t
            WHERE t.organization_id = :o AND {among} ORDER BY t.id DESC"""
        # Of several of one name it is the oldest.
        found.update({(named, str(value)): id for value, id in query.all(sql, **params)})
