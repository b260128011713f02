"""The page about the first hour leads to a running set-up: its own commands, both simulators, real processes."""

import os
import re
import shlex
import subprocess
import sys

import pytest
import requests

from tests.docs.pages import ROOT, blocks
from tests.support.stack import Stack, free_port, until

PAGE = (ROOT / "docs" / "first_hour.md").read_text("utf-8").partition("## Everything against the simulators")[2]


@pytest.fixture
def stack(tmp_path, monkeypatch):
    made = Stack(tmp_path)
    monkeypatch.setenv("CLARION_REDIS__URL", made.redis_url)
    yield made
    made.stop()


def _lines(ports: dict[str, int]) -> list[list[str]]:
    text = PAGE
    for written, port in ports.items():
        text = text.replace(f":{written}", f":{port}").replace(f"--port {written}", f"--port {port}")
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("python -m ")]


def test_the_page_s_commands_lead_to_a_set_up_in_which_nothing_is_to_be_fixed(stack):
    ports = {"8000": stack.port, "8801": free_port(), "8802": free_port()}
    for number, arguments in enumerate(_lines(ports)):
        if "handlers.simulator" in arguments[1]:
            stack.start_other(f"platform {number}", *arguments)
        else:
            done = subprocess.run(
                [sys.executable, *arguments], cwd=stack.folder, env=_environment(), capture_output=True, text=True,
                stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert f":{stack.port}/webhooks/" in done.stdout
    assert stack.run("migrate") == "ran 0001_first\n"
    stack.start_web()
    stack.start_worker()
    for name in ("8801", "8802"):
        until(lambda port=ports[name]: _answers(port))
    checked = until(lambda: _checked(stack))
    assert "workers: 1 at work" in checked
    for shown in _lines_of_check():
        assert any(agrees(shown, line) for line in checked.splitlines()), f"{shown}\n\n{checked}"

    stack.simulator_url = f"http://127.0.0.1:{ports['8801']}"
    (boss, anna) = stack.people(2)
    stack.become_admin(boss)
    stack.import_people([anna])
    for line in ("/broadcast new Spring sale", "now", "everyone", "Hello {first_name|there}!", "done"):
        answer = stack.ask(boss, line)
    assert "2 can get it" in answer


def _lines_of_check() -> list[str]:
    """Return what the pages about connecting say that `check` prints."""
    pages = ("connect_a_page.md", "connect_an_account.md")
    return [line for block in blocks("text") if block.page.name in pages for line in block.text.splitlines()]


def agrees(shown: str, line: str) -> bool:
    """Say whether a line is as it is shown, where `…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), line) is not None


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/_sim/counts", timeout=2).ok
    except requests.RequestException:
        return False


def _checked(stack: Stack) -> str:
    """Return what `check` printed once a worker is heard of; it fails when anything is to be fixed."""
    printed = stack.run("check")
    return printed if "workers: 1 at work" in printed else ""
