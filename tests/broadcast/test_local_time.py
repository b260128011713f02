"""A broadcast that comes to each at one time of day where they live: planned in sets, each zone at its own moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import peewee as pw
import pytest

from broadcast.each import each_at
from broadcast.plan import plan
from broadcast.sweep import start_due
from storage import broadcasts, channels, entries, ledger, time_zones, waits
from storage.fields import to_ms
from storage.lifecycle import BroadcastStatus as S
from storage.models import Recipient, Subscriber
from tests.broadcast.lab import Lab
from tests.conftest import START
from tests.support.people import saw

BERLIN = ZoneInfo("Europe/Berlin")
WALL = datetime.fromisoformat("2026-11-25T18:30")
PEOPLE = {
    "berlin": "Europe/Berlin", "shanghai": "Asia/Shanghai", "offset": "UTC+08:00", "new_york": "America/New_York",
    "unknown": "", "nonsense": "Mars/Base",
}  # fmt: skip
"""Whom the tests write to, and the zone in their profile."""

IN_SHANGHAI = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
IN_BERLIN = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
IN_NEW_YORK = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def channel(database: pw.Database) -> int:
    number = channels.ensure("page", "messenger")
    for person, zone in PEOPLE.items():
        saw(number, person, START, START + timedelta(days=3))
        Subscriber.update(timezone=zone).where(Subscriber.platform_user_id == person).execute()
    return number


def planned(channel: int, now: datetime, late: timedelta = HOUR) -> int:
    row = broadcasts.create(
        channel, "b", "boss", START, local_time=WALL.isoformat(), time_zone=BERLIN.key,
        late_seconds=int(late.total_seconds()), content={"messages": [{"kind": "text", "text": "Hi"}]},
    )  # fmt: skip
    broadcasts.move(row.id, S.STARTING, "boss", START, undo_until=START)
    assert plan(row.id, now)
    return int(row.id)


def rows(broadcast: int) -> dict[str, tuple[str, str, datetime]]:
    query = Recipient.select(Recipient, Subscriber).join(Subscriber).where(Recipient.broadcast == broadcast)
    return {row.subscriber.platform_user_id: (row.state, row.reason, row.not_before) for row in query}


def test_each_waits_for_that_time_where_they_live(channel: int) -> None:
    broadcast = planned(channel, IN_SHANGHAI)
    assert rows(broadcast) == {
        "shanghai": ("pending", "", IN_SHANGHAI),
        "offset": ("pending", "", IN_SHANGHAI),
        "berlin": ("pending", "", IN_BERLIN),
        "unknown": ("pending", "", IN_BERLIN),
        "nonsense": ("pending", "", IN_BERLIN),
        "new_york": ("pending", "", IN_NEW_YORK),
    }


def test_they_are_claimed_when_it_is_that_time_there(channel: int) -> None:
    broadcast = planned(channel, IN_SHANGHAI)
    counts = [len(ledger.claim(broadcast, "w", 100, at)) for at in (IN_SHANGHAI, IN_BERLIN - HOUR, IN_BERLIN)]
    assert counts == [2, 0, 3]
    assert entries.unfinished(broadcast)
    assert len(ledger.claim(broadcast, "w", 100, IN_NEW_YORK)) == 1


@pytest.mark.parametrize(
    ("late", "state"),
    [(timedelta(minutes=59), "skipped"), (timedelta(minutes=60), "pending")],
)
def test_where_that_time_has_passed_it_is_sent_only_if_not_too_late(channel: int, late: timedelta, state: str) -> None:
    found = rows(planned(channel, IN_SHANGHAI + HOUR, late))
    assert found["shanghai"][:2] == found["offset"][:2] == (state, "too_late" if state == "skipped" else "")
    assert found["berlin"][0] == "pending"


def test_everybody_is_accounted_for(channel: int) -> None:
    sums = entries.sums(planned(channel, IN_SHANGHAI + 2 * HOUR))
    assert (sums.audience, dict(sums.by_state)) == (6, {"pending": 4, "skipped": 2})


def test_it_takes_one_statement_for_each_moment_however_many_people_there_are(channel: int, monkeypatch) -> None:
    asked: list[tuple[str, ...]] = []
    real = time_zones.wait_until

    def counted(broadcast_id: int, names: tuple[str, ...], moment: datetime) -> None:
        asked.append(names)
        real(broadcast_id, names, moment)

    monkeypatch.setattr(time_zones, "wait_until", counted)
    planned(channel, IN_SHANGHAI)
    assert asked == [("Asia/Shanghai", "UTC+08:00"), ("", "Europe/Berlin", "Mars/Base"), ("America/New_York",)]


def test_profiles_may_hold_any_number_of_odd_zones(channel: int, monkeypatch) -> None:
    monkeypatch.setattr(time_zones, "ZONES_AT_ONCE", 2)
    assert [row[2] for row in rows(planned(channel, IN_SHANGHAI)).values()].count(IN_BERLIN) == 3


def test_it_starts_where_it_is_that_time_first(channel: int) -> None:
    shown = each_at(channel, WALL, BERLIN, HOUR, START)
    assert (shown.start, shown.passed) == (IN_SHANGHAI, 0)


@pytest.mark.parametrize(("late", "passed"), [(timedelta(hours=6), 2), (timedelta(hours=7), 0)])
def test_where_it_has_passed_already_people_are_counted(channel: int, late: timedelta, passed: int) -> None:
    shown = each_at(channel, WALL, BERLIN, late, IN_SHANGHAI + timedelta(minutes=10))
    assert (shown.start, shown.passed) == (IN_BERLIN, passed)


def test_people_who_are_not_written_to_start_nothing(channel: int) -> None:
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == "shanghai").execute()
    Subscriber.update(unreachable=True).where(Subscriber.platform_user_id == "offset").execute()
    assert each_at(channel, WALL, BERLIN, HOUR, START).start == IN_BERLIN


@pytest.mark.parametrize(
    ("down_until", "status"),
    [
        (IN_SHANGHAI + timedelta(hours=5), "starting"),  # some still have that time to come
        (datetime(2026, 11, 26, 7, 30, tzinfo=UTC), "starting"),
        (datetime(2026, 11, 26, 7, 30, 1, tzinfo=UTC), "missed"),  # an hour after it was that time everywhere
    ],
)
def test_it_is_missed_only_when_it_is_too_late_everywhere(lab: Lab, down_until: datetime, status: str) -> None:
    row = broadcasts.create(lab.channel, "b", "boss", START, local_time=WALL.isoformat(), scheduled_for=IN_SHANGHAI)
    broadcasts.move(row.id, S.SCHEDULED, "boss", START)
    start_due(down_until, lab.notify)
    assert lab.status(row.id) == status


def test_rows_that_wait_for_a_time_of_day_are_left_alone_when_the_clock_is_set_back(channel: int) -> None:
    broadcast = planned(channel, IN_SHANGHAI)
    broadcasts.move(broadcast, S.SENDING, "boss", IN_SHANGHAI)
    waits.follow_clock(IN_SHANGHAI - 2 * HOUR, timedelta(seconds=5))
    assert to_ms(rows(broadcast)["new_york"][2]) == to_ms(IN_NEW_YORK)
