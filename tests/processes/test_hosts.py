"""Nobody twice, nobody lost, with workers on several hosts: one of them dies, another one's cable is pulled."""

import pytest

from tests.support.hosts import Hosts, network, why_not
from tests.support.postgres import fresh_database
from tests.support.promise import Sender
from tests.support.stack import until

pytestmark = pytest.mark.processes

PEOPLE, RATE, SLOWEST_MS = 400, 40, 120

IN_FLIGHT = int(RATE * SLOWEST_MS / 1000) + 30
"""Calls of one worker at this rate, and what is committed just before its slot."""


@pytest.fixture
def hosts(request, tmp_path):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    url = fresh_database(request.getfixturevalue("postgres_server"), "hosts")
    with network():
        stack = Hosts(tmp_path, database_url=url, undo_seconds=0.2)
        try:
            stack.rate = RATE
            stack.start_simulator("--latency-ms", f"60-{SLOWEST_MS}")
            stack.run("migrate")
            stack.start_web()
            for name in ("worker1", "worker2"):
                stack.start_worker(name)
            yield stack
        finally:
            stack.stop()


def test_a_dead_host_and_a_pulled_cable_cost_time_and_nobody_gets_anything_twice(hosts):
    sender = Sender(hosts, PEOPLE)
    broadcast = sender.launch("One", "Two")
    until(lambda: sender.gone_out(broadcast) > PEOPLE / 4)
    hosts.pull_cable("worker2")
    hosts.kill("worker1")
    hosts.start_worker("worker1")
    until(lambda: "took_over" in hosts.log("worker1"), 40, 0.5)
    hosts.plug_in("worker2")
    sender.ends(broadcast, 120)
    account = sender.account(broadcast, steps=2)
    assert account.breaches == []
    assert account.audience == PEOPLE + 1
    # Calls that were cut off before they reached the platform stay in doubt: no evidence can ever come.
    assert account.unknown <= 2 * IN_FLIGHT
    assert account.states["failed"] == account.states["skipped"] == 0
