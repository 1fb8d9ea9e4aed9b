"""`avoir serve`, as a process: one on a file, several on PostgreSQL, and a clean end."""

import json
import re
import signal
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from tests.cli.conftest import process


def ready(url: str) -> None:
    """Wait until the server can be asked."""
    for _ in range(200):
        try:
            if httpx.get(f"{url}/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{url} is not ready")


def where(server) -> str:
    """What the server said on its first line."""
    return json.loads(server.stdout.readline())["url"]


def serve(url: str, *words: str) -> tuple[str, ...]:
    return ("serve", "--database", url, "--port", "0", "--json", *words)


def test_it_serves_and_the_other_commands_work_beside_it(avoir, url, tmp_path):
    with process(*serve(url), cwd=tmp_path) as server:
        at = where(server)
        ready(at)
        assert httpx.get(f"{at}/health").json() == {"status": "ok"}
        avoir("organization", "create", "--name", "Acme", "--currency", "USD", "--database", url)
        key = avoir("key", "create", "--database", url, "--json").json["key"]
        current = httpx.get(f"{at}/api/organization/current", headers={"authorization": f"Bearer {key}"})
        assert current.status_code == 200
        assert avoir("verify", "--database", url, "--json").json["ok"] is True
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) in (0, -signal.SIGTERM)


def test_a_request_writes_no_line_and_what_is_logged_is_json(url, tmp_path):
    with process(*serve(url), cwd=tmp_path) as server:
        at = where(server)
        ready(at)
        httpx.get(f"{at}/health", params={"marked": "here"})
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=20)
    events = [json.loads(line) for line in err.splitlines()]
    assert out == ""
    assert events[0]["event"] == "serving"
    assert "marked" not in err


def test_a_second_server_on_the_same_file_is_refused(tmp_path, avoir):
    file = tmp_path / "books.db"
    with process(*serve(str(file)), cwd=tmp_path) as server:
        ready(where(server))
        # However the file is called.
        for name in (str(file), f"sqlite:///{tmp_path}/./books.db"):
            said = avoir(*serve(name))
            assert (said.code, said.json["error"]) == (1, "already_served")
            assert str(server.pid) in said.json["message"]
        said = avoir("serve", "--database", str(file), "--port", "0")
        assert "PostgreSQL" in said.err


def test_several_clerks_need_postgres(avoir, tmp_path, monkeypatch):
    monkeypatch.setenv("AVOIR_CLERKS", "2")
    said = avoir(*serve(str(tmp_path / "books.db")))
    assert (said.code, said.json["error"]) == (1, "sqlite_has_one_clerk")
    assert list(tmp_path.iterdir()) == []


def children(server) -> list[psutil.Process]:
    return psutil.Process(server.pid).children(recursive=True)


def clerk_of(server) -> psutil.Process:
    (clerk,) = [each for each in children(server) if "avoir.cli.clerks" in each.cmdline()]
    return clerk


def signed_up(at: str, email: str) -> int:
    form = {"firstName": "Ada", "lastName": "L", "email": email, "password": "secret 123"}
    return httpx.post(f"{at}/api/auth/signup", json=form, timeout=30).status_code


def test_a_clerk_that_dies_is_followed_by_another(url, tmp_path):
    with process(*serve(url), cwd=tmp_path) as server:
        at = where(server)
        ready(at)
        first = clerk_of(server)
        first.kill()
        ready(at)
        assert signed_up(at, "ada@example.com") == 201
        assert clerk_of(server).pid != first.pid
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def test_what_few_requests_need_is_loaded_by_the_first_that_does():
    heavy = ("httpx", "xlsxwriter", "typst", "psycopg")
    code = f"import sys, avoir.main; print([each for each in {heavy!r} if each in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("processes", ["1", "2"])
def test_nothing_outlives_a_server_that_is_killed(url, tmp_path, processes):
    with process(*serve(url, "--processes", processes), cwd=tmp_path) as server:
        ready(where(server))
        left = children(server)
        assert len(left) >= int(processes)
        server.kill()
        _, alive = psutil.wait_procs(left, 20)
        assert alive == []


def test_a_port_that_is_taken_is_told_in_a_sentence(avoir, tmp_path):
    with process(*serve(str(tmp_path / "one.db")), cwd=tmp_path) as server:
        port = re.search(r":(\d+)$", where(server))[1]
        words = ("serve", "--database", str(tmp_path / "two.db"), "--port", port, "--json")
        said = avoir(*words)
    assert (said.code, said.json["error"]) == (1, "address_unavailable")


def test_two_processes_answer_on_one_port(url, tmp_path):
    with process(*serve(url, "--processes", "2"), cwd=tmp_path) as server:
        at = where(server)
        ready(at)
        assert {httpx.get(f"{at}/ready").status_code for _ in range(20)} == {200}
        assert [signed_up(at, f"ada{n}@example.com") for n in range(4)] == [201] * 4
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=30)
    started = [line for line in err.splitlines() if "Application startup complete" in line]
    stopped = [line for line in err.splitlines() if "Application shutdown complete" in line]
    assert (len(started), len(stopped)) == (2, 2)
