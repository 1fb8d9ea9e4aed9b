"""What is sealed and what is to be; the proof of one entry; and the seals held against the journal."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from avoir.app.reads.query import Query
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.row import Row
from avoir.core.seal import (
    NOTHING,
    Block,
    Seal,
    block_hash,
    block_of,
    canonical,
    climbed,
    leaf_hash,
    path_of,
    root_of,
)

PAGE = 4096
"""Entries that are read at once."""


class Unsealed(msgspec.Struct, frozen=True):
    """Entries of an organization that no seal covers yet."""

    organization_id: int
    seal_id: int
    first_entry_id: int
    last_entry_id: int


class SealStatus(msgspec.Struct, frozen=True):
    """How far an organization's entries are sealed."""

    blocks: int
    sealed_entries: int
    unsealed_entries: int
    last_hash: str
    last_sealed_at: str


class Step(msgspec.Struct, frozen=True):
    """One hash on the way to the root."""

    side: str
    hash: str


class SealProof(msgspec.Struct, frozen=True):
    """All that is needed to see, without the database, that an entry was in the books when it was sealed.

    `entry` is the canonical form. `blocks` are the entry's own and all that were chained to it since.
    """

    entry_id: int
    entry: str
    path: list[Step]
    blocks: list[Block]
    head: str


def seal_status(query: Query) -> SealStatus:
    """How many blocks there are, how many entries are in them, how many are not yet, and the chain's head."""
    found = query.all(
        """SELECT count(*), coalesce(max(s.last_entry_id), 0) FROM seals AS s
        WHERE s.organization_id = :o"""
    )
    blocks, sealed = found[0]
    last = query.rows(Seal, "", "ORDER BY t.id DESC LIMIT 1")
    entries = query.all("SELECT n.last_entry FROM counters AS n WHERE n.organization_id = :o")
    left = (entries[0][0] if entries else 0) - sealed
    if not last:
        return SealStatus(blocks, sealed, left, "", "")
    return SealStatus(blocks, sealed, left, last[0].hash, last[0].sealed_at)


def unsealed(query: Query, most: int) -> list[Unsealed]:
    """Which organizations have entries that are not sealed, at most so many, and which entries."""
    found = query.all(
        """SELECT n.organization_id, coalesce(p.id, 0) + 1, coalesce(p.last, 0) + 1, n.last_entry
        FROM counters AS n LEFT JOIN (
            SELECT s.organization_id, max(s.id) AS id, max(s.last_entry_id) AS last
            FROM seals AS s GROUP BY s.organization_id
        ) AS p ON p.organization_id = n.organization_id
        WHERE n.last_entry > coalesce(p.last, 0) ORDER BY n.organization_id LIMIT :most""",
        most=most,
    )
    return [Unsealed(*row) for row in found]


def leaves_of(query: Query, first: int, last: int) -> list[bytes]:
    """The leaves of some entries, in the order of their ids."""
    return [leaf_hash(said) for _, said in said_of(query, first, last)]


