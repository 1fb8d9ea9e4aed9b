"""Dispute reasons: why a credit was given."""

from avoir.core.command import Command
from avoir.core.customer import DisputeReason, offered
from avoir.core.desk import Desk
from avoir.core.row import changed
from avoir.core.text import named

WHAT = "a dispute reason"


class CreateDisputeReason(Command, frozen=True, kw_only=True):
    """A new reason."""

    ANSWER = DisputeReason
    name: str
    description: str = ""

    def decide(self, desk: Desk) -> DisputeReason:
        """Refuses `NameRequired`."""
        named(self.name, WHAT)
        reason = DisputeReason(
            desk.organization_id, desk.next("dispute_reason"), self.name, self.description, 1,
            desk.now, desk.now,
        )  # fmt: skip
        desk.tell("dispute_reason.created", reason)
        return desk.add(reason)


class UpdateDisputeReason(Command, frozen=True, kw_only=True):
    """Other words for a reason; what is not given stays."""

    ANSWER = DisputeReason
    dispute_reason_id: int
    name: str | None = None
    description: str | None = None

    def decide(self, desk: Desk) -> DisputeReason:
        """Refuses `NameRequired`, and `NotFound`."""
        reason = offered(desk, self.dispute_reason_id)
        name = reason.name if self.name is None else self.name
        named(name, WHAT)
        description = reason.description if self.description is None else self.description
        desk.tell("dispute_reason.updated", reason)
        return desk.put(changed(reason, name=name, description=description, updated_at=desk.now))


class DeleteDisputeReason(Command, frozen=True, kw_only=True):
    """Offer a reason no longer; the notes that carry it keep it."""

    ANSWER = DisputeReason
    dispute_reason_id: int

    def decide(self, desk: Desk) -> DisputeReason:
        """Refuses `NotFound`."""
        reason = offered(desk, self.dispute_reason_id)
        desk.tell("dispute_reason.deleted", reason)
        return desk.put(changed(reason, active=0, updated_at=desk.now))
