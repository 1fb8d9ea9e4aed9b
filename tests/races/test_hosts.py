"""Several servers of one PostgreSQL: on hosts of their own, one's wire cut; and many on one host."""

import itertools
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from functools import partial

import psycopg
import pytest

from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import Ledger, line
from tests.races.network import Network, NetworkedPostgres
from tests.races.servers import PATIENCE, Caller, Server, at_once, avoir, serving

HOSTS = (1, 2)


@pytest.fixture
def network():
    network = Network(len(HOSTS))
    yield network
    network.close()


@pytest.fixture
def postgres(network, tmp_path):
    postgres = NetworkedPostgres(network, tmp_path / "postgres", len(HOSTS))
    yield postgres
    postgres.stop()


def test_a_host_whose_wire_is_cut_holds_up_no_other_and_comes_back_as_if_nothing_had_been(
    network, postgres, tmp_path
):
    ledger = Ledger(postgres.url)
    ledger.credit_note(line("1000.00"))
    api_key = avoir("key", "create", "--database", postgres.url)["key"]
    heard: dict[int, list[int]] = {host: [] for host in HOSTS}
    statuses: Counter[int] = Counter()
    keys, over = itertools.count(), threading.Event()

    def ask(host: int, server: Server) -> None:
        """Refund after refund, each under its key until it is granted."""
        with network.inside(host), closing(Caller(server, api_key, "0.01")) as caller:
            while not over.is_set():
                key, granted = f"refund {next(keys)}", False
                while not granted:
                    said = caller.refund(key)
                    statuses[said.status] += 1
                    granted = said.status == 201
                heard[host].append(said.body["id"])

    def answered(host: int, more: int) -> None:
        enough, until = len(heard[host]) + more, time.monotonic() + PATIENCE
        while len(heard[host]) < enough:
            assert time.monotonic() < until, f"host {host} answers no more: {statuses}"
            over.wait(0.01)

    with ExitStack() as held:
        servers = {}
        for host in HOSTS:
            with network.inside(host):
                url = postgres.url_from(network, host)
                servers[host] = Server(url, tmp_path / f"log{host}")
            held.callback(servers[host].kill)
        threads = [
            threading.Thread(target=ask, args=(host, servers[host])) for host in HOSTS for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in range(2):
                for host in HOSTS:
                    answered(host, 10)
                network.cut(1, postgres.url)
                # Perhaps it held the pen just then; the other waits for that some seconds, and no longer.
                answered(2, 30)
                network.mend(1)
            for host in HOSTS:
                answered(host, 10)
        finally:
            network.mend(1)
            over.set()
            for thread in threads:
                thread.join(PATIENCE)
    assert set(statuses) <= {201, 429, 503}, "a wire that is cut is weather, and no bug"
    refunds = sorted(x.id for x in ledger.rows(Refund))
    assert sorted(heard[1] + heard[2]) == refunds, "each key is one refund, and no other is there"
    hold(ledger)
    ledger.close()
    assert avoir("verify", "--database", postgres.url)["ok"]


@pytest.mark.parametrize("number", [2, 4])
def test_several_servers_pass_the_pen_of_one_organization_and_nobody_starves(databases, tmp_path, number):
    enough, each = 10, 2
    with databases.fresh("postgres") as url, ExitStack() as held:
        hot = held.enter_context(closing(Ledger(url)))
        others = [held.enter_context(closing(Ledger(url))) for _ in range(number)]
        for ledger in (hot, *others):
            ledger.credit_note(line("1000.00"))
        made = [avoir("key", "create", "--database", url, "--organization-id", id) for id in ids(url)]
        keys = [each["key"] for each in made]
        servers = held.enter_context(serving(url, tmp_path / "log", number=number))
        heard: Counter[tuple[int, bool]] = Counter()
        done = threading.Event()

        def ask(place: int, of_all: bool) -> None:
            """Until every caller was answered often enough: whoever is first goes on asking."""
            key = keys[0] if of_all else keys[1 + place]
            with closing(Caller(servers[place], key, "0.01")) as caller:
                until, numbers = time.monotonic() + 2 * PATIENCE, itertools.count()
                while not done.is_set():
                    assert time.monotonic() < until, f"somebody starves: {heard}"
                    said = caller.refund(f"{place} {threading.get_ident()} {next(numbers)}")
                    assert said.status == 201, said
                    heard[place, of_all] += 1
                    if len(heard) == 2 * number and min(heard.values()) >= enough:
                        done.set()

        callers = [(place, of_all) for place in range(number) for of_all in (True, False)] * each
        at_once(partial(ask, *caller) for caller in callers)
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert hot.database.all(deadlocks) == [(0,)]
        granted = sum(len(ledger.rows(Refund)) for ledger in (hot, *others))
        assert granted == sum(heard.values())
        for ledger in (hot, *others):
            hold(ledger)


def ids(url: str) -> list[str]:
    """The public ids of the organizations, in the order in which they were made."""
    with psycopg.connect(url) as database:
        rows = database.execute("SELECT public_id FROM organizations ORDER BY organization_id").fetchall()
    return [id for (id,) in rows]
