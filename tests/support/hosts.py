"""Several hosts on one machine: network namespaces on one bridge, each with an address and a cable that can be pulled.

The first host has the web process, the queue, the database and the platform, the others a worker each. Everything that
is made lies in those namespaces, and goes with them.
"""

import asyncio
import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.support.stack import Stack

FIRST, WORKERS = "first", ("worker1", "worker2")
ADDRESSES = {FIRST: "192.0.2.1", "worker1": "192.0.2.2", "worker2": "192.0.2.3"}
"""Of TEST-NET-1 (RFC 5737), which belongs to nobody."""

QUEUE_PORT, DATABASE_PORT, PLATFORM_PORT = 6379, 5432, 8801


def why_not() -> str:
    """Return why no namespaces can be made here; empty where they can."""
    if shutil.which("ip") is None:
        return "hosts are network namespaces, and iproute2 is not installed (apt-get install iproute2)"
    tried = subprocess.run(["ip", "netns", "add", _namespace("try")], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"hosts are network namespaces, and this user may not make any: {tried.stderr.strip()}"
    _ip("netns", "del", _namespace("try"))
    return ""


@contextmanager
def network() -> Iterator[None]:
    """Join the hosts by a bridge, and be on the first one: whatever this thread starts in the meantime runs there."""
    try:
        for name, address in ADDRESSES.items():
            _ip("netns", "add", _namespace(name))
            _ip("-n", _namespace(name), "link", "set", "lo", "up")
            if name == FIRST:
                _ip("-n", _namespace(FIRST), "link", "add", "lan", "type", "bridge")
                device = "lan"
            else:
                device = "eth0"
                end = ("type", "veth", "peer", "name", device, "netns", _namespace(name))
                _ip("-n", _namespace(FIRST), "link", "add", name, *end)
                _ip("-n", _namespace(FIRST), "link", "set", name, "master", "lan", "up")
            _ip("-n", _namespace(name), "address", "add", f"{address}/24", "dev", device)
            _ip("-n", _namespace(name), "link", "set", device, "up")
        with _entered(_namespace(FIRST)):
            yield
    finally:
        for name in ADDRESSES:
            subprocess.run(["ip", "netns", "del", _namespace(name)], check=False)


class Hosts(Stack):
    """A stack whose workers run on hosts of their own. Make it inside `network`."""

    def __init__(self, folder: Path, database_url: str, **clarion: object) -> None:
        """`database_url` is that of a PostgreSQL with a socket in the file system."""
        database = urlsplit(database_url)
        super().__init__(folder, f"postgresql://postgres@{ADDRESSES[FIRST]}:{DATABASE_PORT}{database.path}", **clarion)
        socket = Path(parse_qs(database.query)["host"][0]) / ".s.PGSQL.5432"
        _pass_on(DATABASE_PORT, f"unix:{socket}")
        _pass_on(QUEUE_PORT, f"127.0.0.1:{self._redis_port}")

    @property
    def redis_url(self) -> str:
        """Where the queue is for every host."""
        return f"redis://{ADDRESSES[FIRST]}:{QUEUE_PORT}/0"

    def _write_config(self) -> None:
        """Name the platform by the address that every host reaches it at."""
        _pass_on(PLATFORM_PORT, urlsplit(self.simulator_url).netloc)
        self.simulator_url = f"http://{ADDRESSES[FIRST]}:{PLATFORM_PORT}"
        super()._write_config()

    def _command(self, name: str) -> list[str]:
        return ["ip", "netns", "exec", _namespace(name), sys.executable] if name in WORKERS else super()._command(name)

    def pull_cable(self, worker: str) -> None:
        """Cut a worker's host off: nothing comes and nothing goes, and nobody is told."""
        _ip("-n", _namespace(FIRST), "link", "set", worker, "down")

    def plug_in(self, worker: str) -> None:
        """Connect a worker's host again."""
        _ip("-n", _namespace(FIRST), "link", "set", worker, "up")


def _pass_on(port: int, target: str) -> None:
    """Let other hosts reach what listens for the first one alone: a port of it, or a socket in the file system.

    Ends with this process; the thread stays on the first host.
    """

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # one end has gone: closing the other is how it is told
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kind, _, rest = target.rpartition(":")
        try:
            opened = await (
                asyncio.open_unix_connection(rest) if kind == "unix" else asyncio.open_connection(kind, rest)
            )
        except OSError:
            writer.close()
            return
        await asyncio.gather(pipe(reader, opened[1]), pipe(opened[0], writer))

    async def main() -> None:
        server = await asyncio.start_server(serve, ADDRESSES[FIRST], port)
        listening.set()
        await server.serve_forever()

    listening = threading.Event()
    threading.Thread(target=asyncio.run, args=(main(),), name=f"passes on {port}", daemon=True).start()
    assert listening.wait(10), f"{ADDRESSES[FIRST]}:{port} cannot be listened at"


@contextmanager
def _entered(namespace: str) -> Iterator[None]:
    """Move this thread to a namespace and back. Threads and processes that it starts are where it is."""
    with Path("/proc/thread-self/ns/net").open() as home, Path("/var/run/netns", namespace).open() as away:
        _enter(away.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


def _enter(handle: int) -> None:
    """Call setns(2), which Python has from 3.12 on."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(handle, 0):
        raise OSError(ctypes.get_errno(), "setns")


def _namespace(name: str) -> str:
    return f"clarion-{os.getpid()}-{name}"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
