"""Migrations, settings, and what is said of databases that are not there."""

import json

import pytest

from avoir.cli.commands import app


def test_migrate_brings_an_empty_database_up_and_is_done(avoir, blank_url):
    first = avoir("migrate", "--database", blank_url, "--json").json
    assert first["applied"] > 0
    assert avoir("migrate", "--database", blank_url, "--json").json["applied"] == 0
    assert avoir("verify", "--database", blank_url, "--json").json["ok"] is True


def test_verify_changes_nothing_not_even_an_empty_database(avoir, blank_url):
    if blank_url.startswith("sqlite"):
        open(blank_url.removeprefix("sqlite:///"), "wb").close()
    for _ in range(2):
        said = avoir("verify", "--database", blank_url, "--json")
        assert (said.code, said.json["error"]) == (1, "database_behind")
    assert said.json["facts"]["missing"]


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("key", "create"),
        ("user", "create", "--email", "a@b.example"),
        ("client", "create", "--scopes", "x"),
    ],
)
def test_a_mistyped_path_does_not_become_a_database(avoir, tmp_path, words):
    path = tmp_path / "no.db"
    said = avoir(*words, "--database", str(path), "--json")
    assert (said.code, said.json["error"]) == (1, "database_missing")
    assert not path.exists()


@pytest.mark.parametrize(
    ("database", "error"),
    [
        ("mysql://somewhere/books", "bad_database_url"),
        ("postgresql://nobody:secret@127.0.0.1:1/books", "database_unavailable"),
    ],
)
def test_a_database_that_is_not_to_be_had_is_told_in_a_sentence(avoir, database, error):
    said = avoir("verify", "--database", database, "--json")
    assert (said.code, said.json["error"]) == (1, error)
    assert "secret" not in said.out + said.err


def test_a_file_that_is_no_database_is_told_in_a_sentence(avoir, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada")
    said = avoir("migrate", "--database", str(path), "--json")
    assert (said.code, said.json["error"]) == (1, "database_unavailable")
    assert path.read_text() == "Dear Ada"


def test_settings_tell_where_each_value_came_from_and_no_secret(avoir, monkeypatch):
    monkeypatch.setenv("AVOIR_PORT", "9000")
    monkeypatch.setenv("AVOIR_SECRET", "hush")
    said = avoir("settings", "--database", "postgresql://ada:pass@db.example/books", "--json")
    told = said.json
    assert told["port"] == {"value": 9000, "origin": "environment", "variable": "AVOIR_PORT"}
    assert told["host"]["origin"] == "default"
    assert told["database_url"]["origin"] == "command line"
    assert "ada" in told["database_url"]["value"]
    assert "hush" not in said.out
    assert "pass" not in said.out
    text = avoir("settings").out
    assert "AVOIR_PORT" in text
    assert "hush" not in text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AVOIR_PORT", "99999"),
        ("AVOIR_PROCESSES", "0"),
        ("AVOIR_SIGNUP", "perhaps"),
        ("AVOIR_LOG_LEVEL", "loud"),
    ],
)
def test_a_setting_that_cannot_be_is_told_by_its_variable(avoir, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    said = avoir("settings", "--json")
    assert (said.code, said.json["error"]) == (1, "bad_setting")
    assert variable in said.json["message"]


def test_every_command_takes_a_database_and_json():
    names = {}
    for path, command in commands(app):
        arguments = command.assemble_argument_collection()
        names[path] = {name for argument in arguments for name in argument.names}
    assert {"serve", "demo", "verify", "migrate", "key create"} <= set(names)
    assert [path for path, taken in names.items() if "--json" not in taken] == []
    # A proof is checked without the database, and a simulated world is in memory.
    assert {path for path, taken in names.items() if "--database" not in taken} == {"seal check", "simulate"}


def commands(group, path: str = ""):
    """Every command below a group, by the words that call it."""
    for name in (name for name in group if not name.startswith("-")):
        inner = group[name]
        if inner.default_command is None:
            yield from commands(inner, f"{path} {name}")
        else:
            yield f"{path} {name}".strip(), inner


def test_openapi_describes_every_route_by_the_rules_it_is_held_against(avoir):
    described = json.loads(avoir("schema", "openapi").out)
    refund = described["paths"]["/api/credit-notes/{id}/refunds"]["post"]
    body = refund["requestBody"]["content"]["application/json"]["schema"]
    assert described["openapi"] == "3.1.0"
    assert body["required"] == ["fromAccountId", "amount", "date"]
    assert body["properties"]["amount"] == {"type": ["number", "string"], "exclusiveMinimum": 0}
    assert body["properties"]["fromAccountId"] == {"type": "number"}
    assert body["properties"]["date"] == {"type": "string", "format": "date"}
    assert {"201", "400", "401", "404", "413", "429", "503"} <= set(refund["responses"])
    names = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    assert all(each["summary"] for path in described["paths"].values() for each in path.values())


def test_the_graphql_schema_is_printed_as_it_is_served(avoir):
    sdl = avoir("schema", "graphql").out
    assert "invoiceRefund(" in sdl
    assert avoir("schema", "graphql", "--json").json == {"graphql": sdl}