def said_of(query: Query, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """Entries by id, in their canonical form."""
    entries, lines = (_columns(*each) for each in (
        (JournalEntry, "id", "id"), (JournalLine, "entry_id", "entry_id, number"),
    ))  # fmt: skip
    for start in range(first, last + 1, PAGE):
        ids = {"first": start, "last": min(start + PAGE - 1, last)}
        sides: dict[int, list[tuple[Any, ...]]] = {}
        for line in query.all(lines, **ids):
            sides.setdefault(line[1], []).append(line)
        for entry in query.all(entries, **ids):
            yield entry[1], canonical(entry, sides.get(entry[1], ()))


def _columns(kind: type[Row], by: str, order: str) -> str:
    """Rows of some entries as they are: a million of them need not become objects to be hashed."""
    return f"""SELECT {", ".join(kind.__struct_fields__)} FROM {kind.TABLE} AS t
        WHERE t.organization_id = :o AND t.{by} BETWEEN :first AND :last ORDER BY {order}"""


def seal_proof(query: Query, entry_id: int) -> SealProof | None:
    """The proof of one entry; None if it is not sealed, or there is none."""
    seals = query.rows(Seal, "t.last_entry_id >= :id", "ORDER BY t.id", id=entry_id)
    if not seals or seals[0].first_entry_id > entry_id:
        return None
    said = [said for _, said in said_of(query, entry_id, entry_id)]
    if not said:
        return None
    leaves = split_leaves(seals[0].leaves)
    path = [Step(side, other.hex()) for side, other in path_of(leaves, entry_id - seals[0].first_entry_id)]
    return SealProof(entry_id, said[0].decode(), path, [block_of(each) for each in seals], seals[-1].hash)


def proof_fails(proof: SealProof) -> str:
    """Why a proof does not prove its entry; empty if it does. Needs nothing but the proof itself."""
    try:
        return _fails(proof)
    except (ValueError, msgspec.MsgspecError) as problem:
        return f"it holds what no proof does: {problem}"


def _fails(proof: SealProof) -> str:
    if not proof.blocks:
        return "it has no block"
    block = proof.blocks[0]
    if not block.first_entry_id <= proof.entry_id <= block.last_entry_id:
        return f"entry {proof.entry_id} is not of block {block.id}"
    values: Any = msgspec.json.decode(proof.entry)
    if not isinstance(values, list) or values[2:4] != [block.organization_id, proof.entry_id]:
        return "the entry is another one than it says"
    path = [(step.side, bytes.fromhex(step.hash)) for step in proof.path]
    if climbed(leaf_hash(proof.entry.encode()), path).hex() != block.root:
        return f"the entry does not lead to the root of block {block.id}"
    last = ""
    for each in proof.blocks:
        if last and each.previous != last:
            return f"block {each.id} is not chained to the one before it"
        last = block_hash(each)
    return "" if last == proof.head else "the last block is not the head"


def split_leaves(leaves: str) -> list[bytes]:
    """Leaves as they are kept, each by itself."""
    return [bytes.fromhex(leaves[at : at + 64]) for at in range(0, len(leaves), 64)]


class BrokenSeal(msgspec.Struct, frozen=True):
    """The first row that a seal says was another, or was there: its table and id."""

    table: str
    id: int
    why: str


def broken_seal(query: Query) -> BrokenSeal | None:
    """The first row that differs from what was sealed, if there is one."""
    previous, last = NOTHING, 0
    after = 0
    while seals := query.rows(Seal, "t.id > :after", "ORDER BY t.id LIMIT 64", after=after):
        for seal in seals:
            after = seal.id
            broken = _of_seal(seal, previous, last) or _of_entries(query, seal)
            if broken is not None:
                return broken
            previous, last = seal.hash, seal.last_entry_id
    return None


def _of_seal(seal: Seal, previous: str, last: int) -> BrokenSeal | None:
    leaves = split_leaves(seal.leaves)
    count = seal.last_entry_id - seal.first_entry_id + 1
    if seal.first_entry_id != last + 1 or len(leaves) != count:
        return BrokenSeal("seals", seal.id, "it does not follow the seal before it")
    if seal.previous != previous:
        return BrokenSeal("seals", seal.id, "it is not chained to the seal before it")
    if root_of(leaves).hex() != seal.root or block_hash(block_of(seal)) != seal.hash:
        return BrokenSeal("seals", seal.id, "it was changed")
    return None


def _of_entries(query: Query, seal: Seal) -> BrokenSeal | None:
    leaves: Sequence[bytes] = split_leaves(seal.leaves)
    said = said_of(query, seal.first_entry_id, seal.last_entry_id)
    expected = seal.first_entry_id
    for id, form in said:
        if id != expected:
            break
        if leaf_hash(form) != leaves[id - seal.first_entry_id]:
            return BrokenSeal("journal_entries", id, "it or its lines are not what was sealed")
        expected += 1
    if expected <= seal.last_entry_id:
        return BrokenSeal("journal_entries", expected, "it was sealed, and is gone")
    return None
