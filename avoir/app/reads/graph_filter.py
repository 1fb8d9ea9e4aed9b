"""The filter language of contract A, 2.3: a condition in words becomes SQL with bound parameters.

filter     = all { "or" all }
all        = one { "and" one }
one        = "(" filter ")" | field test
test       = compare value | [ "not" ] "in" "[" value { "," value } "]"
           | "is" [ "not" ] ( "blank" | "true" | "false" | value | days ) | "begins_with" value | ... | days
days       = "yesterday" | "today" | "tomorrow" | ( "before" | "after" | "on" ) day
           | "on" "or" ( "before" | "after" ) day | "in" number unit | number unit "ago"
           | "current" unit | ( "past" | "last" | "next" ) [ number ] unit

A day is one of the organization's time zone. What is blank is unlike every value: `=`, `<` and days never
find it, `!=` and what is negated do.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from avoir.app.reads.graph_days import Span, span_at
from avoir.app.reads.graph_reader import Reader, beyond
from avoir.app.reads.graph_tokens import Token, malformed, said, tokens_of
from avoir.core.currency import EXPONENTS

MOST_TESTS, MOST_NESTED = 50, 20
NEVER = -(2**62)
"""An amount that no row has."""

_COMPARISONS = {"=": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "=>": ">="}
_COMPARISONS |= {"equals": "=", "not_equals": "!="}
_MATCHES = {
    "begins_with": ("LIKE", "{}%"),
    "ends_with": ("LIKE", "%{}"),
    "contains": ("LIKE", "%{}%"),
    "contains_not": ("NOT LIKE", "%{}%"),
}
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,20})?", re.ASCII)


class Type(Enum):
    """What a column holds, and so what it can be compared with."""

    TEXT = "text"
    NUMBER = "number"
    INSTANT = "instant"
    DAY = "day"
    MONEY = "money"  # Minor units of the row's currency; compared in major units.
    STATE = "state"  # One of a few words; upper and lower case are the same.
    FLAG = "flag"  # 1 or 0.
    DECIMAL = "decimal"  # So many decimals as a whole number; compared as what it says.


_VALUED = (Type.TEXT, Type.STATE, Type.NUMBER, Type.MONEY, Type.DECIMAL)
"""What `is` compares with a value, too; of days it has words of its own."""


class Column(NamedTuple):
    """A field of a list: its SQL on `t` (never NULL), its type, and the value that counts as blank.

    `bare` is the SQL that an index knows, for the search of a value; it may be NULL. `currency` is the SQL
    of an amount's currency, and `places` how many decimals a decimal is kept with.
    """

    sql: str
    type: Type
    blank: str = "''"
    bare: str = ""
    currency: str = "t.currency"
    places: int = 6


class Columns(dict[str, Column]):
    """Columns by their names in camelCase; snake_case names the same."""

    def get(self, name: str, default: Any = None) -> Any:
        head, *rest = name.split("_")
        return super().get(head + "".join(word[:1].upper() + word[1:] for word in rest), default)


EVERYTHING = "1 = 1"
"""The condition that lets everything through."""


class Condition(NamedTuple):
    """A condition on `t` in SQL, and its parameters."""

    sql: str
    params: Mapping[str, Any]


def condition_of(filter: str, columns: Columns, today: str, zone: tzinfo = UTC) -> Condition:
    """Compile a filter. An empty one lets everything through. Refuses `MalformedFilter`.

    Columns may speak of `:today`.
    """
    if not filter.strip():
        return Condition(EVERYTHING, {"today": today})
    compiler = _Compiler(tokens_of(filter), columns, date.fromisoformat(today), zone)
    return Condition(compiler.whole(), {"today": today, **compiler.params})


class _Compiler(Reader):
    """Recursive descent over the tokens; gathers parameters on the way."""

    def __init__(self, tokens: list[Token], columns: Columns, today: date, zone: tzinfo) -> None:
        super().__init__(tokens, today)
        self.columns, self.zone = columns, zone
        self.params: dict[str, Any] = {}
        self._tests = self._nested = 0

    def whole(self) -> str:
        sql = self._any()
        if self.ahead.kind != "end":
            raise self.no("nothing more is expected")
        return sql

    def _any(self) -> str:
        parts = [self._all()]
        while self.take("or"):
            parts.append(self._all())
        return " OR ".join(parts)

    def _all(self) -> str:
        parts = [self._one()]
        while self.take("and"):
            parts.append(self._one())
        return " AND ".join(parts)

    def _one(self) -> str:
        if not self.take("("):
            return f"({self._test()})"
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise self.no("it is nested too deeply")
        sql = self._any()
        self.expect(")")
        self._nested -= 1
        return f"({sql})"

    def _test(self) -> str:
        self._tests += 1
        if self._tests > MOST_TESTS:
            raise self.no(f"it has more than {MOST_TESTS} conditions")
        token = self.pop()
        column = self.columns.get(token.text) if token.kind == "word" else None
        if column is None:
            names = ", ".join(sorted(self.columns))
            raise malformed(token.at, f"a field is expected, one of {names}")
        dated = column.type in (Type.DAY, Type.INSTANT)
        if dated and (self.days_ahead or (self.ahead.word == "in" and not self._lists())):
            return self._within(column)
        return self._operation(column, self.pop())

    def _operation(self, column: Column, operator: Token) -> str:
        word = operator.text.lower() if operator.kind in ("word", "sign") else ""
        if word in _COMPARISONS:
            return self._compared(column, _COMPARISONS[word])
        if word == "in":
            return self._listed(column)
        if word == "not":
            self.expect("in")
            return f"NOT ({self._listed(column)})"
        if word in ("is", "is_not"):
            return self._is(column, negated=word == "is_not" or self.take("not"))
        if word in _MATCHES and column.type in (Type.TEXT, Type.STATE):
            return self._matched(column, *_MATCHES[word])
        raise malformed(operator.at, "a comparison is expected")

    def _lists(self) -> bool:
        return self.tokens[self._next + 1].text == "["

    def _is(self, column: Column, *, negated: bool) -> str:
        if column.type is Type.FLAG and self.ahead.word in ("true", "false"):
            return f"{column.sql} {'!=' if negated else '='} {self._bind(int(self.pop().word == 'true'))}"
        word = column.type is Type.STATE and self.ahead.kind == "word" and self.ahead.word != "blank"
        if word or (self.ahead.kind in ("text", "number") and column.type in _VALUED):
            return self._compared(column, "!=" if negated else "=")
        if column.type not in (Type.DAY, Type.INSTANT) or self.ahead.word == "blank":
            self.expect("blank")
            return self._blank(column, negated=negated)
        found = self._within(column)
        return f"NOT ({found})" if negated else found

    def _blank(self, column: Column, *, negated: bool) -> str:
        if not column.blank:  # It always holds something.
            return "1 = 1" if negated else "1 = 0"
        return f"{column.sql} {'!=' if negated else '='} {column.blank}"

    def _within(self, column: Column) -> str:
        return self._spanned(column, self.span(self._zone_of(column)))

    def _zone_of(self, column: Column) -> tzinfo | None:
        return self.zone if column.type is Type.INSTANT else None

    def _spanned(self, column: Column, span: Span) -> str:
        return f"{column.sql} >= {self._bind(span.first)} AND {column.sql} < {self._bind(span.end)}"

    def _listed(self, column: Column) -> str:
        self.expect("[")
        parts = [f"({self._compared(column, '=')})"]
        while self.take(","):
            if len(parts) >= MOST_TESTS:
                raise self.no(f"a list has {MOST_TESTS} values at most")
            parts.append(f"({self._compared(column, '=')})")
        self.expect("]")
        return " OR ".join(parts)

    def _matched(self, column: Column, like: str, pattern: str) -> str:
        wanted = re.sub(r"([\\%_])", r"\\\1", said(self.pop()))
        mark = self._bind(pattern.format(wanted.lower()))
        return f"LOWER({column.sql}) {like} {mark} ESCAPE '\\'"

    def _compared(self, column: Column, sign: str) -> str:
        token = self.pop()
        if token.word in ("null", "nil") and sign in ("=", "!="):
            return self._blank(column, negated=sign == "!=")
        return _COMPARED[column.type](self, column, sign, token)

    def money(self, column: Column, sign: str, token: Token) -> str:
        """Compare with the minor units of each currency; in between two of them, with the nearer side."""
        major = self._number(token)
        if abs(major) >= 2**53:
            raise self.no("the amount is out of range")
        by_exponent = {n: self._bind(_minor(major, n, sign)) for n in sorted(set(EXPONENTS.values()))}
        cases = " ".join(
            f"WHEN {column.currency} IN ({codes}) THEN {by_exponent[n]}"
            for n, codes in _CURRENCIES.items()
            if n != 2
        )
        return f"{column.sql} {sign} CASE {cases} ELSE {by_exponent[2]} END"

    def decimal(self, column: Column, sign: str, token: Token) -> str:
        """Compare with what a number of that many decimals is kept as."""
        major = self._number(token)
        if abs(major) >= 2**53:
            raise self.no("the number is out of range")
        scaled = _minor(major, column.places, sign)
        if abs(scaled) >= 2**63:
            raise self.no("the number is out of range")
        return f"{column.sql} {sign} {self._bind(scaled)}"

    def number(self, column: Column, sign: str, token: Token) -> str:
        """Compare whole numbers. What is blank is neither more nor less than any."""
        number = self._number(token)
        if number != number.to_integral_value() or abs(number) >= 2**53:
            raise malformed(token.at, "a whole number is expected")
        mark = self._bind(int(number))
        if sign == "=" and column.bare:
            return f"{column.bare} = {mark}"
        something = f" AND {column.sql} != {column.blank}" if column.bare and sign != "!=" else ""
        return f"{column.sql} {sign} {mark}{something}"

    def flag(self, column: Column, sign: str, token: Token) -> str:
        """Compare with true or false."""
        word = said(token).lower()
        if word not in ("true", "false") or sign not in ("=", "!="):
            raise malformed(token.at, "true or false is expected")
        return f"{column.sql} {sign} {self._bind(int(word == 'true'))}"

    def time(self, column: Column, sign: str, token: Token) -> str:
        """Compare days or instants."""
        zone = self._zone_of(column)
        try:
            span = span_at(said(token), zone)
        except (OverflowError, ValueError):
            raise malformed(token.at, "a day is expected: 2026-11-25") from None
        if sign == "!=":
            return f"NOT ({self._spanned(column, span)})"
        return self._spanned(column, beyond(span, sign, zone))

    def text(self, column: Column, sign: str, token: Token) -> str:
        """Compare texts."""
        text = said(token)
        if column.type is Type.STATE:
            text = text.upper()
        return f"{column.sql} {sign} {self._bind(text)}"

    def _number(self, token: Token) -> Decimal:
        text = said(token) if token.kind == "text" else token.text
        if token.kind not in ("number", "text") or not _NUMBER.fullmatch(text):
            raise malformed(token.at, "a number is expected")
        return Decimal(text)

    def _bind(self, value: Any) -> str:
        mark = f"f{len(self.params)}"
        self.params[mark] = value
        return f":{mark}"


_COMPARED = {
    Type.TEXT: _Compiler.text,
    Type.STATE: _Compiler.text,
    Type.NUMBER: _Compiler.number,
    Type.MONEY: _Compiler.money,
    Type.FLAG: _Compiler.flag,
    Type.DECIMAL: _Compiler.decimal,
    Type.DAY: _Compiler.time,
    Type.INSTANT: _Compiler.time,
}


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
