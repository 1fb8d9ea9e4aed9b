"""`avoir seal`: the proof of one entry, and its check, for which nobody needs the database."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from cyclopts import Parameter

from avoir.app.reads.query import Query
from avoir.app.reads.seals import SealProof, SealStatus, proof_fails, seal_proof, seal_status
from avoir.app.sealer import Sealer
from avoir.cli.office import must_exist, office
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop, say
from avoir.faces.back_office import BackOffice
from avoir.store.readers import Readers

T = TypeVar("T")


async def make(*, options: Options = NO_OPTIONS) -> None:
    """Seal now what was posted until now, in every organization; a server does so by itself."""
    async with office(options.settings()) as here:
        made = await Sealer(BackOffice(here.door, here.access)).round()
    options.say({"blocks": made}, f"{made} block{'s' * (made != 1)} sealed.")


def status(*, organization: int = 1, options: Options = NO_OPTIONS) -> None:
    """Say how far an organization's entries are sealed."""
    found: SealStatus = _read(options, organization, seal_status)
    text = f"{found.sealed_entries} entries in {found.blocks} blocks, {found.unsealed_entries} not yet."
    options.say(msgspec.to_builtins(found), f"{text}\n{found.last_hash}".rstrip())


def export(entry: int, *, organization: int = 1, options: Options = NO_OPTIONS) -> None:
    """Print the proof of one entry, as JSON: keep it where nobody of ours can change it."""
    proof: SealProof | None = _read(options, organization, lambda query: seal_proof(query, entry))
    if proof is None:
        raise Stop("entry_not_sealed", f"entry {entry} is not sealed, or there is none", entry=entry)
    say(msgspec.to_builtins(proof), "", as_json=True)


def check(
    file: Path,
    *,
    head: Annotated[str, Parameter(help="The hash that the last block must have, from another source.")] = "",
    json: Annotated[bool, Parameter(negative="", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Check a proof without the database. Ends with 1 when it does not hold."""
    try:
        proof = msgspec.json.decode(file.read_bytes(), type=SealProof)
    except (OSError, msgspec.MsgspecError) as problem:
        raise Stop("proof_unreadable", f"{file}: {problem}", file=str(file)) from None
    why = proof_fails(proof)
    if not why and head and head != proof.head:
        why = "the last block is not the one that was named"
    facts = {"ok": not why, "entry": proof.entry_id, "why": why, "head": proof.head}
    say(facts, why or f"entry {proof.entry_id} was in the books when block {proof.blocks[0].id} was sealed, "
        f"on {proof.blocks[0].sealed_at}: {proof.entry}", as_json=json)  # fmt: skip
    if why:
        sys.exit(1)


def _read(options: Options, organization: int, read: Callable[[Query], T]) -> T:
    url = options.settings().database_url
    must_exist(url)
    readers = Readers(url, size=1)
    try:
        return readers.run(read, organization)
    finally:
        readers.close()
