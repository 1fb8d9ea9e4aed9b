"""What a body or query may hold: a table of fields, and one reader for all of them.

A field is coerced, then held against its rules; every rule that is broken is told by the name that contract
B's clients know it by (`isPositive`, `isNotEmpty`, ...). Unknown fields are ignored, and keys may be written
in camelCase, snake_case or kebab-case (rest.md, section 0).
"""

import re
from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

Form = dict[str, Any]
Complaint = dict[str, Any]
"""One entry of contract B's validation envelope."""

ABSENT: Any = object()
MOST_CHILDREN = 10
"""Elements of one list that are complained about: more would make the reply larger than the request."""

MOST_TOLD = 1000
"""Characters of a text, or of a list or object as JSON, that a complaint tells back."""

_JOINT = re.compile(r"[-_](\w)")


class Rule(NamedTuple):
    """What must hold of a value, and what is said when it does not; `as_given`, before it is read."""

    name: str
    says: str
    holds: Callable[[Any], bool]
    as_given: bool = False


class Field(NamedTuple):
    """One field: how it is read, and what must hold of it. `secret` ones are never told back.

    A `kept` one stays as it is when it is left out (None), and is emptied by null or an empty text.
    """

    name: str
    coerce: Callable[[Any, tzinfo], Any]
    rules: tuple[Rule, ...]
    optional: bool = False
    default: Any = None
    secret: bool = False
    inner: "Body | None" = None
    finish: Callable[[Any], Any] | None = None
    kept: bool = False


class BadForm(Exception):
    """Fields are not what they must be; answered with contract B's validation envelope."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("; ".join(str(each["property"]) for each in complaints))
        self.complaints = complaints


class Body:
    """The fields of a body or query, read and checked by one mechanism."""

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self._names = frozenset(field.name for field in fields)
        self._secret = frozenset(field.name for field in fields if field.secret)
        # What is needed of each field, at hand: every request looks at all of them.
        self._steps = tuple(
            (
                *(field, field.name, field.coerce, field.optional, field.default, field.finish),
                tuple((rule.holds, rule.as_given) for rule in field.rules),
            )
            for field in fields
        )

    def read(self, raw: dict[str, Any], zone: tzinfo) -> Form:
        """Every field's value, or its default. Raises `BadForm`."""
        form, complaints = self.look(raw, zone)
        if complaints:
            raise BadForm(complaints)
        return form

    def look(self, raw: dict[str, Any], zone: tzinfo) -> tuple[Form, list[Complaint]]:
        """The values, and what is wrong with them."""
        given = raw if raw.keys() <= self._names else self._named(raw)
        form: Form = {}
        broken: list[tuple[Field, Any]] = []
        for field, name, coerce, optional, default, finish, rules in self._steps:
            value = asked = given.get(name, ABSENT)
            if value is ABSENT:
                if optional:
                    form[name] = default
                    continue
            elif value is not None:
                value = coerce(value, zone)
            # A number is never empty, and to compare one with a text takes longer than to ask what it is.
            if optional and (value is None or (isinstance(value, str) and not value)):
                form[name] = "" if field.kept else default
                continue
            found: Any = None
            for holds, as_given in rules:
                if not holds(asked if as_given else value):
                    found = [
                        rule for rule in field.rules if not rule.holds(asked if rule.as_given else value)
                    ]
                    break
            else:
                if field.inner is not None:
                    value, found = _elements(field.inner, value, zone)
            if found:
                broken.append((field, found))
            else:
                form[name] = value if finish is None else finish(value)
        if not broken:
            return form, []
        told = {name: value for name, value in given.items() if name not in self._secret and _short(value)}
        return form, [_complaint(field, found, told) for field, found in broken]

    def _named(self, raw: dict[str, Any]) -> dict[str, Any]:
        """What is known of it, by the names of the fields."""
        given = {}
        for key, value in raw.items():
            name = key if key in self._names else camel(key)
            if name in self._names:
                given[name] = value
        return given


def _complaint(field: Field, found: list[Any], told: dict[str, Any]) -> Complaint:
    said: Complaint = {"target": told}
    if field.name in told:
        said["value"] = told[field.name]
    said |= {"property": field.name, "children": []}
    if isinstance(found[0], Rule):
        said["constraints"] = {rule.name: f"{field.name} {rule.says}" for rule in found}
    else:
        said["children"] = found
    return said


def _elements(body: Body, values: list[Any], zone: tzinfo) -> tuple[list[Form], list[Complaint]]:
    forms: list[Form] = []
    children: list[Complaint] = []
    for index, value in enumerate(values):
        if isinstance(value, dict):
            form, found = body.look(value, zone)
            forms.append(form)
            if not found:
                continue
            said: Complaint = {"children": found}
        else:
            constraints = {"nestedValidation": "each element must be an object"}
            said = {"children": [], "constraints": constraints}
        if not children:
            around = {"target": values} if _short(values) else {}
        children.append(
            {**around, **({"value": value} if _short(value) else {}), "property": str(index), **said}
        )
        if len(children) == MOST_CHILDREN:
            break
    return forms, children


def _short(value: Any) -> bool:
    """Whether a value may be told back: with each of twenty fields, a mebibyte would be twenty."""
    if isinstance(value, list | dict):
        return len(msgspec.json.encode(value)) <= MOST_TOLD
    return not isinstance(value, str) or len(value) <= MOST_TOLD


@lru_cache(4096)
def camel(key: str) -> str:
    """`from_account_id` is fromAccountId."""
    return _JOINT.sub(lambda joint: joint[1].upper(), key) if len(key) < 100 else ""
