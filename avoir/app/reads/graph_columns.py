"""How the lists of contract A make their columns: the SQL of each, and what it is compared with."""

from avoir.app.reads.graph_filter import Column, Type


def text(name: str) -> Column:
    """A text."""
    return Column(f"t.{name}", Type.TEXT)


def number(sql: str, blank: str = "0") -> Column:
    """A whole number that is always there; `blank` is the one that counts as none."""
    return Column(sql, Type.NUMBER, blank)


def key(name: str) -> Column:
    """The id of something that is always named."""
    return Column(f"t.{name}", Type.NUMBER, "")


def perhaps(name: str) -> Column:
    """The id of something that need not be named."""
    return Column(f"COALESCE(t.{name}, 0)", Type.NUMBER, "0", f"t.{name}")


def money(sql: str, currency: str = "t.currency") -> Column:
    """An amount in minor units."""
    return Column(sql, Type.MONEY, "0", currency=currency)


def state(sql: str) -> Column:
    """One of a few words in capitals."""
    return Column(sql, Type.STATE)


def flag(sql: str) -> Column:
    """True or false, as 1 or 0."""
    return Column(sql, Type.FLAG, "")


def instant(name: str) -> Column:
    """An instant."""
    return Column(f"t.{name}", Type.INSTANT)


def day(name: str) -> Column:
    """A day."""
    return Column(f"t.{name}", Type.DAY)


TIMES = {"createdAt": instant("created_at"), "updatedAt": instant("updated_at")}


def detail(name: str) -> Column:
    """A text of a customer's details."""
    return Column(f"detail(t.details, '{name}')", Type.TEXT)


def flags(**otherwise: bool) -> dict[str, Column]:
    """True and false of a customer's details, with what each is if nobody said."""
    return {
        name: flag(
            f"""CASE detail(t.details, '{name}') WHEN 'true' THEN 1 WHEN 'false' THEN 0
            ELSE {int(usual)} END"""
        )
        for name, usual in otherwise.items()
    }


def decimal(sql: str, places: int = 6) -> Column:
    """A number with decimals, kept as a whole one."""
    return Column(sql, Type.DECIMAL, "0", places=places)


def legacy(subject: str) -> Column:
    """Whether a document was imported by its totals."""
    return flag(
        f"""CASE WHEN EXISTS (SELECT 1 FROM legacy_documents AS g WHERE g.organization_id = :o
        AND g.subject = '{subject}' AND g.subject_id = t.id) THEN 1 ELSE 0 END"""
    )


def remark(subject: str) -> str:
    """SQL of what is noted on a thing; empty if nothing is."""
    return f"""COALESCE((SELECT r.text FROM remarks AS r WHERE r.organization_id = :o
        AND r.subject = '{subject}' AND r.subject_id = t.id), '')"""


def worded(word: str) -> Column:
    """How a document is called: its kind and its number, if it has one."""
    return Column(f"RTRIM('{word} ' || t.number)", Type.TEXT)


def issued(name: str) -> str:
    """SQL of what a document has since it was issued; empty of a draft."""
    return f"CASE WHEN t.state = 'draft' THEN '' ELSE t.{name} END"
