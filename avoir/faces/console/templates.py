"""The templates, and what every one of them may use."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from avoir.faces.console import forms, words

FILE_ROWS, FILE_LINES = 10_000, 5_000
"""So many rows of a list, and entries or events of the books, are sent as one file; pages say so too."""


@cache
def environment() -> Environment:
    """One for the process: templates are compiled once."""
    made = Environment(
        loader=PackageLoader("avoir.faces.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=200,
    )
    made.filters |= {
        "money": _money,
        "number": _number,
        "day": _day,
        "instant": _instant,
        "label": words.label,
        "column": words.column,
        "plain": words.plain,
        "sentence": words.sentence,
        "choices": choices,
        "pairs": _pairs,
        "labels": labels,
        "price": _price,
        "who": _who,
        "fields": forms.fields_of,
        "away": words.away,
    }
    made.globals |= {
        "tones": words.TONES,
        "states": words.STATES,
        "periods": words.PERIODS,
        "file_rows": FILE_ROWS,
        "file_lines": FILE_LINES,
    }
    return made


def render(template: str, **context: Any) -> str:
    """A page."""
    return environment().get_template(template).render(context)


@pass_context
def _money(context: Context, minor: int, currency: str) -> str:
    return words.money(minor, currency, context["locale"])


@pass_context
def _price(context: Context, micro: int, currency: str) -> str:
    return words.price(micro, currency, context["locale"])


@pass_context
def _number(context: Context, whole: int, places: int = 6) -> str:
    return words.number(whole, places, context["locale"])


@pass_context
def _day(context: Context, text: str) -> str:
    return words.day(text, context["locale"])


@pass_context
def _instant(context: Context, text: str) -> str:
    return words.instant(text, context["setup"].organization.timezone, context["locale"])


def choices(rows: Iterable[Any]) -> list[tuple[int, str]]:
    """Rows with a name, as a select offers them."""
    return [(row.id, row.name) for row in rows]


def _pairs(rows: Iterable[Any], name: str) -> list[tuple[str, str]]:
    """Rows that are known by their name, as a select offers them."""
    return [(getattr(row, name), getattr(row, name)) for row in rows]


def _who(names: list[str]) -> str:
    """Some of several people: Ada, Grace or somebody else."""
    few = names[:3] if len(names) <= 3 else [*names[:2], "somebody else"]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}"


def labels(values: Iterable[str]) -> list[tuple[str, str]]:
    """Words of ours, as a select offers them."""
    return [(value, words.label(value)) for value in values]
