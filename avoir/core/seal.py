"""Seals: blocks of posted entries in a form that anybody can hash again, each chained to the one before it.

The form (version 1). An entry is the UTF-8 of one compact JSON array: what it is, then its lines by number,
each an array. Its leaf is SHA-256 of a zero byte and that; a node of the tree is SHA-256 of a one byte, the
left and the right hash, the tree's shape being RFC 9162's, 2.1.1. A block is SHA-256 of its own JSON array,
which holds the hash of the block before it.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from avoir.core.row import Row

VERSION = 1
MOST_ENTRIES = 1024
"""Entries of one block."""
NOTHING = "0" * 64
"""What the first block is chained to."""
_encode = msgspec.json.Encoder().encode


class Seal(Row, frozen=True, gc=False):
    """One block: the entries from `first_entry_id` to `last_entry_id`, none left out.

    `leaves` are their hashes, joined, so that a changed entry can be named; `hash` is of all else.
    """

    TABLE = "seals"
    organization_id: int
    id: int
    version: int
    first_entry_id: int
    last_entry_id: int
    root: str
    previous: str
    hash: str
    leaves: str
    sealed_at: str


class Block(msgspec.Struct, frozen=True):
    """What the hash of a block is of."""

    organization_id: int
    id: int
    version: int
    first_entry_id: int
    last_entry_id: int
    root: str
    previous: str
    sealed_at: str


def block_of(seal: Seal) -> Block:
    """A seal without its hash and its leaves."""
    return Block(*(getattr(seal, name) for name in Block.__struct_fields__))


def block_hash(block: Block) -> str:
    """The hash of a block, in hexadecimal."""
    values = [getattr(block, name) for name in Block.__struct_fields__]
    return sha256(_encode(["avoir block", *values])).hexdigest()


def canonical(entry: Sequence[Any], lines: Sequence[Sequence[Any]]) -> bytes:
    """An entry and its lines, in the order of their numbers, as they are hashed. Amounts in minor units.

    Each is its row: the values of all columns of its table. A line does not say again whose it is.
    """
    return _encode(["avoir entry", VERSION, *entry, [line[2:] for line in lines]])


def leaf_hash(said: bytes) -> bytes:
    """The leaf of an entry in its canonical form."""
    return sha256(b"\0" + said).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over some leaves, at least one (RFC 9162, 2.1.1)."""
    if len(leaves) == 1:
        return leaves[0]
    half = _split(len(leaves))
    return _node(root_of(leaves[:half]), root_of(leaves[half:]))


def path_of(leaves: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """The hashes that lead from one leaf to the root: each with the side that it stands on."""
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if place < half:
        return [*path_of(leaves[:half], place), ("right", root_of(leaves[half:]))]
    return [*path_of(leaves[half:], place - half), ("left", root_of(leaves[:half]))]


def climbed(leaf: bytes, path: Sequence[tuple[str, bytes]]) -> bytes:
    """The root to which a path leads from a leaf."""
    for side, other in path:
        leaf = _node(leaf, other) if side == "right" else _node(other, leaf)
    return leaf


def _split(count: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << (count - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
