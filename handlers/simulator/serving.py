"""Runs a simulator: as a program until it is told to stop, or in a thread beside a test."""

import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import uvloop
from aiohttp import web

HOST = "127.0.0.1"  # a simulator answers to any token it was given, so it is never reachable from outside


async def _start(app: web.Application, port: int, certificate: Path | None = None) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    tls = None
    if certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
    await web.TCPSite(runner, HOST, port, backlog=4096, ssl_context=tls).start()
    host, bound = runner.addresses[0][:2]
    return runner, f"{'https' if tls else 'http'}://{host}:{bound}"


def run(make_app: Callable[[], web.Application], port: int, certificate: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; print one line with the address once it is listening.

    With the file of a `certificate` and its key, over TLS.
    """
    uvloop.run(_run(make_app, port, certificate))


async def _run(make_app: Callable[[], web.Application], port: int, certificate: Path | None) -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    runner, url = await _start(make_app(), port, certificate)
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()
    await stopped.wait()
    await runner.cleanup()


@dataclass(slots=True)
class Running:
    """A simulator in a thread of this process."""

    url: str
    _loop: asyncio.AbstractEventLoop
    _stopped: asyncio.Event
    _thread: threading.Thread

    def stop(self) -> None:
        """Close it and wait until its thread has ended."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(timeout=10)


def start_in_thread(make_app: Callable[[], web.Application], port: int = 0) -> Running:
    """Serve from a thread of this process; return once it is listening.

    Raises what kept it from starting.
    """
    listening: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        try:
            runner, url = await _start(make_app(), port)
        except Exception as error:  # noqa: BLE001 - handed to the caller, who raises it
            listening.set_exception(error)
            return
        stopped = asyncio.Event()
        listening.set_result((url, asyncio.get_running_loop(), stopped))
        await stopped.wait()
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="simulator", daemon=True)
    thread.start()
    return Running(*listening.result(), thread)
