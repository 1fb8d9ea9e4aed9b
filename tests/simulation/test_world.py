"""Worlds in which everything goes wrong: the same seed is the same history, and a broken law is found out."""

import itertools
import json
import os
import subprocess
import sys

import pytest

from avoir.core import payout
from avoir.simulation import shelves
from avoir.simulation.oracle import Wrong
from avoir.simulation.world import simulate

SEEDS = (1, 2, 3, 20_261_125)


def history(seed: int, steps: int, hashed: str) -> dict:
    """What a process of its own says of a world, with its own order of sets."""
    done = subprocess.run(
        [sys.executable, "-m", "avoir", "simulate", "--seed", str(seed), "--steps", str(steps), "--json"],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONHASHSEED": hashed},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["worlds"][0]


def test_the_same_seed_is_the_same_history_in_every_process():
    one, other = history(5, 600, "1"), history(5, 600, "2")
    assert one["hash"] == other["hash"]
    assert one["faults"] == other["faults"]
    assert one["hash"] != history(6, 600, "1")["hash"]


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_the_books_are_right(seed):
    report = simulate(seed, 1500)
    assert report.commands >= 1500
    assert report.granted > 300
    assert report.gateway_payments > 5
    assert len(report.faults) >= 8, report.faults
    assert report.looks > 5000


def broken_by(monkeypatch, where, name, wrong) -> str:
    """What a world says of a law that is broken in one place."""
    monkeypatch.setattr(where, name, wrong)
    for seed in range(1, 4):
        try:
            simulate(seed, 1500)
        except Wrong as found:
            return str(found)
    pytest.fail("three worlds saw nothing wrong")


def test_a_refund_that_leaves_its_source_as_it_was_is_found_out(monkeypatch):
    hold = payout._hold

    def free(desk, refund, minor):
        hold(desk, refund, 0)

    assert "cash" in broken_by(monkeypatch, payout, "_hold", free)


def test_an_answer_that_is_given_anew_is_found_out(monkeypatch):
    """A clerk that forgets keys pays twice."""
    put = shelves.Shelves.put

    def forgetful(self, kind, key, row):
        if kind.TABLE == "answers":
            return None
        return put(self, kind, key, row)

    said = broken_by(monkeypatch, shelves.Shelves, "put", forgetful)
    assert "one key" in said or "a key is for one thing" in said or "acknowledged" in said


def test_a_commit_that_was_acknowledged_and_lost_is_found_out(monkeypatch):
    """A database that says yes and forgets, one time in forty."""
    save, saves = shelves.Session.save, itertools.count(1)

    def forgetful(self, desk):
        if next(saves) > 200 and next(saves) % 40 == 0:
            self.rollback()
        else:
            save(self, desk)

    said = broken_by(monkeypatch, shelves.Session, "save", forgetful)
    assert "acknowledged" in said or "one key" in said or "a key is for one thing" in said
