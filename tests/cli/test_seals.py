"""`avoir seal`: what was posted is sealed, proved to whoever has no database, and found out when changed."""

import json

import pytest

from avoir.core.seal import NOTHING
from tests.ledger import Ledger, line


@pytest.fixture
def ledger(url):
    """A company with three entries, none of them sealed yet."""
    ledger = Ledger(url)
    for amount in (1, 2, 3):
        ledger.invoice(line(amount))
    yield ledger
    ledger.close()


@pytest.fixture
def of(ledger) -> tuple[str, ...]:
    """The words that say whose seals are meant."""
    return ("--organization", str(ledger.organization_id), "--database", ledger.url)


def test_entries_are_sealed_once_and_status_says_how_far(avoir, ledger, of):
    at = ("--database", ledger.url, "--json")
    before = avoir("seal", "status", *of, "--json").json
    assert (before["blocks"], before["sealed_entries"], before["unsealed_entries"]) == (0, 0, 3)
    assert avoir("seal", "make", *at).json == {"blocks": 1}
    assert avoir("seal", "make", *at).json == {"blocks": 0}, "nothing new, no block"
    sealed = avoir("seal", "status", *of, "--json").json
    assert (sealed["blocks"], sealed["sealed_entries"], sealed["unsealed_entries"]) == (1, 3, 0)
    assert sealed["last_hash"] not in ("", NOTHING)

    ledger.invoice(line(4))
    said = avoir("seal", "status", *of)
    assert said.out.startswith("3 entries in 1 blocks, 1 not yet.")
    assert sealed["last_hash"] in said.out
    assert "1 block sealed." in avoir("seal", "make", "--database", ledger.url).out


def test_a_proof_holds_without_the_database_and_no_longer_once_a_word_of_it_is_changed(
    avoir, ledger, of, tmp_path
):
    avoir("seal", "make", "--database", ledger.url)
    exported = avoir("seal", "export", "2", *of)
    assert exported.code == 0
    file = tmp_path / "proof.json"
    file.write_text(exported.out)
    head = avoir("seal", "status", *of, "--json").json["last_hash"]

    said = avoir("seal", "check", str(file), "--head", head, "--json")
    assert said.code == 0
    assert said.json == {"ok": True, "entry": 2, "why": "", "head": head}
    assert avoir("seal", "check", str(file)).out.startswith(
        "entry 2 was in the books when block 1 was sealed"
    )

    other = avoir("seal", "check", str(file), "--head", "0" * 64, "--json")
    assert (other.code, other.json["ok"]) == (1, False)
    assert "the one that was named" in other.json["why"]

    proof = json.loads(exported.out)
    assert "2.00" in proof["entry"] or "200" in proof["entry"]
    for forged in (
        proof | {"entry": proof["entry"].replace("200", "900")},
        proof | {"head": "0" * 64},
        proof | {"entry": "no JSON"},
        proof | {"path": [{"side": "left", "hash": "no number"}]},
        proof | {"blocks": [proof["blocks"][0] | {"previous": "1" * 64}]},
    ):
        file.write_text(json.dumps(forged))
        told = avoir("seal", "check", str(file), "--json")
        assert (told.code, told.json["ok"]) == (1, False), forged
        assert told.json["why"]


def test_what_is_not_sealed_or_no_proof_is_refused_in_words(avoir, ledger, of, tmp_path):
    for entry in ("1", "99"):
        said = avoir("seal", "export", entry, *of)
        assert (said.code != 0, said.out) == (True, "")
        assert f"entry {entry} is not sealed, or there is none" in said.err
    file = tmp_path / "proof.json"
    for text in (None, "", "[]", '{"entry": 1}', "\x00"):
        if text is not None:
            file.write_text(text)
        said = avoir("seal", "check", str(file))
        assert said.code != 0
        assert str(file) in said.err
