"""A clock that is set back makes no wait longer, and one that is right makes none shorter."""

from datetime import datetime, timedelta

import pytest

from storage import broadcasts, channels, ledger, outbox, waits
from storage.lifecycle import BroadcastStatus as S
from storage.mass_models import MassJob
from storage.models import Broadcast, Channel, OutboxMessage, Recipient
from tests.conftest import START
from tests.support.people import saw

LEAST = timedelta(seconds=5)
WAIT = timedelta(seconds=30)
HOUR = timedelta(hours=1)


@pytest.fixture
def channel(database: object) -> int:
    """A channel on which everything that can wait does, until `WAIT` after the start."""
    number = channels.ensure("page", "messenger")
    channels.pause(number, "throttled", START + WAIT, START)
    saw(number, "p", START, START + timedelta(hours=20))
    sending = broadcasts.create(number, "a", "boss", START)
    ledger.plan(sending.id, number, None, {}, START)
    broadcasts.move(sending.id, S.STARTING, "boss", START)
    broadcasts.move(sending.id, S.SENDING, "boss", START)
    ledger.claim(sending.id, "w", 1, START)
    ledger.mark_sending(sending.id, "w", [1], START)
    ledger.put_back(sending.id, "w", [(1, 0, START, START + WAIT, "trouble", "2")], START, tried=True)
    starting = broadcasts.create(number, "b", "boss", START)
    broadcasts.move(starting.id, S.STARTING, "boss", START, undo_until=START + WAIT)
    reply = outbox.add(number, "p", {}, START)
    outbox.claim(number, "w", 1, START)
    outbox.retry(reply, START + WAIT, "trouble", START)
    MassJob.create(
        broadcast=starting.id, number=1, kind="list", key="k", people=1, updated_at=START, not_before=START + WAIT
    )
    return number


def ends() -> dict[str, datetime]:
    return {
        "a next try": Recipient.get().not_before,
        "a reply": OutboxMessage.get().not_before,
        "the time to undo": Broadcast.get(Broadcast.status == "starting").undo_until,
        "a pause": Channel.get().paused_until,
        "a mass message": MassJob.get().not_before,
    }


@pytest.mark.parametrize("back", [HOUR, 30 * HOUR, timedelta(seconds=6)], ids=str)
@pytest.mark.usefixtures("channel")
def test_every_wait_is_as_long_as_it_was_when_the_clock_is_set_back(back):
    now = START - back
    assert waits.follow_clock(now, LEAST) == len(ends())
    assert ends() == dict.fromkeys(ends(), now + WAIT)
    assert waits.follow_clock(now + timedelta(seconds=1), LEAST) == 0


@pytest.mark.parametrize("moved", [timedelta(0), timedelta(seconds=-5), HOUR], ids=str)
@pytest.mark.usefixtures("channel")
def test_a_clock_that_was_not_set_back_changes_nothing(moved):
    assert waits.follow_clock(START + moved, LEAST) == 0
    assert ends() == dict.fromkeys(ends(), START + WAIT)


def test_what_waits_for_somebody_still_does(channel):
    channels.pause(channel, "mend it", None, START)
    waits.follow_clock(START - HOUR, LEAST)
    assert channels.paused(channel, START) == ("mend it", None)


def test_what_is_over_stays_over(channel):
    Broadcast.update(status="sent").execute()
    OutboxMessage.update(state="failed").execute()
    MassJob.update(state="finished").execute()
    channels.paused(channel, START + WAIT)
    assert waits.follow_clock(START - HOUR, LEAST) == 0
