"""Sealing: the next block of an organization's entries is written down, and never changed."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row
from avoir.core.seal import MOST_ENTRIES, NOTHING, VERSION, Block, Seal, block_hash, root_of


class NotTheNextSeal(Refusal):
    """A seal follows the one before it and covers the entries that come next, none left out."""

    code, kind = "not_the_next_seal", Kind.CONFLICT


class SealEntries(Command, frozen=True, kw_only=True):
    """Seal entries whose leaves were worked out beforehand, away from the clerk (64 hexadecimal digits each).

    Entries are numbered under the pen and cannot change, so what was read of them is what stands; whoever
    doubts it runs `avoir verify`. Entries committed meanwhile go into the next block.
    """

    ANSWER = Seal
    seal_id: int
    first_entry_id: int
    leaves: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Seal, self.seal_id
        yield Seal, self.seal_id - 1

    def decide(self, desk: Desk) -> Seal:
        """Refuses `NotTheNextSeal`."""
        before = desk.find(Seal, self.seal_id - 1)
        count, rest = divmod(len(self.leaves), 64)
        last = self.first_entry_id + count - 1
        follows = (before.last_entry_id if before else 0) + 1 == self.first_entry_id
        opens = before is not None or self.seal_id == 1
        fits = 0 < count <= MOST_ENTRIES and not rest and last <= desk.last("entry")
        if not (follows and opens and fits) or desk.find(Seal, self.seal_id) is not None:
            raise NotTheNextSeal("the seal does not follow the one before it", sealId=self.seal_id)
        try:
            leaves = [bytes.fromhex(self.leaves[at : at + 64]) for at in range(0, len(self.leaves), 64)]
        except ValueError:
            raise NotTheNextSeal("a leaf is 64 hexadecimal digits", sealId=self.seal_id) from None
        block = Block(
            organization_id=desk.organization_id,
            id=self.seal_id,
            version=VERSION,
            first_entry_id=self.first_entry_id,
            last_entry_id=last,
            root=root_of(leaves).hex(),
            previous=before.hash if before else NOTHING,
            sealed_at=desk.now,
        )
        seal = desk.add(
            Seal(
                organization_id=block.organization_id,
                id=block.id,
                version=block.version,
                first_entry_id=block.first_entry_id,
                last_entry_id=block.last_entry_id,
                root=block.root,
                previous=block.previous,
                hash=block_hash(block),
                leaves=self.leaves,
                sealed_at=block.sealed_at,
            )
        )
        desk.tell("seal.made", seal)
        return seal
