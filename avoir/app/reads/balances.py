"""What customers owe on a day, by currency, in that currency and in the base currency: from the journal."""

import msgspec

from avoir.app.reads.query import Query

RECEIVABLES = "SELECT id FROM accounts WHERE organization_id = :o AND role = 'receivable'"

DOCUMENTS = """
    SELECT 'invoice' AS kind, id FROM invoices WHERE organization_id = :o AND customer_id = :customer
    UNION ALL SELECT 'credit_note', id FROM credit_notes
        WHERE organization_id = :o AND customer_id = :customer
    UNION ALL SELECT 'payment', id FROM payments WHERE organization_id = :o AND customer_id = :customer
    UNION ALL SELECT 'refund', id FROM refunds WHERE organization_id = :o AND customer_id = :customer
    UNION ALL SELECT 'dispute', d.id FROM disputes AS d JOIN payments AS p
        ON p.organization_id = d.organization_id AND p.id = d.payment_id
        WHERE d.organization_id = :o AND p.customer_id = :customer
    UNION ALL SELECT DISTINCT 'manual_journal', journal_id FROM manual_journal_lines
        WHERE organization_id = :o AND customer_id = :customer"""
"""All that can move what one customer owes. The journal has no index by customer: its lines are too many."""

SUMS = """CAST(SUM(l.debit_minor - l.credit_minor) AS BIGINT),
    CAST(SUM(l.base_debit_minor - l.base_credit_minor) AS BIGINT)"""


class Owed(msgspec.Struct, frozen=True):
    """What a customer owes in one currency, in minor units of it and of the base; negative: is owed."""

    customer_id: int
    entity_id: int
    currency: str
    minor: int
    base_minor: int


def owed_by(query: Query, customer_id: int, on: str) -> list[Owed]:
    """What one customer owes at the end of a day, by currency; what is settled is left out."""
    sums = query.all(
        f"""SELECT l.customer_id, l.entity_id, l.currency, {SUMS}
            FROM ({DOCUMENTS}) AS d
            JOIN journal_entries AS e
                ON e.organization_id = :o AND e.source_kind = d.kind AND e.source_id = d.id
            JOIN journal_lines AS l ON l.organization_id = :o AND l.entry_id = e.id
            WHERE l.customer_id = :customer AND l.booked_on <= :on AND l.account_id IN ({RECEIVABLES})
            GROUP BY l.customer_id, l.entity_id, l.currency ORDER BY l.entity_id, l.currency""",
        customer=customer_id,
        on=on,
    )
    return _open(sums)


def owed_by_all(query: Query, on: str) -> list[Owed]:
    """What every customer owes at the end of a day, by currency; what is settled is left out."""
    sums = query.all(
        f"""SELECT l.customer_id, l.entity_id, l.currency, {SUMS}
            FROM journal_lines AS l
            WHERE l.organization_id = :o AND l.account_id IN ({RECEIVABLES}) AND l.booked_on <= :on
            GROUP BY l.customer_id, l.entity_id, l.currency
            ORDER BY l.customer_id, l.entity_id, l.currency""",
        on=on,
    )
    return _open(sums)


def _open(sums: list[tuple[int, int, str, int, int]]) -> list[Owed]:
    return [Owed(*row) for row in sums if row[3] or row[4]]
