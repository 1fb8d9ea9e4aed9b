"""The filter grammar, whole: what a filter finds is what Python finds by itself, on both databases.

A condition is made at random, written down in one of the spellings that the contract allows, and looked for
in a list; then every row is judged here, without any SQL. Whatever else is sent is refused with its place.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from avoir.app.reads import graph
from avoir.app.reads.graph_filter import condition_of
from avoir.app.reads.graph_lists import INVOICES
from avoir.app.reads.graph_tokens import MalformedFilter
from avoir.app.reads.query import Query
from avoir.core.currency import exponent
from avoir.core.invoice import Invoice
from tests.ledger import Ledger, line

TODAY = "2026-11-22"
REFERENCES = ["", "PO 1", "po-2", "O'Neill", "100%", "a_b", "Ünïcode", 'say "x"', "back\\slash"]


class Field(NamedTuple):
    """A field as clients write it, and what it is of an invoice."""

    names: tuple[str, ...]
    of: Any


def state(x: Invoice) -> str:
    if x.state != "issued":
        return x.state.upper()
    if x.due_minor:
        return "DUE" if x.due_on <= TODAY else "NOT_DUE"
    return "PAID"


def major(name: str) -> Any:
    return lambda x: Decimal(getattr(x, name)).scaleb(-exponent(x.currency))


TEXTS = {"poNumber": Field(("poNumber", "po_number"), lambda x: x.reference),
         "currencyId": Field(("currencyId", "currency_id"), lambda x: x.currency)}  # fmt: skip
AMOUNTS = {"amount": Field(("amount",), major("total_minor")),
           "amountDue": Field(("amountDue", "amount_due"), major("due_minor"))}  # fmt: skip
NUMBERS = {"id": Field(("id",), lambda x: x.id),
           "accountId": Field(("accountId", "account_id"), lambda x: x.customer_id)}  # fmt: skip
DAYS = {"dueAt": Field(("dueAt", "due_at"), lambda x: x.due_on)}
SIGNS = {"=": "__eq__", "!=": "__ne__", "<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__"}
SPELLED = {">=": (">=", "=>"), "=": ("=", "equals", "is"), "!=": ("!=", "not_equals", "is not", "is_not")}
STATES = ["DRAFT", "DUE", "NOT_DUE", "PAID", "VOIDED", "FAILED"]

Condition = tuple[str, Any]
"""The words, and the judge."""


def quoted(text: str) -> Any:
    """A text in either sort of quotes."""
    return st.sampled_from("'\"").map(
        lambda mark: mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark
    )


def either_case(word: str) -> Any:
    return st.sampled_from([word, word.upper(), word.title()])


@st.composite
def compared(draw, fields, values, written) -> Condition:
    """A field, a sign and a value; or a field in a list of values."""
    field = draw(st.sampled_from(list(fields.values())))
    name, of = draw(st.sampled_from(field.names)), field.of
    if draw(st.booleans()):
        listed = draw(st.lists(values, min_size=1, max_size=4))
        words = ", ".join(draw(written(each)) for each in listed)
        if draw(st.booleans()):
            return f"{name} not in [{words}]", lambda x: of(x) not in listed
        return f"{name} {draw(either_case('in'))} [{words}]", lambda x: of(x) in listed
    sign = draw(st.sampled_from(list(SIGNS)))
    value = draw(values)
    spelled = draw(st.sampled_from(SPELLED.get(sign, (sign,))))
    method = SIGNS[sign]
    return f"{name} {spelled} {draw(written(value))}", lambda x: getattr(of(x), method)(value)


@st.composite
def matched(draw) -> Condition:
    """A text that begins with, ends with or holds another, whatever the case; or is blank."""
    field = draw(st.sampled_from(list(TEXTS.values())))
    name, of = draw(st.sampled_from(field.names)), field.of
    if draw(st.integers(0, 3)) == 0:
        negated = draw(st.booleans())
        return f"{name} is {'not ' if negated else ''}blank", lambda x: (of(x) == "") is not negated
    whole = draw(st.sampled_from([*REFERENCES[1:7], "usd", "JPY"]))
    start, end = sorted((draw(st.integers(0, len(whole))), draw(st.integers(0, len(whole)))))
    part = whole[start:end] or whole
    operator, judge = draw(st.sampled_from([
        ("begins_with", lambda text: text.startswith(part.lower())),
        ("ends_with", lambda text: text.endswith(part.lower())),
        ("contains", lambda text: part.lower() in text),
        ("contains_not", lambda text: part.lower() not in text),
    ]))  # fmt: skip
    return f"{name} {operator} {draw(quoted(part))}", lambda x: judge(of(x).lower())


@st.composite
def in_state(draw) -> Condition:
    """A state, quoted or not, in any case."""
    word = draw(st.sampled_from(STATES))
    spelled = draw(st.sampled_from([word, word.lower(), f"'{word.lower()}'", f'"{word}"']))
    if draw(st.booleans()):
        return f"state {draw(st.sampled_from(SPELLED['=']))} {spelled}", lambda x: state(x) == word
    return f"state {draw(st.sampled_from(SPELLED['!=']))} {spelled}", lambda x: state(x) != word


@st.composite
def dated(draw) -> Condition:
    """A day before, on or after another; today and so on; a month and a year around today."""
    name, today = draw(st.sampled_from(DAYS["dueAt"].names)), date.fromisoformat(TODAY)
    day = today + timedelta(draw(st.integers(-40, 40)))
    written = draw(
        st.sampled_from([day.isoformat(), f"'{day.isoformat()}'", f"'{day.isoformat()}T10:00:00'"])
    )
    this_month = date(today.year, today.month, 1)
    last_month = date(today.year, today.month - 1, 1)
    words, judge = draw(st.sampled_from([
        (f"before {written}", lambda x: x < day),
        (f"after {written}", lambda x: x > day),
        (f"on {written}", lambda x: x == day),
        (f"on or before {written}", lambda x: x <= day),
        (f"on or after {written}", lambda x: x >= day),
        ("today", lambda x: x == today),
        ("yesterday", lambda x: x == today - timedelta(1)),
        ("tomorrow", lambda x: x == today + timedelta(1)),
        ("in three days", lambda x: x == today + timedelta(3)),
        ("10 days ago", lambda x: x == today - timedelta(10)),
        ("current month", lambda x: (x.year, x.month) == (today.year, today.month)),
        ("last month", lambda x: last_month <= x < this_month),
        ("current year", lambda x: x.year == today.year),
        ("past 2 weeks", lambda x: date(2026, 11, 2) <= x <= date(2026, 11, 15)),
        ("next week", lambda x: date(2026, 11, 23) <= x <= date(2026, 11, 29)),
    ]))  # fmt: skip
    negation = draw(st.sampled_from(["is", "is not", "is_not", ""]))
    yes = negation in ("is", "")
    return f"{name} {negation} {words}", lambda x: judge(date.fromisoformat(x.due_on)) is yes


MONEY = st.sampled_from([0, 10, 150]).map(Decimal) | st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-5, max_value=200
)


def plain(value: Any) -> Any:
    """A number as it is, or quoted."""
    return st.sampled_from([f"{value}", f"'{value}'"])


ONE = st.one_of(
    compared(TEXTS, st.sampled_from([*REFERENCES, "USD", "JPY"]), quoted),
    compared(AMOUNTS, MONEY, plain),
    compared(NUMBERS, st.integers(-1, 12), plain),
    matched(),
    in_state(),
    dated(),
)


def joined(conditions: Any) -> Any:
    """Conditions tied by and, or, and brackets: `and` binds more closely."""

    @st.composite
    def together(draw) -> Condition:
        (one, first), (other, second) = draw(conditions), draw(conditions)
        word = draw(st.sampled_from(["and", "or"]))
        one, other = (f"({each})" for each in (one, other))
        how = (lambda x: first(x) and second(x)) if word == "and" else (lambda x: first(x) or second(x))
        return f"{one} {draw(either_case(word))} {other}", how

    return together()


@st.composite
def flat(draw) -> Condition:
    """Conditions in a row without brackets."""
    groups = draw(st.lists(st.lists(ONE, min_size=1, max_size=3), min_size=1, max_size=3))
    words = " or ".join(" and ".join(words for words, _ in group) for group in groups)
    return words, lambda x: any(all(judge(x) for _, judge in group) for group in groups)


FILTERS = st.one_of(ONE, flat(), st.recursive(ONE, joined, max_leaves=6))


@pytest.fixture
def books(url):
    """A dozen invoices of every sort."""
    ledger = Ledger(url)
    days = ["2026-10-31", "2026-11-12", "2026-11-21", TODAY, "2026-11-23", "2026-12-24", "2027-01-01"]
    for n in range(12):
        currency = ("USD", "USD", "JPY", "KWD")[n % 4]
        ledger.invoice(
            line(Decimal("10.5") if currency == "USD" and n % 3 else 10 + 70 * (n % 3)),
            currency=currency, rate=None if currency == "USD" else 1, issue=n % 5 != 4,
            due_on=days[n % 7], issued_on="2026-10-01", reference=REFERENCES[n % len(REFERENCES)],
        )  # fmt: skip
    ledger.paid(ledger.get(Invoice, 1), 10)
    ledger.paid(ledger.get(Invoice, 2), 5)
    yield ledger
    ledger.close()


def test_a_filter_finds_what_python_finds(books):
    rows = books.rows(Invoice)
    assert {state(x) for x in rows} >= {"DRAFT", "DUE", "NOT_DUE", "PAID"}
    query = Query(books.database, books.organization_id)
    seen = set()

    @settings(max_examples=400, suppress_health_check=list(HealthCheck))
    @given(FILTERS)
    def find(filter):
        words, judge = filter
        condition = condition_of(words, INVOICES.columns, TODAY)
        order = INVOICES.by_key
        window = graph.window_of(order, None, None, None, None, default=100, most=100)
        found = [x.id for x in graph.page(query, INVOICES, condition, order, window).rows]
        assert found == [x.id for x in rows if judge(x)], words
        assert graph.count(query, INVOICES, condition) == len(found)
        seen.add(len(found))

    find()
    assert len(seen) > 5, "filters tell rows apart"


PIECES = st.sampled_from([
    "amount", "dueAt", "state", "poNumber", "=", "=>", "!=", "<", "is", "is_not", "not", "in", "[", "]", ",",
    "(", ")", "and", "or", "blank", "'x'", '"y"', "1", "-2.5", "2026-01-01", "2026-02-30", "today", "before",
    "after", "on", "past", "next", "current", "ago", "weeks", "three", "contains", "true", "null", "'", "\\",
    "\0", "--", ";", "%", "é",
])  # fmt: skip


def test_whatever_else_is_sent_is_refused_with_its_place(books):
    query = Query(books.database, books.organization_id)
    understood, places = [], []

    @settings(max_examples=600, suppress_health_check=list(HealthCheck))
    @given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40))
    def sent(words):
        try:
            condition = condition_of(words, INVOICES.columns, TODAY)
        except MalformedFilter as refused:
            places.append((refused.facts["position"], len(words)))
            return
        graph.count(query, INVOICES, condition)
        understood.append(words)

    sent()
    assert understood
    assert all(1 <= position <= length + 1 for position, length in places)
