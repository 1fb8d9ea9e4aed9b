"""The filter language of contract A, 2.3: a condition in words becomes SQL with bound parameters.

filter     = all { "or" all }
all        = one { "and" one }
one        = "(" filter ")" | field test
test       = compare value | [ "not" ] "in" "[" value { "," value } "]"
           | "is" [ "not" ] ( "blank" | days ) | "begins_with" value | ...
days       = "yesterday" | "today" | "tomorrow" | ( "before" | "after" | "on" ) day
           | "on" "or" ( "before" | "after" ) day | "in" number unit | number unit "ago"
           | "current" unit | ( "past" | "last" | "next" ) [ number ] unit
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from avoir.app.reads.graph_days import ONE_DAY, UNITS, Days, around, beside, plus
from avoir.core.currency import EXPONENTS
from avoir.core.errors import Kind, Refusal

MOST_CHARACTERS, MOST_TESTS, MOST_NESTED = 4_000, 50, 20
NEVER = -(2**62)
"""An amount that no row has."""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<day>\d{4}-\d{2}-\d{2}(?:T[0-9:.]+Z?)?)
  | (?P<number>-?\d{1,40}(?:\.\d{1,20})?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>=>|<=|>=|!=|[=<>()\[\],])
  )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_COMPARISONS = {"=": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "=>": ">="}
_COMPARISONS |= {"equals": "=", "not_equals": "!="}
_NEAR = {"yesterday": timedelta(-1), "today": timedelta(0), "tomorrow": timedelta(1)}
_MATCHES = {
    "begins_with": ("LIKE", "{}%"),
    "ends_with": ("LIKE", "%{}"),
    "contains": ("LIKE", "%{}%"),
    "contains_not": ("NOT LIKE", "%{}%"),
}


class MalformedFilter(Refusal):
    """A filter is a condition on the listed fields. `position` counts characters from 1."""

    code, kind = "malformed_filter", Kind.INVALID


class Type(Enum):
    """What a column holds, and so what it can be compared with."""

    TEXT = "text"
    NUMBER = "number"
    INSTANT = "instant"
    DAY = "day"
    MONEY = "money"  # Minor units of the row's currency; compared in major units.
    STATE = "state"  # One of a few words; upper and lower case are the same.


class Column(NamedTuple):
    """A field of a list: its SQL on `t` (never NULL), its type, and the value that counts as blank."""

    sql: str
    type: Type
    blank: str = "''"


class Columns(dict[str, Column]):
    """Columns by their names in camelCase; snake_case names the same."""

    def get(self, name: str, default: Any = None) -> Any:
        head, *rest = name.split("_")
        return super().get(head + "".join(word[:1].upper() + word[1:] for word in rest), default)


class Condition(NamedTuple):
    """A condition on `t` in SQL, and its parameters."""

    sql: str
    params: Mapping[str, Any]


class Token(NamedTuple):
    """A word of a filter, and where it begins."""

    kind: str
    text: str
    at: int


def condition_of(filter: str, columns: Columns, today: str) -> Condition:
    """Compile a filter. An empty one lets everything through. Refuses `MalformedFilter`.

    Columns may speak of `:today`.
    """
    if not filter.strip():
        return Condition("1 = 1", {"today": today})
    if len(filter) > MOST_CHARACTERS:
        raise _malformed(MOST_CHARACTERS, "it is too long")
    compiler = _Compiler(_tokens(filter), columns, today)
    return Condition(compiler.whole(), {"today": today, **compiler.params})


def _malformed(position: int, why: str) -> MalformedFilter:
    return MalformedFilter(f"Malformed filter at character {position}: {why}", position=position)


def _tokens(filter: str) -> list[Token]:
    tokens, at = [], 0
    end = len(filter.rstrip())
    while at < end:
        match = _TOKEN.match(filter, at)
        if match is None or match.lastgroup is None:
            start = at + len(filter[at:]) - len(filter[at:].lstrip())
            raise _malformed(start + 1, f"{filter[start]!r} is not expected here")
        tokens.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    tokens.append(Token("end", "", end + 1))
    return tokens


class _Compiler:
    """Recursive descent over the tokens; gathers parameters on the way."""

    def __init__(self, tokens: list[Token], columns: Columns, today: str) -> None:
        self.tokens, self.columns, self.today = tokens, columns, date.fromisoformat(today)
        self.params: dict[str, Any] = {}
        self._next = self._tests = self._nested = 0

    def whole(self) -> str:
        sql = self._any()
        self._expect("end", "")
        return sql

    def _any(self) -> str:
        parts = [self._all()]
        while self._take("word", "or"):
            parts.append(self._all())
        return " OR ".join(parts)

    def _all(self) -> str:
        parts = [self._one()]
        while self._take("word", "and"):
            parts.append(self._one())
        return " AND ".join(parts)

    def _one(self) -> str:
        if self._take("sign", "("):
            self._nested += 1
            if self._nested > MOST_NESTED:
                raise self._no("it is nested too deeply")
            sql = self._any()
            self._expect("sign", ")")
            self._nested -= 1
            return f"({sql})"
        return f"({self._test()})"

    def _test(self) -> str:
        self._tests += 1
        if self._tests > MOST_TESTS:
            raise self._no(f"it has more than {MOST_TESTS} conditions")
        token = self._pop()
        column = self.columns.get(token.text) if token.kind == "word" else None
        if column is None:
            names = ", ".join(sorted(self.columns))
            raise _malformed(token.at, f"a field is expected, one of {names}")
        operator = self._pop()
        word = operator.text.lower()
        if word in _COMPARISONS:
            return self._compared(column, _COMPARISONS[word])
        if word == "in":
            return self._listed(column)
        if word == "not":
            self._expect("word", "in")
            return f"NOT ({self._listed(column)})"
        if word in ("is", "is_not"):
            return self._is(column, negated=word == "is_not" or self._take("word", "not"))
        if word in _MATCHES and column.type in (Type.TEXT, Type.STATE):
            return self._matched(column, *_MATCHES[word])
        raise _malformed(operator.at, "a comparison is expected")

    def _is(self, column: Column, *, negated: bool) -> str:
        if column.type not in (Type.DAY, Type.INSTANT) or self._ahead("blank"):
            self._expect("word", "blank")
            return f"{column.sql} {'!=' if negated else '='} {column.blank}"
        at = self.tokens[self._next].at
        try:
            days = self._days()
        except (OverflowError, ValueError):
            raise _malformed(at, "no calendar has these days") from None
        day = f"substr({column.sql}, 1, 10)"
        found = f"{day} BETWEEN {self._bind(days.first.isoformat())} AND {self._bind(days.last.isoformat())}"
        return f"NOT ({found})" if negated else found

    def _days(self) -> Days:
        """The days that some words name. Raises `ValueError`, `OverflowError` where there are none."""
        token = self._pop()
        word = token.text.lower() if token.kind == "word" else token.kind
        if word in _NEAR:
            day = self.today + _NEAR[word]
            return Days(day, day)
        if word in ("before", "after", "on"):
            return self._bounded(word)
        if word == "current":
            return around(self.today, self._unit())
        if word in ("past", "last", "next"):
            count = self._count(self._pop()) if self.tokens[self._next].kind == "number" else 1
            return beside(self.today, count if word == "next" else -count, self._unit())
        if word == "in":
            day = plus(self.today, self._count(self._pop()), self._unit())
            return Days(day, day)
        if word == "number":
            day = plus(self.today, -self._count(token), self._unit())
            self._expect("word", "ago")
            return Days(day, day)
        raise _malformed(token.at, "`blank` or days are expected")

    def _bounded(self, word: str) -> Days:
        inclusive = word == "on"
        if inclusive and self._take("word", "or"):
            word = "before" if self._take("word", "before") else "after"
            if word == "after":
                self._expect("word", "after")
        day = date.fromisoformat(self._text(self._pop())[:10])
        if word == "before":
            return Days(date.min, day if inclusive else day - ONE_DAY)
        return Days(day if inclusive else day + ONE_DAY, day if word == "on" else date.max)

    def _unit(self) -> str:
        token = self._pop()
        unit = token.text.lower().removesuffix("s")
        if unit not in UNITS:
            raise _malformed(token.at, f"one of {', '.join(UNITS)} is expected")
        return unit

    def _count(self, token: Token) -> int:
        number = self._number(token)
        if number != number.to_integral_value() or not 0 < number < 10_000:
            raise _malformed(token.at, "a whole number up to 9999 is expected")
        return int(number)

    def _listed(self, column: Column) -> str:
        self._expect("sign", "[")
        parts = [f"({self._compared(column, '=')})"]
        while self._take("sign", ","):
            if len(parts) >= MOST_TESTS:
                raise self._no(f"a list has {MOST_TESTS} values at most")
            parts.append(f"({self._compared(column, '=')})")
        self._expect("sign", "]")
        return " OR ".join(parts)

    def _matched(self, column: Column, like: str, pattern: str) -> str:
        wanted = re.sub(r"([\\%_])", r"\\\1", self._text(self._pop()))
        mark = self._bind(pattern.format(wanted.lower()))
        return f"LOWER({column.sql}) {like} {mark} ESCAPE '\\'"

    def _compared(self, column: Column, sign: str) -> str:
        token = self._pop()
        if column.type is Type.MONEY:
            return self._money(column.sql, sign, self._number(token))
        if column.type is Type.NUMBER:
            number = self._number(token)
            if number != number.to_integral_value() or abs(number) >= 2**53:
                raise _malformed(token.at, "a whole number is expected")
            return f"{column.sql} {sign} {self._bind(int(number))}"
        text = self._text(token)
        if column.type is Type.STATE:
            text = text.upper()
        if column.type is Type.INSTANT and len(text) == len("2026-11-22"):
            return f"substr({column.sql}, 1, 10) {sign} {self._bind(text)}"
        return f"{column.sql} {sign} {self._bind(text)}"

    def _money(self, sql: str, sign: str, major: Decimal) -> str:
        """Compare with the minor units of each currency; in between two of them, with the nearer side."""
        if abs(major) >= 2**53:
            raise self._no("the amount is out of range")
        by_exponent = {n: self._bind(_minor(major, n, sign)) for n in sorted(set(EXPONENTS.values()))}
        cases = " ".join(
            f"WHEN t.currency IN ({codes}) THEN {by_exponent[n]}"
            for n, codes in _CURRENCIES.items()
            if n != 2
        )
        return f"{sql} {sign} CASE {cases} ELSE {by_exponent[2]} END"

    def _number(self, token: Token) -> Decimal:
        text = self._text(token) if token.kind == "text" else token.text
        if token.kind not in ("number", "text") or not re.fullmatch(
            r"-?\d{1,40}(\.\d{1,20})?", text, re.ASCII
        ):
            raise _malformed(token.at, "a number is expected")
        return Decimal(text)

    def _text(self, token: Token) -> str:
        if token.kind == "text":
            text = re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
            if "\0" in text:
                raise _malformed(token.at, "no text holds the character NUL")
            return text
        if token.kind in ("day", "number", "word"):
            return token.text
        raise _malformed(token.at, "a value is expected")

    def _bind(self, value: Any) -> str:
        mark = f"f{len(self.params)}"
        self.params[mark] = value
        return f":{mark}"

    def _pop(self) -> Token:
        token = self.tokens[self._next]
        if token.kind == "end":
            raise self._no("it ends too early")
        self._next += 1
        return token

    def _ahead(self, word: str) -> bool:
        token = self.tokens[self._next]
        return token.kind == "word" and token.text.lower() == word

    def _take(self, kind: str, text: str) -> bool:
        token = self.tokens[self._next]
        taken = token.kind == kind and token.text.lower() == text
        self._next += int(taken)
        return taken

    def _expect(self, kind: str, text: str) -> None:
        if not self._take(kind, text):
            raise self._no(f"{text!r} is expected" if text else "nothing more is expected")

    def _no(self, why: str) -> MalformedFilter:
        return _malformed(self.tokens[self._next].at, why)


def _minor(major: Decimal, places: int, sign: str) -> int:
    """The minor units to compare with, so that the comparison is that of the major units."""
    whole, rest = divmod(major * 10**places, 1)
    if rest and sign in ("=", "!="):
        return NEVER
    return int(whole) + int(bool(rest) and sign in ("<", ">="))


_CURRENCIES = {
    n: ", ".join(f"'{code}'" for code, decimals in sorted(EXPONENTS.items()) if decimals == n)
    for n in sorted(set(EXPONENTS.values()))
}
