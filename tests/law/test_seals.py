"""Seals: what was posted is hashed block by block, and whoever changes it afterwards is named."""

import asyncio
from contextlib import suppress

import msgspec
import pytest

from avoir.app.reads.query import Query
from avoir.app.reads.seals import broken_seal, leaves_of, proof_fails, seal_proof, seal_status, unsealed
from avoir.app.reads.verify import broken_replays
from avoir.app.sealer import Sealer
from avoir.app.seals import SealEntries
from avoir.core.journal import JournalEntry
from avoir.core.seal import NOTHING, Seal, climbed, leaf_hash, path_of, root_of
from avoir.store.sqlite import Sqlite
from tests.cli.test_verify import unguarded
from tests.ledger import ask_of, line
from tests.store.test_ink import refused


class Office:
    """The books, as the sealer reaches them."""

    def __init__(self, ledger) -> None:
        self.ledger = ledger

    async def ask(self, organization_id, command):
        (outcome,) = self.ledger.record(ask_of(organization_id, command, actor="worker"))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def read(self, read, organization_id, *args):
        return read(Query(self.ledger.database, organization_id), *args)


@pytest.fixture
def sealed(ledger):
    """Two blocks: of the first five entries, and of the two after them."""
    for n in range(1, 6):
        ledger.invoice(line(n))
    seal(ledger)
    for n in range(6, 8):
        ledger.invoice(line(n))
    seal(ledger)
    return ledger


def seal(ledger) -> int:
    return asyncio.run(Sealer(Office(ledger)).round())


def query(ledger) -> Query:
    return Query(ledger.database, ledger.organization_id)


def test_what_was_posted_is_sealed_once_and_chained(sealed):
    first, second = sealed.rows(Seal)
    assert [(x.first_entry_id, x.last_entry_id) for x in (first, second)] == [(1, 5), (6, 7)]
    assert (first.previous, second.previous) == (NOTHING, first.hash)
    assert seal(sealed) == 0
    assert unsealed(query(sealed), 10) == []
    status = seal_status(query(sealed))
    assert (status.blocks, status.sealed_entries, status.unsealed_entries) == (2, 7, 0)
    assert status.last_hash == second.hash
    assert broken_seal(query(sealed)) is None


def test_what_comes_late_goes_into_the_next_block(sealed):
    sealed.invoice(line(8))
    assert seal_status(query(sealed)).unsealed_entries == 1
    assert seal(sealed) == 1
    assert sealed.rows(Seal)[-1].first_entry_id == 8


def test_only_the_next_seal_is_taken(sealed):
    sealed.invoice(line(8))
    leaf = leaves_of(query(sealed), 8, 8)[0].hex()
    for wrong in (
        SealEntries(seal_id=2, first_entry_id=8, leaves=leaf),
        SealEntries(seal_id=4, first_entry_id=8, leaves=leaf),
        SealEntries(seal_id=3, first_entry_id=7, leaves=leaf),
        SealEntries(seal_id=3, first_entry_id=9, leaves=leaf),
        SealEntries(seal_id=3, first_entry_id=8, leaves=leaf * 2),
        SealEntries(seal_id=3, first_entry_id=8, leaves=""),
        SealEntries(seal_id=3, first_entry_id=8, leaves=leaf[:-1]),
        SealEntries(seal_id=3, first_entry_id=8, leaves="x" * 64),
    ):
        sealed.refused(wrong, "not_the_next_seal")
    sealed.ask(SealEntries(seal_id=3, first_entry_id=8, leaves=leaf))


def test_a_seal_is_ink(sealed):
    refused(sealed, "UPDATE seals SET root = previous", because="ink")
    refused(sealed, "DELETE FROM seals", because="ink")
    if not isinstance(sealed.database, Sqlite):
        refused(sealed, "TRUNCATE seals", because="ink")


@pytest.mark.parametrize("entry", range(1, 8))
def test_a_proof_needs_no_database_and_holds_for_its_entry_alone(sealed, entry):
    proof = seal_proof(query(sealed), entry)
    assert proof_fails(proof) == ""
    assert proof.head == sealed.rows(Seal)[-1].hash
    again = msgspec.json.decode(msgspec.json.encode(proof), type=type(proof))
    assert proof_fails(again) == ""

    def spoilt(**fields) -> str:
        return proof_fails(msgspec.structs.replace(proof, **fields))

    assert spoilt(entry=proof.entry.replace("invoice_issued", "invoice_issueD"))
    assert spoilt(entry_id=entry % 7 + 1)
    assert spoilt(path=proof.path[1:])
    assert spoilt(blocks=[])
    assert spoilt(head=NOTHING)
    block = proof.blocks[0]
    assert spoilt(blocks=[msgspec.structs.replace(block, sealed_at="2020"), *proof.blocks[1:]])


