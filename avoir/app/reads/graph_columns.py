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
