"""Texts that people choose: how long they may be."""

from avoir.core.errors import Kind, Refusal

SHORT, LONG = 255, 65_535
"""Characters of a name, number or reference; of a note or description."""


class TextTooLong(Refusal):
    """The text is longer than its field."""

    code, kind = "text_too_long", Kind.INVALID


class NameRequired(Refusal):
    """People find things by their names."""

    code, kind = "name_required", Kind.INVALID


def named(name: str, what: str) -> str:
    """The name itself. Refuses `NameRequired`, `TextTooLong`."""
    if not name.strip():
        raise NameRequired(f"{what} has a name", field="name")
    return fits(name, "name")


def fits(text: str, what: str, most: int = SHORT) -> str:
    """The text itself. Refuses `TextTooLong`."""
    if len(text) > most:
        raise TextTooLong(f"{what} is longer than {most} characters", field=what, most=most)
    return text