def test_there_is_no_proof_of_what_is_not_sealed(sealed):
    sealed.invoice(line(8))
    assert seal_proof(query(sealed), 8) is None
    assert seal_proof(query(sealed), 99) is None


TAMPERINGS = [
    # what somebody does to the tables                                      what is named
    ("UPDATE journal_lines SET account_id = 1001 WHERE entry_id = 3",       ("journal_entries", 3)),
    ("UPDATE journal_lines SET debit_minor = 7 WHERE entry_id = 6 AND number = 1", ("journal_entries", 6)),
    ("UPDATE journal_entries SET booked_on = '2020-01-01' WHERE id = 5",    ("journal_entries", 5)),
    ("DELETE FROM journal_entries WHERE id = 4",                            ("journal_entries", 4)),
    ("DELETE FROM journal_entries WHERE id = 7",                            ("journal_entries", 7)),
    ("UPDATE journal_lines SET entry_id = 3 - entry_id WHERE entry_id < 3", ("journal_entries", 1)),
    ("UPDATE seals SET root = previous WHERE id = 1",                       ("seals", 1)),
    ("UPDATE seals SET leaves = leaves || leaves WHERE id = 2",             ("seals", 2)),
    ("UPDATE seals SET previous = root WHERE id = 2",                       ("seals", 2)),
    ("DELETE FROM seals WHERE id = 1",                                      ("seals", 2)),
    ("UPDATE seals SET sealed_at = '2020' WHERE id = 1",                    ("seals", 1)),
]  # fmt: skip


@pytest.mark.parametrize(("tampering", "named"), TAMPERINGS, ids=[sql for sql, _ in TAMPERINGS])
def test_whatever_is_changed_removed_or_moved_is_named(sealed, tampering, named):
    with unguarded(sealed) as wrong:
        wrong(tampering)
        broken = broken_seal(query(sealed))
        assert broken is not None
        assert (broken.table, broken.id) == named
        assert [x.table for x in broken_replays(query(sealed)) if x.promise == "entries_are_as_sealed"] == [
            named[0]
        ]


def test_two_sealers_at_once_make_one_chain(sealed):
    sealed.invoice(line(8))

    class Late(Office):
        """Somebody else seals between its reading and its asking."""

        async def ask(self, organization_id, command):
            with suppress(Exception):
                await Office(sealed).ask(organization_id, command)
            return await super().ask(organization_id, command)

    assert asyncio.run(Sealer(Late(sealed)).round()) == 0
    assert [x.last_entry_id for x in sealed.rows(Seal)] == [5, 7, 8]
    assert broken_seal(query(sealed)) is None


def test_a_large_block_is_cut(sealed, monkeypatch):
    monkeypatch.setattr("avoir.app.sealer.MOST_ENTRIES", 3)
    for _ in range(7):
        sealed.invoice(line(1))
    assert seal(sealed) == 3
    assert [x.last_entry_id for x in sealed.rows(Seal)] == [5, 7, 10, 13, 14]
    assert len(sealed.rows(JournalEntry)) == 14
    assert broken_seal(query(sealed)) is None


@pytest.mark.parametrize("count", range(1, 20))
def test_every_leaf_leads_to_the_root_and_no_other_does(count):
    leaves = [leaf_hash(str(n).encode()) for n in range(count)]
    root = root_of(leaves)
    for place, leaf in enumerate(leaves):
        path = path_of(leaves, place)
        assert climbed(leaf, path) == root
        assert climbed(leaf_hash(b"another"), path) != root


def test_the_tree_is_the_standards():
    """RFC 9162's tree, with the hashes that Certificate Transparency's own tests have."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    leaves = [leaf_hash(bytes.fromhex(x)) for x in ("", "00", "10", "2021", "3031", "40414243")]
    assert root_of(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert root_of(leaves[:6]).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"
