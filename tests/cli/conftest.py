"""Running `avoir` in the tests' own process, and as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from avoir.cli import main
from avoir.config import PREFIX

WORDS = [sys.executable, "-m", "avoir"]


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def avoir(capsys) -> Callable[..., Said]:
    """`avoir("key", "create", "--json")`, in this process."""

    def run(*words: str) -> Said:
        try:
            main(words)
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        return Said(code, *capsys.readouterr())

    return run


@contextmanager
def process(*words: str, cwd: Path) -> Iterator[subprocess.Popen]:
    """`avoir` as a process, killed in the end if it is still there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with subprocess.Popen(
        [*WORDS, *words], cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.send_signal(signal.SIGTERM)
                try:
                    started.communicate(timeout=20)
                except subprocess.TimeoutExpired:
                    started.kill()
