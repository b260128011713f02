"""At each local time: what was to leave while nothing ran leaves only if it is not too late, on both databases."""

from datetime import UTC, datetime, timedelta

import peewee as pw
import pytest

from broadcast.plan import plan
from handlers.content import Content, Text
from handlers.outcomes import Accepted, Fate
from storage import broadcasts, ledger
from storage.lifecycle import BroadcastStatus as S
from storage.models import Recipient, Subscriber
from tests.broadcast.lab import Lab, refused
from tests.support.clock import Clock

IN_TOKYO = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""18:00 there, when these tests begin."""

IN_BERLIN = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def lab(database: pw.Database, clock: Clock, valkey_server: str) -> Lab:
    """A channel with one person in Tokyo and three in Berlin, whose windows are open for a day and more."""
    made = Lab(clock, valkey_server)
    made.people(4)
    Subscriber.update(
        timezone=pw.Case(None, ((Subscriber.id == 1, "Asia/Tokyo"),), "Europe/Berlin"),
        window_expires_at=IN_TOKYO + 40 * HOUR,
    ).execute()
    return made


@pytest.fixture
def broadcast(lab: Lab) -> int:
    """A broadcast for 18:00 wherever people are, at most an hour late, that Tokyo has got."""
    row = broadcasts.create(
        lab.channel, "b", "boss", IN_TOKYO, content=Content(messages=(Text(text="Hi"),)).model_dump(mode="json"),
        local_time="2026-11-24T18:00", late_seconds=3600, time_zone="Europe/Berlin",
    )  # fmt: skip
    broadcasts.move(row.id, S.STARTING, "boss", IN_TOKYO)
    assert plan(row.id, IN_TOKYO)
    broadcasts.move(row.id, S.SENDING, "boss", IN_TOKYO, started_at=IN_TOKYO)
    lab.deliver(lambda: lab.states(row.id) == {"sent": 1, "pending": 3})
    return int(row.id)


def come_to(lab: Lab, moment: datetime) -> None:
    lab.clock.advance(seconds=(moment - lab.clock.now()).total_seconds())


def outcomes(lab: Lab, broadcast: int) -> list[tuple[str, str]]:
    """Return how Berlin stands once the broadcast is over."""
    lab.deliver()
    return [(row.state, row.reason) for row in lab.rows(broadcast)][1:]


@pytest.mark.parametrize(
    ("away_until", "found"),
    [
        (IN_BERLIN + HOUR, ("sent", "")),
        (IN_BERLIN + HOUR + timedelta(seconds=1), ("skipped", "too_late")),
        (IN_BERLIN + 10 * HOUR, ("skipped", "too_late")),
    ],
    ids=["in time", "a second too late", "in the night"],
)
def test_while_no_worker_runs_a_time_of_day_may_pass_and_then_it_is_too_late(
    lab: Lab, broadcast: int, away_until: datetime, found: tuple[str, str]
) -> None:
    come_to(lab, away_until)
    assert outcomes(lab, broadcast) == [found] * 3


def test_a_pause_loses_nobody(lab: Lab, broadcast: int) -> None:
    broadcasts.move(broadcast, S.PAUSED, "boss", lab.now())
    come_to(lab, IN_BERLIN + 10 * HOUR)
    broadcasts.move(broadcast, S.SENDING, "boss", lab.now())
    assert outcomes(lab, broadcast) == [("sent", "")] * 3


def test_after_a_pause_it_may_be_too_late_once_more(lab: Lab, broadcast: int) -> None:
    broadcasts.move(broadcast, S.PAUSED, "boss", lab.now())
    come_to(lab, IN_BERLIN + 2 * HOUR)
    broadcasts.move(broadcast, S.SENDING, "boss", lab.now())
    come_to(lab, IN_BERLIN + 4 * HOUR)
    assert outcomes(lab, broadcast) == [("skipped", "too_late")] * 3


def test_what_was_begun_with_in_time_goes_on_however_long_it_takes(lab: Lab, broadcast: int) -> None:
    come_to(lab, IN_BERLIN)
    (first,) = ledger.claim(broadcast, "w1", 1, lab.now())
    ledger.mark_sending(broadcast, "w1", [first.subscriber_id], lab.now())
    ledger.record_accepted(broadcast, "w1", 1, [(first.subscriber_id, 0, "m")], lab.now())
    come_to(lab, IN_BERLIN + 3 * HOUR)
    assert outcomes(lab, broadcast) == [("sent", "")] * 3


def test_what_a_worker_took_and_never_began_with_is_late_all_the_same(lab: Lab, broadcast: int) -> None:
    come_to(lab, IN_BERLIN)
    assert len(ledger.claim(broadcast, "dead", 2, lab.now())) == 2
    come_to(lab, IN_BERLIN + 10 * HOUR)
    ledger.release([], lab.now())
    assert outcomes(lab, broadcast) == [("skipped", "too_late")] * 3


def test_one_that_goes_to_all_at_one_moment_is_never_too_late_once_it_was_begun_with(lab: Lab, broadcast: int) -> None:
    other = lab.broadcast()
    come_to(lab, IN_TOKYO + 20 * HOUR)
    lab.deliver()
    assert lab.states(other) == {"sent": 4}
    assert {row.reason for row in Recipient.select().where(Recipient.broadcast == broadcast)} == {"", "too_late"}


def test_who_was_called_in_time_and_refused_for_a_while_is_called_again_however_late(lab: Lab, broadcast: int) -> None:
    come_to(lab, IN_BERLIN)
    lab.platform.answer = lambda _: refused("busy", Fate.RETRY)
    lab.deliver(lambda: [row.reason for row in lab.rows(broadcast)] == ["", "busy", "busy", "busy"])
    lab.platform.answer = lambda _: Accepted("m")
    come_to(lab, IN_BERLIN + 3 * HOUR)
    assert outcomes(lab, broadcast) == [("sent", "")] * 3
