"""The kinds of fields: how each is read, and the rules it is held against, by the names that clients know."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from decimal import Context, Decimal, Inexact
from typing import Any

from avoir.core.day import InvalidDate, day_of
from avoir.core.document import MOST_LINES
from avoir.faces.rest.fields import ABSENT, Body, Field, Rule

BAD: Any = object()
"""Stands for a value that is not of the field's kind."""
NOBODY = 2**53
"""An id that no row has: for numbers that cannot be one (1000.5, 2abc), which the law does not find."""

TOO_LARGE = 10**16
"""No number from here on is an id."""

_EXACT = Context(prec=60, traps=[Inexact])
_NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?\s*", re.ASCII)
_IN_BASE = re.compile(r"\s*0([xX][0-9a-fA-F]{1,30}|[oO][0-7]{1,30}|[bB][01]{1,60})\s*", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def text(
    name: str,
    *,
    optional: bool = False,
    empty: bool = False,
    least: int = 0,
    most: int = 0,
    secret: bool = False,
) -> Field:
    """Some text, not empty unless it may be; of `least` to `most` characters."""
    rules = [IS_STRING] if empty or optional or least else [NOT_EMPTY, IS_STRING]
    if most:
        says = f"must not be longer than {most} characters"
        rules.append(Rule("maxLength", says, lambda v: isinstance(v, str) and len(v) <= most))
    if least:
        says = f"must not be shorter than {least} characters"
        rules.append(Rule("minLength", says, lambda v: isinstance(v, str) and len(v) >= least))
    return Field(name, _text, tuple(rules), optional, "" if optional else None, secret)


def number(
    name: str,
    *,
    coerced: bool = False,
    optional: bool = False,
    positive: bool = False,
    least: int | None = None,
) -> Field:
    """A number as a decimal; `coerced` ones may come as whatever reads as one."""
    rules = [] if optional else [NOT_EMPTY]
    if positive:
        rules.append(IS_POSITIVE)
    if least is not None:
        rules.append(_at_least(least))
    return Field(name, _numeric if coerced else _number, (*rules, IS_NUMBER), optional)


def whole(name: str, *, least: int = 0, default: int | None = None) -> Field:
    """A whole number that may be left out and may come as a string."""
    return Field(name, _numeric, (_at_least(least), IS_INT), True, default, finish=id_of)


def id_in(name: str, *, coerced: bool = False, optional: bool = False, loose: bool = False) -> Field:
    """The id of a row. A `loose` one may be any number: 1000.5 is then nobody's id, and not malformed."""
    rules = () if optional else (NOT_EMPTY,)
    kind = IS_NUMBER if loose else IS_INT
    return Field(name, _numeric_id if coerced else _id, (*rules, kind), optional, finish=id_of)


def flag(name: str, *, optional: bool = True, default: bool | None = False) -> Field:
    """Yes or no; also 0, 1 and text, as a query has it and MySQL's friends write it."""
    return Field(name, _flag, (IS_BOOLEAN,), optional, default)


def day(name: str, *, optional: bool = False) -> Field:
    """A day of the calendar as YYYY-MM-DD; a date-time is taken at its date in the organization's zone."""
    rules = (IS_DATE,) if optional else (NOT_EMPTY, IS_DATE)
    return Field(name, _day, rules, optional)


def email(name: str, *, optional: bool = False) -> Field:
    """An e-mail address."""
    rules = (IS_EMAIL,) if optional else (IS_EMAIL, IS_STRING, NOT_EMPTY)
    return Field(name, _text, rules, optional, "" if optional else None)


def addresses(name: str) -> Field:
    """E-mail addresses that may be left out; one of them may come as a text."""
    return Field(name, _texts, (EACH_EMAIL,), True, ())


def words(name: str) -> Field:
    """Some texts that may be left out; one of them may come alone."""
    return Field(name, _texts, (EACH_STRING,), True, ())


def choice(
    name: str,
    among: Sequence[str] | Callable[[str], bool],
    *,
    rule: str = "isIn",
    says: str = "",
    optional: bool = False,
    default: str | None = None,
) -> Field:
    """One of some words, or whatever passes a test that `says` what it wants."""
    if callable(among):
        test = among
    else:
        words = tuple(among)
        says = says or f"must be one of: {', '.join(words)}"
        test = words.__contains__
    holds = Rule(rule, says, lambda v: isinstance(v, str) and test(v))
    return Field(name, _text, (holds,), optional, default)


def several(
    name: str, inner: Body, *, least: int = 0, most: int = MOST_LINES, optional: bool = False
) -> Field:
    """A list of `least` to `most` objects."""
    says = f"must have at least {least} element{'s'[: least != 1]}"
    enough = Rule("arrayMinSize", says, lambda v: isinstance(v, list) and len(v) >= least)
    rules = (enough, _fits(most), IS_ARRAY) if least else (_fits(most), IS_ARRAY)
    return Field(name, _as_is, rules, optional, (), inner=inner)


def kept(field: Field) -> Field:
    """A text of an edit: left out, it stays as it is; null or an empty text empties it."""
    return field._replace(optional=True, default=None, kept=True)


def ids(name: str) -> Field:
    """A list of ids of rows, at least one."""
    return Field(name, _as_is, (NOT_EMPTY_LIST, FITS, ALL_INT, IS_ARRAY), finish=_ids)


def some_ids(name: str) -> Field:
    """A list of ids of rows that may be left out, or be empty."""
    return Field(name, _as_is, (FITS, ALL_INT, IS_ARRAY), True, (), finish=_ids)


def anything(name: str) -> Field:
    """Whatever it is; the law or a read looks at it."""
    return Field(name, _as_is, (), True)


# Coercions: a value of the field's kind, or `BAD`.


def _as_is(value: Any, zone: tzinfo) -> Any:
    return value


def _text(value: Any, zone: tzinfo) -> Any:
    # PostgreSQL keeps no NUL, so no text of ours has one.
    return value if isinstance(value, str) and "\0" not in value else BAD


def _number(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, Decimal):
        return _canonical(value)
    return _canonical(Decimal(value)) if isinstance(value, int) and not isinstance(value, bool) else BAD


def _numeric(value: Any, zone: tzinfo) -> Any:
    """What contract B's clients may write for a number: "10", " 7 ", "1e1", "0x0A", true, [10]."""
    if isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, list):
        # A list says what its only element says; texts and numbers, and no yes or no.
        alone = value[0] if len(value) == 1 else BAD
        return BAD if isinstance(alone, bool | list) else _numeric(alone, zone)
    if not isinstance(value, str):
        return _number(value, zone)
    if not value:
        return None
    if len(value) > 100:
        return BAD
    if _NUMERIC.fullmatch(value):
        return _canonical(Decimal(value.strip()))
    return Decimal(int(value, 0)) if _IN_BASE.fullmatch(value) else BAD


