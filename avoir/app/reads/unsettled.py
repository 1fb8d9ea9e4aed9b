"""What the worker has still to do, in every organization: refunds under way, and those that waited too long.

The refunds themselves are the outbox: what is pending is still to be sent, what is unknown to be asked after,
and no cursor can be lost. An index holds these rows and no others.
"""

import msgspec

from avoir.app.reads.query import Query


class Errand(msgspec.Struct, frozen=True):
    """One refund that the worker must see to. `towards` is the gateway's own name of the payment."""

    organization_id: int
    refund_id: int
    key: str
    state: str
    rail: str
    number: str
    currency: str
    amount_minor: int
    description: str
    updated_at: str
    towards: str


def unsettled(query: Query, now: str, after: tuple[int, int], most: int) -> list[Errand]:
    """The errands behind one (organization, refund), in that order, whatever the query's organization.

    Of refunds that wait for approval only those that expired by `now`.
    """
    sql = """
        SELECT r.organization_id, r.id, r.uuid, r.state, r.rail, r.number, r.currency, r.amount_minor,
            r.description, r.updated_at, coalesce(p.remote_id, '')
        FROM refunds AS r
        LEFT JOIN allocations AS a ON a.organization_id = r.organization_id AND a.id = r.allocation_id
        LEFT JOIN payments AS p
            ON p.organization_id = r.organization_id AND p.id = coalesce(r.payment_id, a.payment_id)
        WHERE r.state IN ('awaiting_approval', 'pending', 'unknown')
            AND (r.state <> 'awaiting_approval' OR r.expires_at <= :now)
            AND (r.organization_id, r.id) > (:organization, :refund)
        ORDER BY r.organization_id, r.id LIMIT :most"""
    organization, refund = after
    found = query.all(sql, now=now, organization=organization, refund=refund, most=most)
    return [Errand(*row) for row in found]
