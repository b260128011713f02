"""Starts the real demo and a headless browser in front of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
TYPED_PATH = ("/broadcast new Spring sale", "now", "everyone", "Hello {first_name|there}!", "done", "send")
WECHAT_PATH = ("/broadcast new Spring tea", "now", "everyone", "The first tea of spring is here.", "done", "send")
ANNA, MEI = "Anna Berg", "Mei Lin"
PEOPLE = 60  # who can be written to on the Page, beside the admin
SENT_MILLIS = 60_000  # by then a broadcast of the demo has been sent, however busy the machine

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
_START_SECONDS = 120
_STOP_SECONDS = 30
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Demo:
    """A running `python -m bot demo`, which puts its folder into `temporary` (the system's place unless said)."""

    def __init__(self, people: int, temporary: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", "0", "--people", str(people)],
            cwd=ROOT,
            env=os.environ | ({"TMPDIR": str(temporary)} if temporary else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: SimpleQueue[str] = SimpleQueue()
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.address = self._find_address()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(_STOP_SECONDS)
        self._listener.join()
        return status

    def children(self) -> list[int]:
        """Return the process ids of all its descendants."""
        return _descendants(self.process.pid)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self._lines.put(line)
        self._lines.put("")

    def _find_address(self) -> str:
        while True:
            try:
                self.said.append(self._lines.get(timeout=_START_SECONDS))
            except Empty:
                self.said.append("")
            if not self.said[-1]:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the demo did not start: {''.join(self.said)}")
            if found := _ADDRESS.search(self.said[-1]):
                return found[0]


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def alive(pid: int) -> bool:
    """Say whether a process still runs; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def refused(port: int) -> tuple[int, str]:
    """Run a demo that cannot start; return its exit status and what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=_START_SECONDS,
    )  # fmt: skip
    return done.returncode, done.stderr


@contextmanager
def demo(people: int) -> Iterator[Demo]:
    """Run the demo for a block."""
    running = Demo(people)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@contextmanager
def browser() -> Iterator[Browser]:
    """Open Debian's Chromium, or skip with the reason."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no Chromium here; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def enter(page: Page, address: str) -> None:
    """Open the playground as somebody who took the tour; wait until the first phone shows what was said before."""
    page.add_init_script("localStorage.setItem('clarion-tour', 'seen')")
    page.goto(address)
    expect(page.locator(".desk .line").first).to_be_visible()


def desk(page: Page, who: str) -> Locator:
    """Return an admin's phone, brought to the front."""
    tab = page.get_by_role("tab", name="Messenger" if who == ANNA else "WeChat")
    if tab.is_visible():
        tab.click()
    return page.locator(".desk").filter(has=page.get_by_role("textbox", name=f"Write as {who}"))


def say(page: Page, words: str, who: str = ANNA) -> None:
    """Type as an admin, press Enter, and wait for the answer."""
    phone = desk(page, who)
    answers = phone.locator(".line.theirs")
    before = answers.count()
    phone.get_by_role("textbox").fill(words)
    page.keyboard.press("Enter")
    expect(answers).not_to_have_count(before)


def until(so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)
