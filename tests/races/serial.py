"""What each thing may do, one request after the other; and whether a history equals some such order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.races.crowd import Heard


@dataclass(frozen=True)
class Note:
    """A credit note of so many minor units, what was refunded of it, and by which refunds."""

    total: int
    left: int
    refunds: dict[int, int] = field(default_factory=dict)
    void: bool = False
    locked: bool = False

    def after(self, act: str, amount: int, id: int) -> "Note | None":
        """What it is afterwards; None where it must refuse. `id` is what came of it, or is undone."""
        match act:
            case "refund" if not self.void and not self.locked and amount <= self.left:
                return replace(self, left=self.left - amount, refunds={**self.refunds, id: amount})
            case "apply" if not self.void and amount <= self.left:
                return replace(self, left=self.left - amount)
            case "reverse" if amount in self.refunds:
                rest = {n: minor for n, minor in self.refunds.items() if n != amount}
                return replace(self, left=self.left + self.refunds[amount], refunds=rest)
            case "void" if not self.void and self.left == self.total:
                return replace(self, void=True)
            case "lock":
                return replace(self, locked=True)
            case "unlock" if self.locked:
                return replace(self, locked=False)
        return None


@dataclass(frozen=True)
class Paid:
    """A paid invoice: cash that came in, what went back, what a bank holds."""

    total: int
    back: int = 0
    held: int = 0

    def after(self, act: str, amount: int, id: int) -> "Paid | None":
        left = self.total - self.back - self.held
        match act:
            case "refund" if amount <= left:
                return replace(self, back=self.back + amount)
            case "dispute" if amount <= left and not self.held:
                return replace(self, held=amount)
        return None


def equals_a_serial_order(
    start: Note | Paid, heard: Sequence[Heard], order: dict[str, tuple[int, int]]
) -> None:
    """Assert it. `order` says of each granted key when it was committed, and what came of it.

    Grants, in the order of their commits, must each be possible, and none may be committed after one that
    was sent only when it had been answered. A refusal must be right at some moment while it was waited for.
    """
    grants = sorted((x for x in heard if x.status < 300), key=lambda x: order[x.wish.key][0])
    states: list[Note | Paid] = [start]
    for x in grants:
        next_ = states[-1].after(x.wish.act, x.wish.amount, order[x.wish.key][1])
        assert next_ is not None, f"granted, and impossible: {x.wish} after {states[-1]}"
        states.append(next_)
    latest = 0.0
    for x in grants:
        assert x.answered > latest, f"committed before one that had been answered already: {x.wish}"
        latest = max(latest, x.sent)
    for x in heard:
        if x.status < 300:
            continue
        assert x.status < 500, x
        # Committed for certain before it was sent; possibly committed before it was answered.
        first = sum(grant.answered < x.sent for grant in grants)
        last = sum(grant.sent < x.answered for grant in grants)
        right = [s for s in states[first : last + 1] if s.after(x.wish.act, x.wish.amount, -1) is None]
        assert right, f"refused, and possible all the while: {x.wish}, {x.said}"
