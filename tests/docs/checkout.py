"""A checkout in a folder of its own, in which the lines of a page can be run as a reader would run them."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import requests

from tests.docs.pages import ROOT, blocks
from tests.support.stack import PAGE, SECRET, TOKEN, Stack, free_port, until

PARTS = ("bot", "broadcast", "handlers", "storage", "flows", "Procfile")

NOT_RUN = {
    "make demo": "tests/browser plays it",
    "make test": "this is it",
    "make check": ".ci/run does it first",
    "make site": "tests/docs/test_site.py builds it",
    "git pull": "there is nothing newer to get in a test",
    "python -m handlers.simulator.": "tests/docs/test_first_hour.py runs it",
    "python -m bot init --": "tests/docs/test_first_hour.py runs it",
}
"""How lines begin that are shown and not run here, and why."""

KEEPS_RUNNING = ("PORT=8000 honcho start",)


class Checkout:
    """Somebody at a shell in a fresh checkout, with a simulator where their Page would be."""

    def __init__(self, folder: Path) -> None:
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        (folder / ".venv").symlink_to(sys.prefix)
        self.folder = folder
        self.stack = Stack(folder)
        self._running: list[subprocess.Popen[bytes]] = []
        self._simulator_port = free_port()
        self.stack.start_other(
            "platform", "-m", "handlers.simulator.messenger", "--port", str(self._simulator_port), "--page-id", PAGE,
            "--token", TOKEN, "--app-secret", SECRET, "--webhook", f"http://127.0.0.1:{self.stack.port}/webhooks/page",
        )  # fmt: skip
        self.stack.simulator_url = f"http://127.0.0.1:{self._simulator_port}"
        until(lambda: _answers(f"{self.stack.simulator_url}/_sim/counts"))
        self.admin, self.reader = self.stack.people(2)
        (folder / "people.csv").write_text(f"platform_user_id,window_expires_at\n{self.reader},2099-01-01T00:00:00Z\n")

    def walk(self, page: Path) -> None:
        """Run every line of the shell that a page shows, in order; a line that fails ends it."""
        for block in blocks("sh"):
            if block.page == page:
                for line in commands(block.text):
                    self._run(line)

    def _run(self, line: str) -> None:
        if line.startswith(tuple(NOT_RUN)):
            return
        if line in KEEPS_RUNNING:
            self._start(line.replace("8000", str(self.stack.port)))
            return
        done = self.shell(line.replace("/var/backups", str(self.folder)))
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        if line.startswith("python -m bot init"):
            self._point_at_the_simulator()
        if line.startswith("python -m bot invite"):
            assert "Welcome" in self.stack.ask(self.admin, f"/admin claim {done.stdout.strip()}")

    def _start(self, line: str) -> None:
        """Start what goes on until it is ended, and wait until the web process answers."""
        with (self.folder / "running.log").open("a") as log:
            process = subprocess.Popen(
                ["bash", "-euc", f"exec env {line}"],
                cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._running.append(process)
        until(lambda: process.poll() is not None or _answers(f"http://127.0.0.1:{self.stack.port}/readyz"), 60)
        assert process.poll() is None, (self.folder / "running.log").read_text()

    def stop(self) -> None:
        """End everything, as Ctrl-C would, and wait for it."""
        for process in self._running:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)
        self.stack.stop()

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line and return what came of it."""
        return subprocess.run(
            ["bash", "-euc", line], cwd=self.folder, env=self.environment, input="\n".join(self._answers_of_init),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the shell: its own Redis, and an undo period nobody has to wait for."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {"CLARION_REDIS__URL": self.stack.redis_url, "CLARION_CLARION__UNDO_SECONDS": "0.5"}
        return {**os.environ, "PATH": path, **settings}

    @property
    def _answers_of_init(self) -> tuple[str, ...]:
        """Return what is typed when `init` asks; other commands read nothing."""
        return ("messenger", "page", PAGE, TOKEN, SECRET, "", f"http://127.0.0.1:{self.stack.port}", "")

    def _point_at_the_simulator(self) -> None:
        """Put the simulator where Meta would be; nothing else of the file that `init` wrote is touched."""
        with (self.folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write(f'api_base = "{self.stack.simulator_url}"\n')

    def type(self, page: Path) -> None:
        """Send the lines a page shows on an admin's phone, each when the one before has been answered."""
        for block in blocks("chat"):
            if block.page == page:
                for line in block.text.splitlines():
                    assert self.stack.ask(self.admin, line)


def commands(text: str) -> list[str]:
    """Return the commands of a block: comments left out, and what a backslash continues in one piece."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [line.partition(" #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
