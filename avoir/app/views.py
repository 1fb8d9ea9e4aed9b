"""Saved views of lists."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.row import Row, changed
from avoir.core.settings import choice
from avoir.core.text import LONG, SHORT, fits, named
from avoir.core.view import View

SORT_ORDERS = ("", "asc", "desc")
WORDS = {"name": SHORT, "object": SHORT, "columns": LONG, "conditions": LONG, "sort_by": SHORT}
"""What is said of a view, and how long it may be."""

Needs = Iterator[tuple[type[Row], Any]]


class CreateView(Command, frozen=True, kw_only=True):
    """A new view of a list. Whether the list understands it is for the face that shows the list."""

    ANSWER = View
    name: str
    object: str
    columns: str = ""
    conditions: str = ""
    sort_by: str = ""
    sort_order: str = ""
    is_default: bool = False

    def decide(self, desk: Desk) -> View:
        """Refuses `NameRequired`, `TextTooLong`, `UnknownSetting` for an order that is none."""
        named(self.name, "a view")
        view = View(
            organization_id=desk.organization_id,
            id=desk.next("view"),
            owner=desk.actor,
            is_default=int(self.is_default),
            created_at=desk.now,
            updated_at=desk.now,
            **_said(self),
        )
        desk.tell("view.created", view)
        return desk.add(view)


class EditView(Command, frozen=True, kw_only=True):
    """Change a view. What is not given stays as it is."""

    ANSWER = View
    view_id: int
    name: str | None = None
    object: str | None = None
    columns: str | None = None
    conditions: str | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    is_default: bool | None = None

    def needs(self) -> Needs:
        yield View, self.view_id

    def decide(self, desk: Desk) -> View:
        """Refuses `NotFound`, `NameRequired`, `TextTooLong`, `UnknownSetting` for an order that is none."""
        view = desk.get(View, self.view_id)
        if self.name is not None:
            named(self.name, "a view")
        fields: dict[str, Any] = dict(_said(self))
        if self.is_default is not None:
            fields["is_default"] = int(self.is_default)
        desk.tell("view.edited", view)
        return desk.put(changed(view, updated_at=desk.now, **fields))


class DeleteView(Command, frozen=True, kw_only=True):
    """Take a view away."""

    ANSWER = View
    view_id: int

    def needs(self) -> Needs:
        yield View, self.view_id

    def decide(self, desk: Desk) -> View:
        """Refuses `NotFound`."""
        view = desk.get(View, self.view_id)
        desk.tell("view.deleted", view)
        desk.remove(view)
        return view


def _said(command: CreateView | EditView) -> dict[str, str]:
    """What the command says, in words that fit."""
    said = {
        field: fits(text, field, most)
        for field, most in WORDS.items()
        if (text := getattr(command, field)) is not None
    }
    if command.sort_order is not None:
        said["sort_order"] = choice(command.sort_order.lower(), SORT_ORDERS, "sortOrder")
    return said
