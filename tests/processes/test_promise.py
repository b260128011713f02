"""Nobody twice, nobody lost, whatever is killed: with the real processes on both databases."""

import signal
import threading
import time

import pytest
import redis

from tests.processes.conftest import PEOPLE, RATE
from tests.support.promise import Account, Sender
from tests.support.stack import until

pytestmark = pytest.mark.processes

IN_FLIGHT = int(RATE * 0.12) + 30
"""Calls of at most 120 ms at this rate, and what is committed just before its slot."""


def kept(account: Account) -> None:
    """The promise was kept and nobody is left in doubt."""
    assert account.breaches == []
    assert account.states["failed"] == account.states["skipped"] == account.states["unknown"] == 0


def half_way(sender: Sender, broadcast: int) -> None:
    until(lambda: sender.gone_out(broadcast) > PEOPLE * 0.3, 20, 0.02)


def test_a_killed_worker_is_taken_over_and_leaves_no_more_doubts_than_calls_in_flight(sender, worker):
    broadcast = sender.launch("One", "Two")
    half_way(sender, broadcast)
    sender.stack.kill("worker")
    assert sender.states(broadcast)["sending"] <= IN_FLIGHT
    sender.stack.start_worker("worker2")
    died = time.monotonic()
    before = sender.gone_out(broadcast)
    until(lambda: sender.gone_out(broadcast) > before, 15)
    until(lambda: not sender.states(broadcast)["sending"] or sender.status(broadcast) == "sent", 15)
    assert time.monotonic() - died < 15
    sender.ends(broadcast)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    # Calls cut off before they reached the platform stay in doubt: no evidence can ever come.
    assert account.unknown <= IN_FLIGHT
