"""One wall clock for everybody: an instant for each zone, decided alike whatever clocks do there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.when.instants import instants
from broadcast.when.local import by_instant, instant, last_instant, zone_of

WALL = datetime.fromisoformat("2026-11-24T18:30")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "hour"),
    [("Europe/Berlin", 17), ("Asia/Shanghai", 10), ("America/New_York", 23), ("UTC+08:00", 10), ("UTC-05:00", 23),
     ("UTC+00:00", 18)],
)  # fmt: skip
def test_a_profiles_zone_is_a_name_or_an_offset(name: str, hour: int) -> None:
    zone = zone_of(name)
    assert zone is not None
    assert instant(WALL, zone) == datetime(2026, 11, 24, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Berlin", "utc+08:00", "UTC+8", "UTC+99:00", "UTC+08:60", "../etc/passwd", "8"])
def test_other_words_are_no_zone(name: str) -> None:
    assert zone_of(name) is None


def test_a_time_that_is_skipped_is_the_moment_of_the_jump() -> None:
    assert instant(datetime.fromisoformat("2026-03-29T02:30"), BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_of_a_time_that_comes_twice_it_is_the_first() -> None:
    assert instant(datetime.fromisoformat("2026-10-25T02:30"), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_zones_are_put_together_by_the_instant_soonest_first() -> None:
    found = by_instant(WALL, ["Europe/Paris", "", "Asia/Shanghai", "UTC+08:00", "nonsense", "UTC-08:00"], BERLIN)
    assert list(found.items()) == [
        (datetime(2026, 11, 24, 10, 30, tzinfo=UTC), ("Asia/Shanghai", "UTC+08:00")),
        (datetime(2026, 11, 24, 17, 30, tzinfo=UTC), ("", "Europe/Paris", "nonsense")),
        (datetime(2026, 11, 25, 2, 30, tzinfo=UTC), ("UTC-08:00",)),
    ]


@given(
    st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: WALL + timedelta(minutes=minutes)),
    st.sampled_from(sorted(available_timezones())),
)
def test_in_every_zone_there_is_one_instant_and_it_shows_that_time_where_the_zone_has_it(
    wall: datetime, name: str
) -> None:
    zone = zone_of(name)
    assert zone is not None
    moment = instant(wall, zone)
    shown = instants(wall, zone)
    if shown:
        assert moment == shown[0] <= last_instant(wall)
    else:
        assert abs(moment.astimezone(zone).replace(tzinfo=None) - wall) <= timedelta(days=1)
