"""The two ways to say no. A refusal is an answer to the caller; a broken invariant is our bug."""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What sort of no it is; the faces choose their status by it and by nothing else."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    BUSY = "busy"


class Refusal(Exception):
    """Base of every refusal: a class declared beside its rule, one sentence, and facts for the form."""

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.CONFLICT

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts

    def __reduce__(self) -> tuple[Any, ...]:
        # It travels between processes as what it was made of.
        return _again, (type(self), self.message, self.facts)


def _again(kind: type[Refusal], message: str, facts: dict[str, object]) -> Refusal:
    return kind(message, **facts)


class NotFound(Refusal):
    """No such thing in this organization; another organization's things are no different."""

    code, kind = "not_found", Kind.NOT_FOUND


class InvariantBroken(AssertionError):
    """A bug in this program. No face may take it for a refusal."""


def invariant(holds: bool, rule: str) -> None:
    """Raise `InvariantBroken` unless the rule holds."""
    # A function and not the `assert` statement: `python -O` must not switch bookkeeping off.
    if not holds:
        raise InvariantBroken(rule)
