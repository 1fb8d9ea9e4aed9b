"""A command: what is asked, the rows it needs, and the law. Pure: it sees the desk and nothing else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple

import msgspec

from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.event import told_whole
from avoir.core.journal import Answer, Event, JournalEntry, JournalLine
from avoir.core.organization import LOCKS, Counters, Lock
from avoir.core.row import Row
from avoir.core.want import Key, Wanted, possible

_NUL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")
encode = msgspec.json.Encoder().encode
TOLD = "@"
"""An answer that begins so is a new row, and is kept in the event of that number, which tells all of it."""
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_RANDOM_BITS = ((1 << 12) - 1) << 64 | (1 << 62) - 1


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the books. `ANSWER` is the type of what `decide` gives back.

    `OPENS` marks the one command that needs no books yet, `DRY` one that writes nothing. `HINTS` names fields
    that only help to answer, and are no part of what is asked: asked again, they may differ.
    """

    ANSWER: ClassVar[Any] = None
    OPENS: ClassVar[bool] = False
    DRY: ClassVar[bool] = False
    HINTS: ClassVar[tuple[str, ...]] = ()

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        """A hint: rows to fetch first, as (kind, id). What is forgotten costs one more round, no more."""
        return iter(())

    def decide(self, desk: Desk) -> Any:
        """Look, refuse, write, post, tell."""
        raise NotImplementedError


class Preview(Command, frozen=True, kw_only=True):
    """What a command would give back and post, were it asked now. Writes nothing."""

    DRY = True
    command: Command

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        return self.command.needs()

    def decide(self, desk: Desk) -> "Previewed":
        """Refuses what the command refuses."""
        mark = desk.mark()
        given = self.command.decide(desk)
        rows = desk.rows_since(mark)
        lines = [row for row in rows if isinstance(row, JournalLine)]
        entries = [
            (row, [line for line in lines if line.entry_id == row.id])
            for row in rows
            if isinstance(row, JournalEntry)
        ]
        return Previewed(given, entries, rows)


class Previewed(NamedTuple):
    """An answer that was not given, the entries that were not posted, and the rows that were not written."""

    answer: Any
    entries: list[tuple[JournalEntry, list[JournalLine]]]
    rows: list[Row]


class Ask(msgspec.Struct, frozen=True, gc=False):
    """Who asks what, once, and when: the envelope around a command.

    `now` is an instant (UTC, milliseconds), `today` the organization's day, `seed` makes uuids.
    """

    organization_id: int
    key: str
    fingerprint: str
    command: Command
    actor: str
    now: str
    today: str
    seed: int


class BadKey(Refusal):
    """An idempotency key is 1 to 255 printable ASCII characters."""

    code, kind = "bad_idempotency_key", Kind.INVALID


class NulCharacter(Refusal):
    """No text holds the character NUL: PostgreSQL cannot keep it."""

    code, kind = "nul_character", Kind.INVALID


class KeyReused(Refusal):
    """The idempotency key was used before, for another request."""

    code, kind = "idempotency_key_reused", Kind.CONFLICT


class UnknownOrganization(Refusal):
    """The organization has no books yet."""

    code, kind = "organization_not_built", Kind.FORBIDDEN


def fingerprint(command: Command) -> str:
    """Of what is asked, path included; not of its spelling. Refuses `NulCharacter`."""
    if command.HINTS:
        command = msgspec.structs.replace(command, **dict.fromkeys(command.HINTS, ()))
    asked = encode((type(command).__name__, command))
    if b"u0000" in asked and _NUL.search(asked):
        raise NulCharacter("a text holds the character NUL")
    return blake2b(asked, digest_size=16).hexdigest()


def checked_key(key: str) -> str:
    """The idempotency key itself. Refuses `BadKey`."""
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadKey("an idempotency key is 1 to 255 printable ASCII characters")
    return key


def uuid_seed(milliseconds: int, random: bytes) -> int:
    """The first of an ask's version 7 uuids (RFC 9562, 5.7); `Desk.uuid` counts on from it."""
    # The lowest 12 bits are left for counting.
    bits = int.from_bytes(random[:10]) & ~0xFFF
    spread = (bits >> 62 << 64 | bits & (1 << 62) - 1) & _RANDOM_BITS
    return (milliseconds & (1 << 48) - 1) << 80 | _VERSION_AND_VARIANT | spread


def wants(asks: Iterable[Ask]) -> Wanted:
    """The rows that are fetched before commands run for the first time."""
    wanted: Wanted = defaultdict(set)
    for ask in asks:
        organization = ask.organization_id
        wanted[Answer, None].add((organization, ask.key))
        for kind, id in ask.command.needs():
            key: Key = (organization, *id) if isinstance(id, tuple) else (organization, id)
            if possible(key):
                wanted[kind, None].add(key)
    organizations = {(ask.organization_id,) for ask in asks}
    wanted[Counters, None] |= organizations
    wanted[Lock, LOCKS] |= organizations
    return wanted


def answer(desk: Desk, ask: Ask) -> Any:
    """Decide one command, once per key, all or nothing.

    Refuses `KeyReused`, and whatever the command refuses; then, and on any bug, the desk is as before.
    """
    desk.begin(ask.organization_id, ask.actor, ask.now, ask.today, ask.seed)
    try:
        known = desk.find(Answer, ask.key)
        if known is not None:
            if known.fingerprint != ask.fingerprint:
                raise KeyReused("this key was used for another request")
            return _decoder(type(ask.command)).decode(_body(desk, known))
        if desk.find(Counters) is None and not ask.command.OPENS:
            raise UnknownOrganization("the organization's books are not open yet")
        given = ask.command.decide(desk)
        if ask.command.DRY:
            desk.undo()
            return given
        event = desk.finish(given)
        # Kept once. Keys come in no order, and so does what stands beside them: it had better be short.
        body = encode(given).decode() if event is None else f"{TOLD}{event}"
        desk.add(Answer(ask.organization_id, ask.key, ask.fingerprint, body, ask.now))
        return given
    except BaseException:
        desk.undo()
        raise


def _body(desk: Desk, known: Answer) -> str | msgspec.Raw:
    """An answer as JSON, from where it is kept."""
    if known.body.startswith(TOLD):
        return told_whole(desk.get(Event, int(known.body.removeprefix(TOLD))).body)
    return known.body


@cache
def _decoder(command: type[Command]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(command.ANSWER)