def _id(value: Any, zone: tzinfo) -> Any:
    # Whole as it comes, it is not spelled in two ways.
    return value if type(value) is int else _number(value, zone)


def _numeric_id(value: Any, zone: tzinfo) -> Any:
    return value if type(value) is int else _numeric(value, zone)


def _canonical(value: Decimal) -> Decimal:
    """10.00 is 10: the same request under the same key, however its numbers are spelled."""
    try:
        return _EXACT.normalize(value)
    except Inexact:
        return value  # Too long to be right; the law says so.


def _texts(value: Any, zone: tzinfo) -> Any:
    listed = value if isinstance(value, list) else [value]
    return tuple(listed) if all(isinstance(each, str) and "\0" not in each for each in listed) else BAD


def _flag(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, bool) or value == "":
        return value
    said = {"true": True, "1": True, "false": False, "0": False}
    spoken = isinstance(value, str | int | Decimal) and len(str(value)) < 6
    return said.get(str(value).lower(), BAD) if spoken else BAD


def _day(value: Any, zone: tzinfo) -> Any:
    try:
        return day_of(value, zone) if isinstance(value, str) else BAD
    except InvalidDate:
        return BAD


def _ids(values: list[Any]) -> tuple[int, ...]:
    """Each id once, in the order given."""
    return tuple(dict.fromkeys(id_of(Decimal(value)) for value in values))


def id_of(value: Decimal | int | str) -> int:
    """The id that a number or a part of a path names; `NOBODY` when it names none."""
    if isinstance(value, int):
        return value if abs(value) < TOO_LARGE else NOBODY
    if isinstance(value, str):
        return int(value) if len(value) < 17 and value.isascii() and value.isdecimal() else NOBODY
    small = value.adjusted() < 16 and value == value.to_integral_value()
    return int(value) if small else NOBODY


# Rules, by the names that clients know.


def _integral(value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) < TOO_LARGE
    if not isinstance(value, Decimal):
        return False
    return value.adjusted() < 16 and value.adjusted() > -400 and value % 1 == 0


def _at_least(least: int) -> Rule:
    return Rule("min", f"must not be less than {least}", lambda v: isinstance(v, Decimal) and v >= least)


def _fits(most: int) -> Rule:
    says = f"must not have more than {most} elements"
    return Rule("arrayMaxSize", says, lambda v: not isinstance(v, list) or len(v) <= most)


NOT_EMPTY = Rule(
    "isNotEmpty",
    "must not be empty",
    # Compared with a text, a decimal would first ask whether that is a fraction.
    lambda v: v is not ABSENT and v is not None and (v != "" if isinstance(v, str) else True),
    as_given=True,
)
IS_STRING = Rule("isString", "must be a text", lambda v: isinstance(v, str))
IS_NUMBER = Rule("isNumber", "must be a number", lambda v: isinstance(v, Decimal | int))
IS_INT = Rule("isInt", "must be a whole number", _integral)
IS_POSITIVE = Rule("isPositive", "must be more than 0", lambda v: isinstance(v, Decimal) and v > 0)
IS_BOOLEAN = Rule("isBoolean", "must be true or false", lambda v: isinstance(v, bool))
IS_DATE = Rule("isDateString", "must be a day of the calendar (ISO 8601)", lambda v: isinstance(v, str))
FITS = _fits(MOST_LINES)
NOT_EMPTY_LIST = Rule("arrayNotEmpty", "must not be empty", lambda v: isinstance(v, list) and bool(v))
ALL_INT = Rule(
    "isInt",
    "must hold whole numbers only",
    lambda v: isinstance(v, list) and all(_integral(_number(each, UTC)) for each in v),
)
IS_ARRAY = Rule("isArray", "must be a list", lambda v: isinstance(v, list))
EACH_EMAIL = Rule(
    "isEmail",
    "must be e-mail addresses",
    lambda v: isinstance(v, tuple) and all(_EMAIL.fullmatch(each) for each in v),
)
EACH_STRING = Rule("isString", "must hold texts only", lambda v: isinstance(v, tuple))
IS_EMAIL = Rule(
    "isEmail", "must be an e-mail address", lambda v: isinstance(v, str) and bool(_EMAIL.fullmatch(v))
)
