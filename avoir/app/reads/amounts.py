"""What documents still hold, as SQL: the sums that their values have as properties, said once for all reads.

Of rows called `t` in minor units; a test holds each against the property of the same name.
"""

from avoir.core.payment import RECEIVED


def settled_of(row: str) -> str:
    """What of an invoice is paid, credited or written off."""
    return f"{row}.paid_minor + {row}.credit_minor + {row}.written_off_minor"


def is_due(row: str) -> str:
    """The condition that something of an invoice is open."""
    return f"{row}.total_minor > {settled_of(row)}"


SETTLED = settled_of("t")
DUE = "t.total_minor - t.paid_minor - t.credit_minor - t.written_off_minor"
IS_DUE = is_due("t")
USED = "t.allocated_minor + t.refunded_minor + t.reserved_minor"
LEFT = "t.total_minor - t.allocated_minor - t.refunded_minor - t.reserved_minor"
IS_UNAPPLIED = f"""t.state = '{RECEIVED}'
    AND t.amount_minor > t.allocated_minor + t.refunded_minor + t.reserved_minor + t.disputed_minor"""
UNAPPLIED = f"""(CASE WHEN t.state = '{RECEIVED}' THEN t.amount_minor ELSE 0 END
    - t.allocated_minor - t.refunded_minor - t.reserved_minor - t.disputed_minor)"""
