"""Saved views: how somebody wants to see a list."""

from avoir.core.row import Row


class View(Row, frozen=True, gc=False):
    """A list's columns, condition and order under a name. `owner` is the actor who made it."""

    TABLE = "views"
    organization_id: int
    id: int
    owner: str
    name: str
    object: str  # The kind of thing that is listed, in the words of the face that saved it.
    columns: str  # Names, separated by commas.
    conditions: str
    sort_by: str
    sort_order: str  # asc | desc, or empty.
    is_default: int
    created_at: str
    updated_at: str
