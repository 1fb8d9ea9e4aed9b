"""What contract A tells of an account in sum: what was earned with it, and whether it ever paid."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.query import Query
from avoir.core.credit_note import WRITE_OFF
from avoir.core.invoice import INVOICE, ISSUED
from avoir.core.payment import RECEIVED


class EarnedRow(msgspec.Struct, frozen=True):
    """What was sold to a customer less what was credited, net of tax, in one currency at one rate."""

    customer_id: int
    currency: str
    rate_nano: int
    minor: int


class PayerRow(msgspec.Struct, frozen=True):
    """A customer of whom money was received."""

    customer_id: int


def earned(query: Query, customer_ids: Sequence[int]) -> list[EarnedRow]:
    """What issued documents of some customers earned. Neither what was owed before the books were opened,

    in either direction, nor what was written off: the one was no revenue of theirs, the other stays one.
    """
    whose, params = query.among("d.customer_id", customer_ids)
    documents = f"""
        SELECT d.customer_id, d.currency, d.rate_nano, d.net_minor AS minor FROM invoices AS d
        WHERE d.organization_id = :o AND {whose} AND d.state = '{ISSUED}' AND d.kind = '{INVOICE}'
        UNION ALL SELECT d.customer_id, d.currency, d.rate_nano, -d.net_minor FROM credit_notes AS d
        JOIN customers AS c ON c.organization_id = d.organization_id AND c.id = d.customer_id
        WHERE d.organization_id = :o AND {whose} AND d.state = '{ISSUED}' AND d.kind <> '{WRITE_OFF}'
            AND d.id <> coalesce(c.opening_credit_note_id, 0)"""
    rows = query.all(
        f"""SELECT t.customer_id, t.currency, t.rate_nano, CAST(SUM(t.minor) AS BIGINT)
        FROM ({documents}) AS t GROUP BY t.customer_id, t.currency, t.rate_nano""",
        **params,
    )
    return [EarnedRow(*row) for row in rows]


def payers(query: Query, customer_ids: Sequence[int]) -> list[PayerRow]:
    """Those of some customers who ever paid."""
    whose, params = query.among("t.id", customer_ids)
    rows = query.all(
        f"""SELECT t.id FROM customers AS t WHERE t.organization_id = :o AND {whose} AND EXISTS
        (SELECT 1 FROM payments AS p WHERE p.organization_id = :o AND p.customer_id = t.id
            AND p.state = '{RECEIVED}')""",
        **params,
    )
    return [PayerRow(*row) for row in rows]
