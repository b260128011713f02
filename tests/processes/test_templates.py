"""People outside the window are reached by template, once each, by the real processes, whatever is killed."""

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.processes.conftest import RATE
from tests.support.promise import Sender
from tests.support.stack import SECRET, TOKEN, until

pytestmark = pytest.mark.processes

BODY = "Hello {{1}}, your order {{2}} is on its way."
IN_FLIGHT = int(RATE * 0.12) + 30
"""Calls of at most 120 ms at this rate, and what is committed just before its slot."""


@pytest.fixture
def outside(sender: Sender) -> Iterator[set[str]]:
    """Half of the subscribers, whose windows are closed while the test runs."""
    people = sender.subscribers[::2]
    _windows(sender, people, hours=-1, until=0)
    yield set(people)
    _windows(sender, people, hours=24, until=4_070_908_800_000)


def _windows(sender: Sender, people: list[str], *, hours: int, until: int) -> None:
    """Open or close windows, on the platform and in what the product knows of them (`until` in ms)."""
    for person in people:
        sender.stack.sim(f"people/{person}", {"window_hours": hours})
    named = ", ".join(f"'{person}'" for person in people)
    with sender.stack.database() as connection:
        connection.execute(f"UPDATE subscribers SET window_expires_at = {until} WHERE platform_user_id IN ({named})")


def the_templates_are_known(sender: Sender) -> None:
    """Make one on the Page and ask for it in the builder until the product has read it, as an admin would."""
    made = {
        "name": "order_update",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": BODY}],
    }
    answer = requests.post(
        f"{sender.stack.simulator_url}/v26.0/me/message_templates",
        params={"appsecret_proof": hmac.new(SECRET.encode(), TOKEN.encode(), "sha256").hexdigest()},
        json=made,
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=30,
    )
    assert answer.ok, answer.text
    for line in ("/broadcast new Look", "now", "everyone"):
        sender.stack.ask(sender.boss, line)
    until(lambda: "order_update" in sender.stack.ask(sender.boss, "templates"), 20, every=1)
    for line in ("cancel", "discard"):
        sender.stack.ask(sender.boss, line)


def sent_to(sender: Sender, broadcast: int) -> dict[str, list[dict[str, Any]]]:
    """Return what the platform accepted for each person, in its order."""
    heard: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for sent in sender.stack.sim("sends")["sends"]:
        if str(sent["metadata"]).startswith(f"b:{broadcast}:"):
            heard[sent["psid"]].append(sent)
    return heard


def test_people_outside_the_window_get_the_template_once_though_the_worker_is_killed(
    sender: Sender, worker: str, outside: set[str]
) -> None:
    the_templates_are_known(sender)
    broadcast = sender.launch("One", "Two", orders=("template order_update", "{first_name|there}", "566701"))
    until(lambda: sender.gone_out(broadcast) > len(sender.subscribers) * 0.3, 20, 0.02)
    sender.stack.kill("worker")
    sender.stack.start_worker("worker2")
    sender.ends(broadcast)
    sender.settled(broadcast, unknown=IN_FLIGHT)

    heard = sent_to(sender, broadcast)
    marks = Counter((person, sent["metadata"]) for person, all_sent in heard.items() for sent in all_sent)
    assert set(marks.values()) == {1}
    ways = {
        (person in outside, sent["messaging_type"], "template" in sent["message"])
        for person, all_sent in heard.items()
        for sent in all_sent
    }
    assert ways == {(True, "UTILITY", True), (False, "UPDATE", False)}
    values = {str(sent["message"]["template"]["components"]) for person in outside for sent in heard[person]}
    assert values == {str([{"type": "body", "parameters": [{"type": "text", "text": x} for x in ("there", "566701")]}])}

    rows = sender.stack.query(
        "SELECT s.platform_user_id, r.state, r.by_template FROM recipients r JOIN subscribers s"
        f" ON s.id = r.subscriber_id WHERE r.broadcast_id = {broadcast}"
    )
    assert len(rows) == sender.people
    arrived = [(person, bool(by_template)) for person, state, by_template in rows if state != "unknown"]
    assert len(rows) - len(arrived) <= IN_FLIGHT
    assert {state for _, state, _ in rows} <= {"sent", "delivered", "read", "unknown"}
    for person, by_template in arrived:
        assert by_template is (person in outside)
        assert len(heard[person]) == (1 if by_template else 2)


@pytest.mark.parametrize("sender", ["sqlite"], indirect=True, scope="package")
def test_a_template_that_is_paused_meanwhile_holds_the_broadcast_and_loses_nobody(
    sender: Sender, worker: str, outside: set[str]
) -> None:
    the_templates_are_known(sender)
    broadcast = sender.launch("One", orders=("template order_update", "{first_name|there}", "566701"))
    sender.stack.sim("templates", {"name": "order_update", "status": "PAUSED"})
    until(lambda: sender.status(broadcast) == "paused", 20)
    until(lambda: not sender.states(broadcast)["sending"], 10)
    assert sender.states(broadcast)["skipped"] == sender.states(broadcast)["failed"] == 0
    sender.stack.sim("templates", {"name": "order_update", "status": "APPROVED"})
    sender.stack.ask(sender.boss, f"/broadcast resume {broadcast}")
    sender.ends(broadcast)
    sender.settled(broadcast)
    assert len([person for person in outside if len(sent_to(sender, broadcast)[person]) == 1]) == len(outside)
