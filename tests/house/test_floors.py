"""The contracts in pyproject.toml: a floor imports only floors below, no command another room's."""

import subprocess
import sys
from pathlib import Path

from tests.house.source import PROJECT, ROOT

CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]


def test_the_floors_are_kept_apart():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in linted.stdout


def test_every_floor_of_the_house_is_there():
    (floors,) = (contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
    names = [floor.strip("()") for floor in floors]
    assert names[-1] == "core"
    assert names.index("faces") < names.index("gateways") < names.index("store") < names.index("app")
