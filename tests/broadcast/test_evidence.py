"""Echoes prove what was sent: before the answer, days later, twice, and never for somebody else's message."""

from datetime import timedelta

import pytest

from broadcast.evidence import take_echoes
from broadcast.outgoing import Mark
from handlers.events import Echoed
from handlers.outcomes import Accepted, Fate
from storage import channels, ledger, outbox
from storage.models import OutboxMessage
from tests.broadcast.lab import Lab, refused


def echo(broadcast: int, person: int, step: int = 0, mid: str = "m1", metadata: str | None = None) -> Echoed:
    mark = str(Mark(broadcast, person, step)) if metadata is None else metadata
    return Echoed(key=f"echo {mid}", person=f"p{person}", at=None, message_id=mid, metadata=mark)  # type: ignore[arg-type]


@pytest.fixture
def begun(lab: Lab) -> int:
    """A broadcast of one message whose only call is in flight."""
    lab.people(1)
    broadcast = lab.broadcast()
    ledger.claim(broadcast, "w1", 1, lab.now())
    ledger.mark_sending(broadcast, "w1", [1], lab.now())
    return broadcast


def the_row(lab: Lab, broadcast: int) -> tuple[str, str, int]:
    (row,) = lab.rows(broadcast)
    return row.state, row.message_ids, row.step


def test_an_echo_before_the_answer_settles_the_row_and_the_answer_adds_nothing(lab, begun):
    take_echoes(lab.channel, [echo(begun, 1)], lab.now())
    assert the_row(lab, begun) == ("sent", "m1", 1)
    ledger.record_accepted(begun, "w1", 1, [(1, 0, "m1")], lab.now())
    assert the_row(lab, begun) == ("sent", "m1", 1)


@pytest.mark.parametrize("days", [0, 5])
def test_an_echo_settles_a_row_in_doubt_however_late(lab, begun, days):
    ledger.release([], lab.now())
    assert the_row(lab, begun) == ("unknown", "", 0)
    take_echoes(lab.channel, [echo(begun, 1)], lab.now() + timedelta(days=days))
    assert the_row(lab, begun) == ("sent", "m1", 1)


def test_an_echo_that_comes_twice_changes_nothing(lab, begun):
    for _ in range(2):
        take_echoes(lab.channel, [echo(begun, 1), echo(begun, 1)], lab.now())
    assert the_row(lab, begun) == ("sent", "m1", 1)


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "hello",
        "b:1:1",
        "b:1:1:0:0",
        "b:one:1:0",
        "b:-1:1:0",
        "b:1:1:" + "9" * 30,
        "b:999:1:0",
        "b:1:999:0",
        "b:1:1:7",
    ],
)
def test_an_echo_of_something_else_is_nobodys_business(lab, begun, metadata):
    take_echoes(lab.channel, [echo(begun, 1, metadata=metadata)], lab.now())
    assert the_row(lab, begun)[0] == "sending"


def test_another_channel_cannot_prove_anything_here(lab, begun):
    take_echoes(channels.ensure("other", "messenger"), [echo(begun, 1)], lab.now())
    assert the_row(lab, begun)[0] == "sending"


def test_an_echo_proves_a_reply(lab):
    number = outbox.add(lab.channel, "p1", {}, lab.now())
    take_echoes(lab.channel, [echo(0, 1, metadata=f"r:{number}")], lab.now())
    row = OutboxMessage.get_by_id(number)
    assert (row.state, row.message_id) == ("sent", "m1")
    assert outbox.claim(lab.channel, "w1", 10, lab.now()) == []


def test_evidence_for_the_first_of_two_messages_lets_the_second_follow(lab):
    lab.people(1)
    broadcast = lab.broadcast("One", "Two")
    ledger.claim(broadcast, "dead", 1, lab.now())
    ledger.mark_sending(broadcast, "dead", [1], lab.now())
    ledger.release([], lab.now())
    take_echoes(lab.channel, [echo(broadcast, 1)], lab.now())
    assert the_row(lab, broadcast) == ("pending", "m1", 1)
    lab.deliver()
    assert lab.platform.heard("p1") == ["Two"]
    assert the_row(lab, broadcast)[0] == "sent"


def test_what_the_platform_refused_for_now_and_delivered_all_the_same_is_not_sent_again(lab):
    lab.people(2)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda _: refused("platform_trouble", Fate.RETRY, "2", retries=4)
    lab.deliver(lambda: lab.states(broadcast)["pending"] == len(lab.platform.calls) == 2)
    take_echoes(lab.channel, [echo(broadcast, 1)], lab.now())
    lab.platform.answer = lambda _: Accepted("m2")
    lab.clock.advance(minutes=5)
    lab.deliver()
    assert sorted(call.to for call in lab.platform.calls) == ["p1", "p2", "p2"]
    assert lab.states(broadcast) == {"sent": 2}


def test_hearing_of_a_message_again_is_no_second_copy(lab, begun):
    ledger.record_accepted(begun, "w1", 1, [(1, 0, "m1")], lab.now())
    assert take_echoes(lab.channel, [echo(begun, 1), echo(begun, 1)], lab.now()) == 0


@pytest.mark.parametrize("first", [[echo], []], ids=["the other one after it", "both at once"])
def test_another_message_id_for_the_same_message_is_a_second_copy(lab, begun, first):
    for one in first:
        assert take_echoes(lab.channel, [one(begun, 1)], lab.now()) == 0
    assert take_echoes(lab.channel, [echo(begun, 1), echo(begun, 1, mid="m2")], lab.now()) == 1
    assert the_row(lab, begun) == ("sent", "m1", 1)


def test_the_second_of_two_messages_is_no_second_copy_of_the_first(lab):
    lab.people(1)
    broadcast = lab.broadcast("One", "Two")
    lab.deliver()
    (row,) = lab.rows(broadcast)
    one, two = row.message_ids.split(" ")
    assert take_echoes(lab.channel, [echo(broadcast, 1, 1, two), echo(broadcast, 1, 0, one)], lab.now()) == 0
    assert take_echoes(lab.channel, [echo(broadcast, 1, 0, "m9")], lab.now()) == 1
