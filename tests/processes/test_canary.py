"""Nobody but the first until it may go on, and then everybody once, whatever is killed."""

import time

import pytest

from tests.processes.conftest import PEOPLE
from tests.support.promise import Sender
from tests.support.stack import until

pytestmark = pytest.mark.processes

FIRST = PEOPLE // 3


def test_workers_killed_among_the_first_let_nobody_else_in_and_then_everybody_gets_it_once(
    sender: Sender, worker: str
) -> None:
    sender.stack.start_worker("worker2")
    broadcast = sender.launch(orders=[f"canary {FIRST}"])
    until(lambda: sender.gone_out(broadcast) > FIRST * 0.3, 20, 0.02)
    sender.stack.kill(worker)
    sender.stack.kill("worker2")
    assert sender.gone_out(broadcast) < FIRST
    sender.stack.start_worker("worker3")
    sender.stack.start_worker("worker4")
    until(lambda: sender.status(broadcast) == "paused", 60, 0.1)
    assert sender.gone_out(broadcast) == FIRST
    in_doubt = sender.states(broadcast)["unknown"]
    assert FIRST - in_doubt <= len(sender.heard(broadcast)) <= FIRST
    sender.stack.kill("worker3")
    sender.stack.start_worker("worker5")
    time.sleep(2)  # nobody is written to while it stands, by a worker that is new either
    assert (sender.gone_out(broadcast), sender.status(broadcast)) == (FIRST, "paused")
    assert len(sender.heard(broadcast)) <= FIRST
    sender.stack.ask(sender.boss, f"/broadcast resume {broadcast}")
    sender.ends(broadcast)
    account = sender.account(broadcast)
    assert account.breaches == []
    # Calls cut off before they reached the platform stay in doubt: no evidence can ever come.
    assert account.unknown <= in_doubt
