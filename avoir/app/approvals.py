"""Approval: the policy, and the second person's yes or no."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.approval import ApprovalExpired, ApprovalNotExpired, another_person, as_asked, has_expired
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.money import minor_of
from avoir.core.organization import DEFAULT_ENTITY, ApprovalPolicy, Entity
from avoir.core.payout import approve, let_go, move
from avoir.core.refund import EXPIRED, PENDING, REJECTED, Refund
from avoir.core.row import Row
from avoir.core.text import LONG, fits

MOST_DAYS, MOST_HOURS = 366, 8784
"""A window is summed up month by month, and what waits holds money: both end within a year."""


class PolicyOutOfRange(Refusal):
    """A threshold is not negative, a window 0 to 366 days, a wait 1 to 8784 hours."""

    code, kind = "approval_policy_out_of_range", Kind.INVALID


class SetApprovalPolicy(Command, frozen=True, kw_only=True):
    """Say from when on a refund needs a second person.

    `threshold` is in major units of the default entity's base currency; 0 asks nobody. It is held against a
    refund together with what was asked for its customer within `window_days` before. Who is asked has
    `expires_hours` to answer.
    """

    ANSWER = ApprovalPolicy
    threshold: Decimal
    window_days: int = 30
    expires_hours: int = 72

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ApprovalPolicy, ()
        yield Entity, DEFAULT_ENTITY

    def decide(self, desk: Desk) -> ApprovalPolicy:
        """Refuses `AmountTooFine`, `PolicyOutOfRange`."""
        base = desk.get(Entity, DEFAULT_ENTITY).base_currency
        threshold = minor_of(self.threshold, base, "threshold")
        _within(threshold >= 0, "threshold")
        _within(0 <= self.window_days <= MOST_DAYS, "windowDays")
        _within(1 <= self.expires_hours <= MOST_HOURS, "expiresHours")
        fresh = ApprovalPolicy(
            desk.organization_id, threshold, self.window_days, self.expires_hours, desk.now
        )
        policy = desk.find(ApprovalPolicy) or desk.add(fresh)
        desk.tell("approval_policy.set", policy)
        return desk.put(fresh)


class Waiting(Command, frozen=True, kw_only=True):
    """Something that is decided about a refund that waits."""

    ANSWER = Refund
    refund_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Refund, self.refund_id


class ApproveRefund(Waiting, frozen=True, kw_only=True):
    """Say yes to another person's refund; it is carried out at once, as it was asked for.

    With `digest`, what was looked at is what is approved.
    """

    digest: str = ""

    def decide(self, desk: Desk) -> Refund:
        """Refuses, in this order: `MakerIsChecker`, `IllegalMove`, `DigestMismatch`, `ApprovalExpired`, and

        what carrying it out refuses: a locked day, an account that holds money no longer.
        """
        refund = desk.get(Refund, self.refund_id)
        another_person(desk, refund)
        move(refund, PENDING)
        as_asked(refund, self.digest)
        if has_expired(desk, refund):
            raise ApprovalExpired("the refund has waited too long", expiredAt=refund.expires_at)
        return approve(desk, refund)


class RejectRefund(Waiting, frozen=True, kw_only=True):
    """Say no to a refund that waits; who asked for it may, too. The amount is free again."""

    reason: str = ""

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`."""
        refund = desk.get(Refund, self.refund_id)
        fits(self.reason, "reason", LONG)
        return let_go(desk, refund, REJECTED, self.reason)


class ExpireRefund(Waiting, frozen=True, kw_only=True):
    """End a refund that nobody answered in time: the worker asks. The amount is free again."""

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`, `ApprovalNotExpired`."""
        refund = desk.get(Refund, self.refund_id)
        move(refund, EXPIRED)
        if not has_expired(desk, refund):
            raise ApprovalNotExpired("the refund may still be approved", expiresAt=refund.expires_at)
        return let_go(desk, refund, EXPIRED)


def _within(holds: bool, what: str) -> None:
    if not holds:
        raise PolicyOutOfRange(f"{what} is out of range", field=what)
