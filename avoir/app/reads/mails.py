"""The outbox: mail that waits to be carried, in every organization."""

from avoir.app.reads.query import Query
from avoir.core.mail import Mail


def waiting(query: Query, now: str, most: int) -> list[Mail]:
    """Mail that is due, some of it."""
    columns = ", ".join(f"t.{column}" for column in Mail.__struct_fields__)
    sql = f"""SELECT {columns} FROM mails AS t WHERE t.state = 'waiting' AND t.due_at <= :now
        ORDER BY t.organization_id, t.uuid LIMIT :most"""
    return [Mail(*row) for row in query.all(sql, now=now, most=most)]


def spoken(query: Query, before: str, most: int) -> list[tuple[int, str]]:
    """Mail of every organization that went out, or was given up, by an instant, and still has its text."""
    return query.all(
        """SELECT t.organization_id, t.uuid FROM mails AS t
            WHERE t.state <> 'waiting' AND t.text <> '' AND t.due_at <= :before
            ORDER BY t.organization_id, t.due_at LIMIT :most""",
        before=before, most=most,
    )  # fmt: skip


def expired(query: Query, before: str, most: int) -> list[tuple[int, str]]:
    """The digests of tokens that were good until an instant, or ended before."""
    return query.all(
        """SELECT t.organization_id, t.digest FROM mailed_tokens AS t WHERE t.expires_at <= :before
            ORDER BY t.organization_id, t.digest LIMIT :most""",
        before=before, most=most,
    )  # fmt: skip
