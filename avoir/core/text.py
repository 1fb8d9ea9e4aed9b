"""Texts that people choose: how long they may be."""

from avoir.core.errors import Kind, Refusal

SHORT, LONG = 255, 65_535
"""Characters of a name, number or reference; of a note or description."""


class TextTooLong(Refusal):
    """The text is longer than its field."""

    code, kind = "text_too_long", Kind.INVALID


def fits(text: str, what: str, most: int = SHORT) -> str:
    """The text itself. Refuses `TextTooLong`."""
    if len(text) > most:
        raise TextTooLong(f"{what} is longer than {most} characters", field=what, most=most)
    return text
