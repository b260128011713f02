"""Nobody twice, nobody lost, when the disk is full and when somebody moves the clock."""

import time

import pytest

from tests.processes.test_promise import half_way, kept
from tests.support.disk import full_disk
from tests.support.stack import until

pytestmark = pytest.mark.processes

HOUR = 3600


@pytest.fixture
def clock(sender):
    """Moves the clock of all processes, and puts it right afterwards."""
    yield sender.stack.move_clock
    sender.stack.kill_all("worker")
    sender.stack.move_clock(0)


def halted(sender):
    """Return a question: has nothing been sent since it was asked the last time?"""
    seen = [-1]

    def ask():
        seen.append(sender.stack.sends())
        return seen[-1] == seen[-2]

    return ask


def test_a_full_disk_only_costs_time(sender, worker):
    broadcast = sender.launch("One", "Two")
    half_way(sender, broadcast)
    with full_disk(sender.stack, ["worker"]):
        # What was in flight lands and waits in memory to be recorded; nothing leaves without its intent on the disk.
        until(halted(sender), 20, 1.0)
        assert sender.status(broadcast) == "sending"
        assert sender.states(broadcast)["pending"] + sender.states(broadcast)["claimed"] > 0
    sender.ends(broadcast)
    sender.settled(broadcast)
    kept(sender.account(broadcast, steps=2))


@pytest.mark.parametrize("hours", [2, -2], ids=["ahead", "back"])
def test_a_clock_that_leaps_loses_nobody_and_leaves_nobody_waiting_for_hours(sender, worker, clock, hours):
    sender.stack.start_worker("worker2")
    earlier = len(sender.stack.log("worker2"))  # other tests had a worker of this name
    sender.stack.fault("transient", fraction=0.2, seed=11, people=sender.subscribers)  # some wait for their next try
    broadcast = sender.launch("One", "Two")
    half_way(sender, broadcast)
    clock(hours * HOUR)
    sender.ends(broadcast, 60)
    sender.settled(broadcast)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    assert account.states["unknown"] == account.states["skipped"] == 0  # a few had bad luck three times, and failed
    assert "took_over" not in sender.stack.log("worker2")[earlier:], "a living worker was taken for dead"


def test_nobody_waits_for_hours_because_the_clock_was_ahead_for_the_twinkling_of_an_eye(sender, worker, clock):
    sender.stack.fault("transient", fraction=0.3, seed=12, people=sender.subscribers)
    broadcast = sender.launch("One", "Two")
    half_way(sender, broadcast)
    for _ in range(4):
        clock(2 * HOUR)
        time.sleep(0.15)
        clock(0)
        time.sleep(0.05)
    sender.ends(broadcast, 60)
    sender.settled(broadcast)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    assert account.states["unknown"] == account.states["skipped"] == 0


def test_a_worker_that_died_before_the_clock_was_set_back_is_taken_over_at_once(sender, worker, clock):
    sender.stack.start_worker("worker2")
    broadcast = sender.launch()
    half_way(sender, broadcast)
    sender.stack.kill("worker")
    clock(-2 * HOUR)
    sender.ends(broadcast, 60)
    account = sender.account(broadcast)
    assert account.breaches == []
    assert account.states["failed"] == account.states["skipped"] == 0
