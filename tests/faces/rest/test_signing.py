"""Tokens: signed by the newest key, believed by older ones until their end; and nowhere a secret in a log."""

import json
import logging
import time

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from avoir.app.access import RotateSigningKey
from avoir.cli.logs import start_logging
from avoir.core.access import DIRECTORY
from avoir.faces import access as module
from tests.faces.rest.api import Api, customer, served
from tests.faces.rest.test_people import JOAN
from tests.faces.rest.test_sessions import ACME, ANN, signed_in


def rotate(server: Api, overlap: int, n: int = 1) -> int:
    command = RotateSigningKey(secret=f"nonce-{n}", overlap_seconds=overlap)
    number = server.runner.run(server.app.state.access.ask(command, actor="test"))
    server.runner.run(server.app.state.access.load_tokens())
    return number


def test_a_new_key_signs_and_the_old_one_is_believed_for_a_while(server, monkeypatch):
    ann = signed_in(server, ANN)
    assert (rotate(server, 3600), rotate(server, 3600, 2)) == (1, 2)
    assert ann.get("/organization/current").status == 200
    again = server.post("/auth/signin", {"email": ANN["email"], "password": ANN["password"]}).body[
        "access_token"
    ]
    newer = server.as_(authorization=f"Bearer {again}", organization_id=ann.headers["organization-id"])
    assert newer.get("/organization/current").status == 200
    now = time.time()
    monkeypatch.setattr("avoir.faces.signing.time.time", lambda: now + 3601)
    server.app.state.access.forget()  # A caller is remembered for a second, and only the time was moved.
    assert ann.get("/organization/current").status == 401
    assert newer.get("/organization/current").status == 200


def test_without_an_overlap_everybody_signs_in_again(server):
    ann = signed_in(server, ANN)
    rotate(server, 0)
    assert ann.get("/organization/current").status == 401
    assert server.post("/auth/signin", ANN).status == 201


def test_another_server_hears_of_a_new_key(url, monkeypatch):
    with served(url) as server, served(url) as other:
        ann = signed_in(server, ANN)
        rotate(server, 3600)
        token = server.post("/auth/signin", ANN).body["access_token"]
        there = other.as_(authorization=f"Bearer {token}", organization_id=ann.headers["organization-id"])
        # At the latest after ten seconds; at once for a token that cannot be read, but not time and again.
        access = other.app.state.access
        access._tokens_due = time.monotonic() + module.TOKEN_KEYS_SECONDS - 2
        assert there.get("/organization/current").status == 200


def test_a_token_is_signed_by_a_key_that_neither_database_nor_secret_gives_away(server):
    ann = signed_in(server, ANN)
    rotate(server, 0)
    claims = {"sub": ANN["email"], "iat": 1, "exp": 4_000_000_000, "sid": "1.0"}
    for guess in ("nonce-1", "token nonce-1", "123123"):
        key = OctKey.import_key(guess.encode().ljust(48, b"\0"))
        forged = jwt.encode({"alg": "HS384"}, claims, key, algorithms=["HS384"])
        forger = server.as_(authorization=f"Bearer {forged}", organization_id=ann.headers["organization-id"])
        assert forger.get("/organization/current").status == 401


@pytest.fixture
def logged(capsys):
    """What goes to the log while a test runs, at its most talkative."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    start_logging("debug")
    yield capsys
    root.handlers[:] = handlers
    root.setLevel(level)


def test_no_secret_is_logged_or_kept_as_it_is(url, logged):
    secrets = {ANN["password"], JOAN["password"], "wrong-password", "new-password"}
    with served(url) as server:
        ann = signed_in(server, ANN)
        secrets.add(ann.headers["authorization"].removeprefix("Bearer "))
        ann.post("/organization/build", ACME)
        customer(ann)
        key = ann.made("/api-keys/generate", {"name": "till"})["key"]
        listed = ann.get("/api-keys").text
        by_key = server.as_(authorization=f"Bearer {key}")
        assert by_key.get("/customers").status == 200
        by_key.get("/customers/99")
        server.post("/auth/signin", {"email": ANN["email"], "password": "wrong-password"})
        server.as_(authorization="Bearer bc_0123456789abcdef").get("/customers")
        ann.call("PATCH", "/invite", {"email": "joan@example.test", "roleId": 2})
        invited = server.token()
        server.post(f"/invite/accept/{invited}", JOAN)
        server.post("/auth/send_reset_password", {"email": ANN["email"]})
        reset = server.token()
        server.post(f"/auth/reset_password/{reset}", {"password": "new-password"})
        # A bug is logged with all its trace, and that with nobody's password.
        server.app.state.access.hashed = None
        broken = server.client.post("/api/auth/signup", json=ANN | {"email": "x@example.test"})
        assert server.runner.run(broken).status_code == 500
        secrets |= {key, invited, reset}
        tables = server.runner.run(server.app.state.door.read(dump, DIRECTORY))
    written = logged.readouterr()
    assert "unforeseen" in written.err
    for secret in secrets:
        assert secret not in written.err + written.out
        assert secret not in listed
        assert secret not in tables


def dump(query) -> str:
    """Every text of the tables in which secrets might be."""
    tables = (
        "users",
        "api_keys",
        "mails",
        "mailed_tokens",
        "events",
        "answers",
        "memberships",
        "signing_keys",
    )
    return json.dumps([query.connection.all(f"SELECT * FROM {table}") for table in tables])
