"""What a text finds in contract A: names and numbers that hold it."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query

MOST_OF_EACH = 20


class Found(msgspec.Struct, frozen=True):
    """One thing that a search came upon."""

    model: str
    id: int
    content: str
    updated_at: str


_WHERE = {
    "Account": ("customers", "t.name", ("t.name", "t.code", "t.email"), "1 = 1"),
    "Contact": (
        "contacts",
        "TRIM(t.first_name || ' ' || t.last_name)",
        ("t.first_name", "t.last_name", "t.email", "t.code"),
        "1 = 1",
    ),
    "CreditNote": ("credit_notes", "t.number", ("t.number", "t.reference"), "t.state = 'issued'"),
    "Invoice": ("invoices", "t.number", ("t.number", "t.reference"), "t.state IN ('issued', 'voided')"),
    "Payment": ("payments", "t.number", ("t.number", "t.memo", "t.reference"), "1 = 1"),
}
"""Of each model: the table, what a find is called, what is looked into, and what is shown."""


def search(query: Query, text: str, models: Sequence[str]) -> list[Found]:
    """The newest finds of each model, in the order of the models. An empty text finds nothing."""
    wanted = text.strip().lower()
    if not wanted or "\0" in wanted:
        return []
    pattern = "%{}%".format(wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_"))
    found: list[Found] = []
    for model in models:
        table, content, columns, shown = _WHERE[model]
        any_of = " OR ".join(f"LOWER({column}) LIKE :pattern ESCAPE '!'" for column in columns)
        rows = query.all(
            f"""SELECT t.id, {content}, t.updated_at FROM {table} AS t
            WHERE t.organization_id = :o AND {shown} AND ({any_of}) ORDER BY t.id DESC LIMIT :most""",
            pattern=pattern,
            most=MOST_OF_EACH,
        )
        found += [Found(model, *row) for row in rows]
    return found
