"""What the README shows is what happens."""

import re
import shlex

import pytest

from avoir.cli import main
from avoir.cli.commands import app
from tests.docs.readme import README, blocks, demo, fenced, part, same
from tests.house.source import ROOT

TEXT = README.read_text("utf-8")


@pytest.fixture(scope="module")
def printed() -> str:
    return demo()


def commands() -> list[list[str]]:
    """Every line of a shell block, as words, without its comment."""
    shown = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in shown for line in block.splitlines()]


def test_the_two_calls_are_shown_as_the_demonstration_prints_them(printed):
    shown = blocks()
    assert [start for start, _ in shown] == ["POST /graphql", "POST /api"]
    for start, text in shown:
        assert same(text) == same(fenced(part(printed, start))), "python -m tests.docs.readme writes it anew"


def test_the_demonstration_is_of_the_size_that_was_promised(printed):
    (said,) = re.findall(r"^\d+ customers, .*; written by", printed, re.MULTILINE)
    number = {name: int(n) for n, name in re.findall(r"(\d+) ([a-z ]+)", said)}
    assert number["customers"] == 40
    assert 190 <= number["invoices"] <= 220
    assert min(number["payments"], number["credit notes"], number["refunds"]) > 20
    assert re.search(r"^(\d+) of \1 promises hold", printed, re.MULTILINE)


def test_the_curl_lines_lead_to_the_server_that_was_started(printed):
    lines = [line for line in printed.splitlines() if line.startswith("curl ")]
    url = re.search(r"^Serving at (\S+)", printed, re.MULTILINE)[1]
    assert len(lines) == 3
    assert all(url in line for line in lines)


def test_the_commands_of_the_readme_work_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ran = []
    for words in commands():
        if words[0] != "avoir":
            continue
        arguments = words[1:]
        if arguments[0] == "serve":
            app.parse_args(arguments, exit_on_error=False)
            continue
        if arguments[0] != "migrate":  # In the README it is the other database's.
            main(arguments)
        ran.append(arguments[0])
    assert ran == ["organization", "user", "key", "client", "settings", "verify", "migrate"]
    assert "all holds" in capsys.readouterr().out


def test_the_targets_of_the_readme_are_in_the_makefile():
    targets = re.findall(r"^([a-z]+):.*?##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    shown = re.findall(r"\bmake ([a-z]+)", TEXT)
    assert shown
    assert set(shown) <= set(targets)


def test_the_tests_that_the_readme_names_are_there():
    named = re.findall(r'make test ARGS="([^"]+)"', TEXT)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
