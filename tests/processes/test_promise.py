"""Nobody twice, nobody lost, whatever is killed: with the real processes on both databases."""

import signal
import time
from functools import partial

import pytest
import redis

from tests.processes.conftest import PEOPLE, RATE
from tests.support.promise import Account, Sender
from tests.support.stack import until

pytestmark = pytest.mark.processes

on_sqlite = pytest.mark.parametrize("sender", ["sqlite"], indirect=True, scope="package")
"""For what does not depend on the database: the soak plays it on the other one too."""

IN_FLIGHT = int(RATE * 0.12) + 30
"""Calls of at most 120 ms at this rate, and what is committed just before its slot."""


def kept(account: Account) -> None:
    """The promise was kept and nobody is left in doubt."""
    assert account.breaches == []
    assert account.states["failed"] == account.states["skipped"] == account.states["unknown"] == 0


def half_way(sender: Sender, broadcast: int) -> None:
    until(lambda: sender.gone_out(broadcast) > PEOPLE * 0.3, 20, 0.02)


def test_a_killed_worker_is_taken_over_and_leaves_no_more_doubts_than_calls_in_flight(sender, worker):
    broadcast = sender.launch()
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
    account = sender.account(broadcast)
    assert account.breaches == []
    # Calls cut off before they reached the platform stay in doubt: no evidence can ever come.
    assert account.unknown <= IN_FLIGHT


@on_sqlite
def test_a_stopped_worker_finishes_its_calls_and_leaves_no_doubt(sender, worker):
    broadcast = sender.launch()
    half_way(sender, broadcast)
    assert sender.stack.kill("worker", signal.SIGTERM) == 0
    states = sender.states(broadcast)
    assert states["sending"] == states["claimed"] == states["unknown"] == 0
    assert states["pending"] > 0
    sender.stack.start_worker("worker2")
    sender.ends(broadcast)
    sender.settled(broadcast)
    kept(sender.account(broadcast))


@on_sqlite
def test_sending_goes_on_without_the_web_process_and_its_webhooks(sender, worker):
    broadcast = sender.launch()
    half_way(sender, broadcast)
    sender.stack.kill("web")
    sender.ends(broadcast)
    sender.stack.start_web()
    kept(sender.account(broadcast))


@on_sqlite
def test_a_queue_that_is_wiped_and_goes_away_only_costs_time(sender, worker):
    broadcast = sender.launch()
    half_way(sender, broadcast)
    redis.Redis.from_url(sender.stack.redis_url).flushall()
    wiped = sender.gone_out(broadcast)
    until(lambda: sender.gone_out(broadcast) > wiped, 10, 0.02)
    sender.stack.stop_redis()
    until(lambda: "delivery_waits" in sender.stack.log("worker"), 20)
    until(lambda: not sender.states(broadcast)["sending"], 20)
    assert sender.status(broadcast) == "sending"
    sender.stack.start_redis()
    sender.ends(broadcast)
    sender.settled(broadcast)
    kept(sender.account(broadcast))


def test_a_locked_database_only_costs_time(sender, worker):
    broadcast = sender.launch()
    half_way(sender, broadcast)
    with sender.stack.database() as connection:
        for statement in ("BEGIN", "LOCK TABLE recipients") if sender.stack.postgres else ("BEGIN IMMEDIATE",):
            connection.execute(statement)
        time.sleep(3)
        connection.execute("ROLLBACK")
    sender.ends(broadcast)
    sender.settled(broadcast)
    kept(sender.account(broadcast))


def test_lost_answers_are_settled_by_echoes_and_redelivered_webhooks_change_nothing(sender, worker):
    broadcast = sender.launch("One", "Two")
    fault = partial(sender.stack.fault, people=sender.subscribers)
    fault("connection_reset_after_accepting", fraction=0.05, seed=1)
    fault("html_502_after_accepting", fraction=0.05, seed=2)
    fault("timeout_after_accepting", fraction=0.02, seed=3, seconds=1)
    fault("invalid_json_reply", fraction=0.05, seed=4)
    fault("echo_before_answer", fraction=0.1, seed=5)
    fault("duplicate_echo", fraction=0.1, seed=6)
    fault("transient", fraction=0.1, seed=7)
    sender.stack.fault("doubled_webhook", fraction=0.3, seed=8)
    sender.stack.fault("reordered_webhooks", fraction=0.3, seed=9)
    sender.ends(broadcast)
    sender.settled(broadcast)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    assert account.unknown == 0


@on_sqlite
def test_a_pause_holds_within_the_calls_in_flight_and_resume_reaches_everybody(sender, worker):
    broadcast = sender.launch("One", "Two")
    half_way(sender, broadcast)
    sender.stack.ask(sender.boss, f"/broadcast pause {broadcast}")
    until(lambda: not sender.states(broadcast)["sending"], 5)
    held = len(sender.stack.sim("sends")["sends"])
    time.sleep(1)
    assert len(sender.stack.sim("sends")["sends"]) <= held + 2  # the answers to the admin
    sender.stack.ask(sender.boss, f"/broadcast resume {broadcast}")
    sender.ends(broadcast)
    sender.settled(broadcast)
    kept(sender.account(broadcast, steps=2))


def test_a_cancel_leaves_nobody_between(sender, worker):
    broadcast = sender.launch("One", "Two")
    sender.stack.fault("transient", fraction=0.3, seed=7, people=sender.subscribers)
    half_way(sender, broadcast)
    sender.stack.ask(sender.boss, f"/broadcast cancel {broadcast}")
    until(lambda: not sum(sender.states(broadcast)[s] for s in ("pending", "claimed", "sending")), 10)
    sender.settled(broadcast)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    assert account.states["skipped"] > 0
