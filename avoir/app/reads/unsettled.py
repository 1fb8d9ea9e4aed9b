"""What the worker has still to do, in every organization: refunds under way, and those that waited too long.

The refunds themselves are the outbox: what is pending is still to be sent, what is unknown to be asked after,
and no cursor can be lost. An index holds these rows and no others.
"""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.refund import AWAITING_APPROVAL, PENDING, UNKNOWN


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


def unsettled(query: Query, state: str, now: str, after: tuple[int, int], most: int) -> list[Errand]:
    """The errands of one state behind one (organization, refund), in that order, in every organization.

    Of refunds that wait for approval only those that expired by `now`.
    """
    organization, refund = after
    found = query.all(_SQL[state], now=now, organization=organization, refund=refund, most=most)
    return [Errand(*row) for row in found]


def _sql(state: str) -> str:
    # The state stands in the text, once as the index has it and once alone: so both planners see that the
    # index holds every such row, in the order wanted.
    return f"""
        SELECT r.organization_id, r.id, r.uuid, r.state, r.rail, r.number, r.currency, r.amount_minor,
            r.description, r.updated_at, coalesce(p.remote_id, '')
        FROM refunds AS r
        LEFT JOIN allocations AS a ON a.organization_id = r.organization_id AND a.id = r.allocation_id
        LEFT JOIN payments AS p
            ON p.organization_id = r.organization_id AND p.id = coalesce(r.payment_id, a.payment_id)
        WHERE r.state IN ('awaiting_approval', 'pending', 'unknown') AND r.state = '{state}'
            AND (r.organization_id, r.id) > (:organization, :refund)
            AND (r.expires_at <= :now OR r.state <> 'awaiting_approval')
        ORDER BY r.organization_id, r.id LIMIT :most"""


_SQL = {state: _sql(state) for state in (PENDING, UNKNOWN, AWAITING_APPROVAL)}
