"""The demo's child processes: each a process group of its own, none of which outlives the demo."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout: `python -m bot` is run here."""

READY_SECONDS = 60.0  # a cold start on a slow, busy machine; a second or two on an idle one
STOP_SECONDS = 8.0  # what a worker is given to finish its calls in flight
_OWNERS = ("CLARION_", "GUNICORN_")  # how names of settings begin
_GUARD = Path(__file__).with_name("guard.py")


class ChildFailed(Exception):
    """A process of the demo did not start or ended with an error; the sentence says which and shows its last words."""


class Processes:
    """Children by name, their output in `folder`, and the guard that ends them should this process be killed.

    A child may be started again under its name. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        # Sessions of their own: Ctrl-C in the terminal reaches this process only, which then stops them in order.
        self._guard = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", str(_GUARD), str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def start(self, name: str, *arguments: str, **variables: str) -> None:
        """Start `python ARGUMENTS` in the checkout as `name`, with these environment variables on top."""
        with self._lock, self.log(name).open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own programs
                [sys.executable, *arguments],
                cwd=ROOT,
                env=_environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._tell_guard("+", child.pid)
            self._children[name] = child

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait until `ready` says yes. Raises `ChildFailed` when the child ends first or takes too long."""
        until = time.monotonic() + READY_SECONDS
        while not ready():
            if not self.alive(name) or time.monotonic() > until:
                raise ChildFailed(f"The {name} process did not start: {_last_words(self.log(name).read_text('utf-8'))}")
            time.sleep(0.05)

    def log(self, name: str) -> Path:
        """Return the file with what a child printed."""
        return self.folder / f"{name}.log"

    def alive(self, name: str) -> bool:
        """Say whether a child runs."""
        with self._lock:
            child = self._children.get(name)
            return child is not None and child.poll() is None

    def kill(self, name: str) -> None:
        """Kill a child with -9, as a power cut would; it has no time to finish anything."""
        with self._lock:
            child = self._children.get(name)
            if child is not None:
                _signal(child, signal.SIGKILL)
                self._reap(child, STOP_SECONDS)

    def stop(self) -> None:
        """Stop all children, the newest first, and let the guard remove the folder."""
        with self._lock:
            children = list(reversed(self._children.values()))
            for child in children:
                _signal(child, signal.SIGTERM)
            until = time.monotonic() + STOP_SECONDS
            for child in children:
                self._reap(child, max(0.0, until - time.monotonic()))
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()

    def _reap(self, child: subprocess.Popen[bytes], within_seconds: float) -> None:
        try:
            child.wait(within_seconds)
        except subprocess.TimeoutExpired:
            return  # the guard kills its group
        _signal(child, signal.SIGKILL)  # whoever it had started itself
        self._tell_guard("-", child.pid)

    def _tell_guard(self, sign: str, group: int) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{sign}{group}\n".encode())
        self._guard.stdin.flush()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return


def forget_settings() -> None:
    """Take the owner's settings out of this process's environment: they may name a real database."""
    for name in list(os.environ):
        if name.startswith(_OWNERS):
            del os.environ[name]


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours without the owner's settings, which may name a real database."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(_OWNERS)}
    return {**ours, "PYTHONUNBUFFERED": "1", "WEB_CONCURRENCY": "1", **variables}


def _last_words(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
