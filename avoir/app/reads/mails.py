"""The outbox: mail that waits to be carried, in every organization."""

from avoir.app.reads.query import Query
from avoir.core.mail import Mail


def waiting(query: Query, now: str, most: int) -> list[Mail]:
    """Mail that is due, some of it."""
    columns = ", ".join(f"t.{column}" for column in Mail.__struct_fields__)
    sql = f"""SELECT {columns} FROM mails AS t WHERE t.state = 'waiting' AND t.due_at <= :now
        ORDER BY t.organization_id, t.uuid LIMIT :most"""
    return [Mail(*row) for row in query.all(sql, now=now, most=most)]
