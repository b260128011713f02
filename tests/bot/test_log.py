"""Log lines say what kind of thing happened: no secret is in them, and nothing that anybody wrote."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import log
from tests.support import account, stack
from tests.support.stack import until

TOKEN = "EAAtokenoftokens"
WORDS = ("Zebracorn", "quaxelfish")
"""In the name and the message of every broadcast here; in no program."""


@pytest.fixture
def told(capsys):
    """Log with a configured logger and return the lines that came of it."""

    def call(say: Callable[[Any], None]) -> list[dict[str, Any]]:
        log.configure("debug", [TOKEN, "ab", ""])
        say(structlog.get_logger())
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield call
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"https://graph.facebook.com/me?access_token={TOKEN}",
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        [("token", TOKEN)],
        ValueError(TOKEN),
        "https://api.weixin.qq.com/cgi-bin/x?access_token=never-seen-before&a=1",
        "Authorization: Bearer never-seen-before",
    ],
)
def test_a_secret_is_struck_wherever_it_stands(told, value):
    (line,) = told(lambda logger: logger.warning("something", about=value))
    assert TOKEN not in str(line)
    assert "never-seen-before" not in str(line)
    assert "•••" in str(line)


def test_a_secret_in_a_traceback_is_struck(told):
    def fail(logger: Any) -> None:
        try:
            raise ValueError(f"refused {TOKEN}")
        except ValueError:
            logger.exception("failed")

    (line,) = told(fail)
    assert "ValueError" in line["exception"]
    assert TOKEN not in line["exception"]


def test_a_line_is_one_json_object_with_a_time_and_a_level(told):
    (line,) = told(lambda logger: logger.info("worker_started", worker="w1", number=3, nothing=None))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "worker_started", "level": "info", "worker": "w1", "number": 3, "nothing": None}


def test_lines_of_libraries_have_the_same_form_and_no_secret():
    """In a process of its own: the test runner has set up logging before us, as a host may."""
    program = (
        "import logging; from bot import log; log.configure('info', ['EAAtokenoftokens'])\n"
        "try:\n    raise OSError('EAAtokenoftokens')\n"
        "except OSError:\n    logging.getLogger('asyncio').error('lost %s', 'EAAtokenoftokens', exc_info=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    line = json.loads(done.stderr)
    assert (line["event"], line["level"], line["library"]) == ("lost •••", "error", "asyncio")
    assert TOKEN not in done.stderr


def test_a_host_that_has_set_up_logging_keeps_its_own_way(caplog):
    before = list(logging.getLogger().handlers)
    log.configure("info", [])
    assert logging.getLogger().handlers == before
    structlog.reset_defaults()


def _nothing_told(text: str, *secrets: str) -> None:
    assert text, "there is nothing to look at"
    for secret in (*secrets, *WORDS):
        assert secret.lower() not in text.lower(), [
            line for line in text.splitlines() if secret.lower() in line.lower()
        ]


def test_a_page_s_conversation_and_broadcast_leave_no_words_and_no_secrets(tmp_path: Path):
    with stack.running(tmp_path, log_level="debug") as running:
        running.start_simulator()
        running.start_web()
        running.start_worker()
        (boss,) = running.people(1)
        running.become_admin(boss)
        typed = f"Hello {{first_name|{WORDS[1]}}}!"
        for line in (f"/broadcast new {WORDS[0]} sale", "now", "everyone", typed, "done", "send"):
            running.ask(boss, line)
        until(lambda: running.query("SELECT status FROM broadcasts") == [("sent",)])
        assert any(WORDS[1] in stack.words_of(message) for message in running.heard(boss))
        written = running.log("web") + running.log("worker")
    _nothing_told(written, stack.TOKEN, stack.SECRET, stack.VERIFY, "x" * 32, boss)


def test_an_account_s_conversation_and_broadcast_leave_no_words_and_no_secrets(tmp_path: Path):
    with account.account(tmp_path, 5, mode="encrypted", log_level="debug") as running:
        broadcast = running.launch(f"{WORDS[0]} sale", "everyone", f"{WORDS[1]} for all")
        running.ends(broadcast)
        written = running.log("web") + running.log("worker")
        people = running.followers(5)
    _nothing_told(written, account.SECRET, account.TOKEN, account.AES_KEY, "access_token=", *people)
