"""Approval: which refunds need a second person, and that the second is another one."""

from datetime import date, timedelta
from hashlib import blake2b

import msgspec

from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import ApprovalPolicy
from avoir.core.refund import HOLDING, REFUNDS_OF_MONTH, Refund


class MakerIsChecker(Refusal):
    """Who asked for a refund cannot approve it."""

    code, kind = "maker_is_checker", Kind.FORBIDDEN


class DigestMismatch(Refusal):
    """What is to be approved is not what was asked for."""

    code, kind = "digest_mismatch", Kind.CONFLICT


class ApprovalExpired(Refusal):
    """The refund has waited longer than the policy allows; it must be asked for anew."""

    code = "approval_expired"


class ApprovalNotExpired(Refusal):
    """The refund may still be approved."""

    code = "approval_not_expired"


def needs_approval(desk: Desk, customer_id: int, base_minor: int) -> ApprovalPolicy | None:
    """The policy that asks for a second person, or None.

    It counts the refund with all that was asked for the customer within the window before it, by the clock:
    so splitting does not help, nor does dating, which is the asker's to choose.
    """
    policy = desk.find(ApprovalPolicy)
    if policy is None or policy.threshold_minor == 0:
        return None
    today = date.fromisoformat(desk.now[:10])
    first = (today - timedelta(days=policy.window_days)).isoformat()
    given = sum(
        refund.base_amount_minor
        for month in _months(first, desk.now)
        for refund in desk.of(Refund, REFUNDS_OF_MONTH, customer_id, month)
        if refund.state in HOLDING and refund.created_at[:10] >= first
    )
    return policy if given + base_minor >= policy.threshold_minor else None


def digest_of(refund: Refund) -> str:
    """What was asked, in 32 hex digits: the approved bytes are the executed bytes."""
    asked = (
        refund.credit_note_id,
        refund.payment_id,
        refund.allocation_id,
        refund.account_id,
        refund.rail,
        refund.currency,
        refund.rate_nano,
        refund.amount_minor,
        refund.refunded_on,
        refund.branch_id,
        refund.reference,
        refund.description,
        refund.requested_by,
    )
    return blake2b(msgspec.json.encode(asked), digest_size=16).hexdigest()


def another_person(desk: Desk, refund: Refund) -> None:
    """Refuses `MakerIsChecker`."""
    if person(desk.actor) == person(refund.requested_by):
        raise MakerIsChecker("who asked for a refund cannot approve it", refundId=refund.id)


def as_asked(refund: Refund, digest: str) -> None:
    """Refuses `DigestMismatch`. Whether a `digest` is given or not, the row must be what was asked for."""
    if digest_of(refund) != refund.digest or digest not in ("", refund.digest):
        raise DigestMismatch("what is to be approved is not what was asked for", refundId=refund.id)


def has_expired(desk: Desk, refund: Refund) -> bool:
    """Whether nobody may approve it any more. Instants of one form compare as text."""
    return refund.expires_at <= desk.now


def person(actor: str) -> str:
    """Who an actor is, whatever key was used: `user:7 key:2` is `user:7`. An OAuth client is itself."""
    return actor.partition(" ")[0]


def _months(first: str, last: str) -> list[str]:
    months, month = [], first[:7]
    while month <= last[:7]:
        months.append(month)
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
    return months
