"""What a person sent in a form or an address: read, never guessed."""

import re
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import parse_qsl

from avoir.core.errors import NotFound, Refusal

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_ID = re.compile(r"[0-9]{1,15}")
MOST_FIELDS = 5_000
SECRETS = ("password", "again")
"""Fields that are taken as they were written: the spaces around a password are its own."""


class BadField(Exception):
    """A field holds what it cannot hold; the sentence is for the person who wrote it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def fields_of(problem: Exception | None) -> set[str]:
    """The names of the fields that a problem is about, as forms have them: `taxNumber` is `tax_number`."""
    if isinstance(problem, BadField):
        return {problem.field}
    facts = problem.facts if isinstance(problem, Refusal) else {}
    named = [str(facts["field"])] if "field" in facts else facts
    return {re.sub(r"(?=[A-Z])", "_", name).lower() for name in named}


class Form:
    """The fields of a form, or of an address, by name. What is empty was not said."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            # No text of ours holds NUL, and PostgreSQL could not look for it.
            said = value.replace("\0", "")
            self.values.setdefault(name, []).append(said if name in SECRETS else said.strip())

    def text(self, name: str, default: str = "") -> str:
        """The first value of a name."""
        return next(iter(self.values.get(name, ())), "") or default

    def said(self, name: str, what: str) -> str:
        """A text that must be said. Raises `BadField`."""
        text = self.text(name)
        if not text:
            raise BadField(name, f"Say what the {what} is")
        return text

    def texts(self, name: str) -> list[str]:
        """Every value of a name, without the empty ones."""
        return [each for each in self.values.get(name, ()) if each]

    def number(self, name: str, what: str) -> Decimal | None:
        """A plain decimal number, or None. Raises `BadField`."""
        text = self.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise BadField(name, f"{what} is a number, with a point for the decimals: 1234.50")
        return Decimal(text)

    def required(self, name: str, what: str) -> Decimal:
        """A number that must be said. Raises `BadField`."""
        number = self.number(name, what)
        if number is None:
            raise BadField(name, f"Say what the {what.lower()} is")
        return number

    def whole(self, name: str, what: str) -> int | None:
        """A whole number, or None. Raises `BadField`."""
        number = self.number(name, what)
        if number is not None and number != int(number):
            raise BadField(name, f"{what} is a whole number")
        return None if number is None else int(number)

    def id(self, name: str) -> int | None:
        """An id, or None; what cannot be one is nobody's."""
        text = self.text(name)
        return id_of(text) if text else None

    def chosen(self, name: str, what: str) -> int:
        """An id that must be said. Raises `BadField`."""
        id = self.id(name)
        if id is None:
            raise BadField(name, f"Choose the {what}")
        return id

    def ids(self, name: str) -> list[int]:
        """Every id of a name."""
        return [id_of(text) for text in self.texts(name)]


def form_of(body: bytes) -> Form:
    """A form as a browser sends it. Raises `BadField` for one that no browser sends."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadField("", "The form has more fields than it can have") from None
    return Form(pairs)


def id_of(text: str) -> int:
    """An id in an address or a form. Refuses `NotFound`."""
    if not _ID.fullmatch(text):
        raise NotFound("there is nothing with that number")
    return int(text)


def page_of(form: Form) -> int:
    """Which page of a list is wanted; the first if it is none."""
    text = form.text("page")
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,6}", text) else 1
