"""An organization's settings."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.organization import Organization
from avoir.core.row import Row, changed
from avoir.core.settings import CREDIT_RATES, DISCOUNT_TIMINGS, choice, days, laid_over
from avoir.core.text import SHORT, fits

TEXTS = {
    "name": SHORT,
    "timezone": SHORT,
    "language": 16,
    "date_format": 64,
    "fiscal_year": 16,
}
"""The settings that no law reads, and how long they may be. The door knows which time zones there are."""


class ChangeSettings(Command, frozen=True, kw_only=True):
    """Change settings. What is not given stays as it is, and documents keep what they were written with.

    `details` is a JSON object, laid over the details that there are; null takes a member away.
    """

    ANSWER = Organization
    discount_timing: str | None = None
    write_off_tax: bool | None = None
    credit_rate: str | None = None
    terms_days: int | None = None
    name: str | None = None
    timezone: str | None = None
    language: str | None = None
    date_format: str | None = None
    fiscal_year: str | None = None
    details: str | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Organization, ()

    def decide(self, desk: Desk) -> Organization:
        """Refuses `UnknownSetting`, `TermsOutOfRange`, `TextTooLong`."""
        old = desk.get(Organization)
        fields: dict[str, Any] = {}
        if self.discount_timing is not None:
            fields["discount_timing"] = choice(self.discount_timing, DISCOUNT_TIMINGS, "discountTiming")
        if self.credit_rate is not None:
            fields["credit_rate"] = choice(self.credit_rate, CREDIT_RATES, "creditRate")
        if self.terms_days is not None:
            fields["terms_days"] = days(self.terms_days)
        if self.write_off_tax is not None:
            fields["write_off_tax"] = int(self.write_off_tax)
        for field, most in TEXTS.items():
            if (text := getattr(self, field)) is not None:
                fields[field] = fits(text, field, most)
        if self.details is not None:
            fields["details"] = laid_over(old.details, self.details)
        desk.tell("organization.changed", old)
        return desk.put(changed(old, **fields))
