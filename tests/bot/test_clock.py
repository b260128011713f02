"""The clock is the machine's, unless a file moves it for all processes of a rehearsal."""

import os
from datetime import UTC, datetime, timedelta

from bot.clock import VARIABLE, clock

ABOUT = timedelta(seconds=5)


def test_without_a_file_it_is_the_machines_clock(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert abs(clock()() - datetime.now(UTC)) < ABOUT


def test_a_file_moves_it_while_it_runs(monkeypatch, tmp_path):
    path = tmp_path / "ahead"
    monkeypatch.setenv(VARIABLE, str(path))
    now = clock()
    assert abs(now() - datetime.now(UTC)) < ABOUT
    path.write_text("3600")
    assert abs(now() - datetime.now(UTC) - timedelta(hours=1)) < ABOUT
    path.write_text("not yet a number")
    os.utime(path, ns=(1, 1))
    assert abs(now() - datetime.now(UTC) - timedelta(hours=1)) < ABOUT
