"""Quiet hours end when the clock where somebody lives says so, in every time zone and on the days clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.quiet import QuietHours, quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")


def hours(written: str) -> QuietHours:
    found = quiet_hours(written, BERLIN)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("what", "written", "now", "where", "until"),
    [
        ("in the evening", "22:00-08:00", "2026-11-24T22:30", "Europe/London", "2026-11-25T08:00"),
        ("after midnight", "22:00-08:00", "2026-11-25T03:00", "Europe/London", "2026-11-25T08:00"),
        ("as they begin", "22:00-08:00", "2026-11-24T22:00", "Europe/London", "2026-11-25T08:00"),
        ("as they end", "22:00-08:00", "2026-11-25T08:00", "Europe/London", None),
        ("by day", "22:00-08:00", "2026-11-24T12:00", "Europe/London", None),
        ("by day, where it is night for us", "22:00-08:00", "2026-11-24T02:00", "Asia/Shanghai", None),
        ("at night, where it is day for us", "22:00-08:00", "2026-11-24T15:00", "Asia/Shanghai", "2026-11-25T00:00"),
        ("an offset", "22:00-08:00", "2026-11-24T15:00", "UTC+08:00", "2026-11-25T00:00"),
        ("an offset west of us", "22:00-08:00", "2026-11-24T04:00", "UTC-05:00", "2026-11-24T13:00"),
        ("unknown counts as the channel's zone", "22:00-08:00", "2026-11-24T21:30", "", "2026-11-25T07:00"),
        ("nonsense counts as the channel's zone", "22:00-08:00", "2026-11-24T21:30", "Mars", "2026-11-25T07:00"),
        ("within one day", "12:00-14:00", "2026-11-24T13:00", "Europe/London", "2026-11-24T14:00"),
        ("within one day, later", "12:00-14:00", "2026-11-24T15:00", "Europe/London", None),
        ("a short night", "22:00-08:00", "2026-03-28T22:00", "", "2026-03-29T06:00"),
        ("a long night", "22:00-08:00", "2026-10-24T21:00", "", "2026-10-25T07:00"),
        ("an end that clocks skip", "22:00-02:30", "2026-03-29T00:30", "", "2026-03-29T01:00"),
        ("an end shown twice, before the first", "22:00-02:30", "2026-10-25T00:15", "", "2026-10-25T00:30"),
        ("an end shown twice, after the first", "22:00-02:30", "2026-10-25T01:15", "", "2026-10-25T01:30"),
    ],
)
def test_people_wait_until_their_quiet_hours_end(what, written, now, where, until):
    assert hours(written).until(utc(now), where) == (until and utc(until)), what


@given(
    now=st.floats(0, 2 * 366).map(lambda days: utc("2026-01-01") + timedelta(days=days)),
    where=st.sampled_from(sorted(available_timezones())),
    begin=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    end=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
def test_a_wait_is_in_the_future_shorter_than_a_day_and_ends_outside_of_them(now, where, begin, end):
    if begin == end:
        return
    quiet = QuietHours(begin, end, BERLIN)
    until = quiet.until(now, where)
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        again = quiet.until(until, where)
        # Only where clocks go back over the end is it quiet once more.
        assert again is None or again - until <= timedelta(hours=24)


def test_nothing_written_means_none():
    assert quiet_hours("", BERLIN) is None


@pytest.mark.parametrize("written", ["22-8", "25:00-08:00", "22:00", "from ten to eight", "22:00-08:60"])
def test_what_is_not_two_times_is_refused_in_a_sentence(written):
    with pytest.raises(ValueError, match="expected two times like 22:00-08:00"):
        quiet_hours(written, BERLIN)


def test_hours_that_end_when_they_begin_are_refused():
    with pytest.raises(ValueError, match="leave it empty"):
        quiet_hours("22:00-22:00", BERLIN)


def test_they_are_said_as_they_are_written():
    assert str(hours("22:00 - 8:00")) == "22:00-08:00"
