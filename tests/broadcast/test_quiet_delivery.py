"""Broadcasts wait while it is night where people live, and replies do not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import peewee as pw
import pytest

from broadcast.quiet import quiet_hours
from broadcast.report import report
from handlers.content import Outgoing
from handlers.outcomes import Accepted, Outcome
from storage import entries, ledger, waits
from storage.models import Recipient, Subscriber
from tests.broadcast.lab import Lab
from tests.support.clock import Clock

SHANGHAI_MORNING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
"""08:00 there, of the morning after the night in which these tests begin."""


@pytest.fixture
def lab(database: pw.Database, clock: Clock, valkey_server: str) -> Lab:
    """A channel in Berlin with quiet hours, on both databases; it is 17:00 there and midnight in Shanghai."""
    made = Lab(clock, valkey_server)
    made.quiet = quiet_hours("22:00-08:00", ZoneInfo("Europe/Berlin"))
    move_to(made, datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    return made


def move_to(lab: Lab, moment: datetime) -> None:
    lab.clock.advance(seconds=(moment - lab.clock.now()).total_seconds())


def live_in(zone: str, people: list[str]) -> None:
    Subscriber.update(timezone=zone).where(Subscriber.platform_user_id.in_(people)).execute()


def test_who_sleeps_gets_it_in_the_morning_and_nobody_else_waits(lab: Lab):
    asleep, awake = lab.people(30), lab.people(20)
    live_in("Asia/Shanghai", asleep[:15])
    live_in("UTC+08:00", asleep[15:])
    broadcast = lab.broadcast("One", "Two")
    lab.deliver(lambda: lab.states(broadcast) == {"sent": 20, "pending": 30})
    assert sorted({call.to for call in lab.platform.calls}) == sorted(awake)
    waiting = [row for row in lab.rows(broadcast) if row.state == "pending"]
    assert {(row.not_before, row.reason, row.attempts) for row in waiting} == {(SHANGHAI_MORNING, "quiet_hours", 0)}
    assert lab.status(broadcast) == "sending"
    assert report(lab.draft(broadcast)).quiet == 30
    move_to(lab, SHANGHAI_MORNING)
    lab.deliver()
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in (*asleep, *awake))
    assert {row.reason for row in lab.rows(broadcast)} == {""}
    assert report(lab.draft(broadcast)).quiet == 0


def test_quiet_hours_that_begin_between_two_messages_hold_the_second(lab: Lab):
    people = lab.people(5)
    move_to(lab, datetime(2026, 11, 24, 20, 59, 59, tzinfo=UTC))
    broadcast = lab.broadcast("One", "Two")

    def night_falls(_: Outgoing) -> Outcome:
        move_to(lab, datetime(2026, 11, 24, 21, 0, tzinfo=UTC))
        return Accepted("m1")

    lab.platform.answer = night_falls
    lab.rate = 20
    lab.deliver(lambda: entries.waiting(broadcast, "quiet_hours") == 5)
    assert not any("Two" in lab.platform.heard(person) for person in people)
    assert lab.platform.calls
    assert {row.reason for row in lab.rows(broadcast)} == {"quiet_hours"}
    lab.rate = 5000
    lab.platform.answer = lambda _: Accepted("m2")
    move_to(lab, datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    lab.deliver()
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in people)


def test_a_cancel_in_the_night_skips_who_waits(lab: Lab):
    live_in("Asia/Shanghai", lab.people(3))
    broadcast = lab.broadcast()
    lab.deliver(lambda: entries.waiting(broadcast, "quiet_hours") == 3)
    assert ledger.skip_rest(broadcast, "cancelled", lab.clock.now()) == 3
    assert {row.reason for row in lab.rows(broadcast)} == {"cancelled"}


def test_a_clock_that_is_set_back_shortens_no_night_and_lengthens_no_retry(lab: Lab):
    night, retry = lab.people(1)[0], lab.people(1)[0]
    live_in("Asia/Shanghai", [night])
    broadcast = lab.broadcast()
    lab.deliver(lambda: lab.states(broadcast) == {"sent": 1, "pending": 1})
    now = lab.clock.now()
    Recipient.update(state="pending", reason="trouble", not_before=now + timedelta(seconds=30), updated_at=now).where(
        Recipient.state == "sent"
    ).execute()
    assert waits.follow_clock(now, timedelta(seconds=5)) == 0
    back = now - timedelta(hours=2)
    assert waits.follow_clock(back, timedelta(seconds=5)) == 1
    due = {row.subscriber.platform_user_id: row.not_before for row in lab.rows(broadcast)}
    assert due == {night: SHANGHAI_MORNING, retry: back + timedelta(seconds=30)}


def test_a_channel_without_quiet_hours_writes_at_night(lab: Lab):
    lab.quiet = None
    live_in("Asia/Shanghai", lab.people(3))
    broadcast = lab.broadcast()
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 3}
