"""A clock that is moved is noticed, and nobody is judged by it until they could show signs of life again."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcast.leap import LEAP, WatchedClock

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = 10 * SECOND


class Times:
    """A clock that can be moved, and one that cannot."""

    def __init__(self):
        self.moved = timedelta(0)
        self.passed = 100.0
        self.watched = WatchedClock(
            lambda: START + timedelta(seconds=self.passed) + self.moved, lambda: self.passed, PATIENCE
        )
        self.watched()
        self.passed += PATIENCE.total_seconds()  # whoever just started has patience anyhow
        self.watched()


@pytest.mark.parametrize(
    ("gained", "noticed"),
    [
        (timedelta(0), False),
        (timedelta(hours=2), True),
        (timedelta(hours=-2), True),
        (LEAP, False),
        (-LEAP, False),
        (LEAP + SECOND, True),
        (-LEAP - SECOND, True),
    ],
    ids=str,
)
def test_a_leap_is_what_the_clock_gains_or_loses_beyond_the_time_that_passed(gained, noticed):
    times = Times()
    times.passed += 1
    times.moved = gained
    times.watched()
    assert times.watched.steady() is not noticed
    assert times.watched.settled() is not noticed
    times.passed += PATIENCE.total_seconds()
    assert times.watched.steady()
    assert times.watched.settled()


def test_a_leap_and_back_between_two_looks_is_noticed_by_the_reading_that_would_be_written_down():
    times = Times()
    times.moved = timedelta(hours=2)
    assert times.watched() == START + timedelta(seconds=times.passed, hours=2)
    times.moved = timedelta(0)
    assert not times.watched.settled()


def test_each_further_leap_asks_for_patience_anew():
    times = Times()
    times.moved = timedelta(hours=2)
    times.watched()
    times.passed += 6
    times.moved = timedelta(0)
    times.watched()
    times.passed += 6
    assert not times.watched.settled()


def test_a_process_that_was_stopped_for_an_hour_has_not_seen_a_leap():
    times = Times()
    times.passed += 3600
    times.watched()
    assert times.watched.settled()


def test_a_process_that_just_started_puts_right_what_may_have_been_moved_and_trusts_the_clock():
    watched = WatchedClock(lambda: START, lambda: 100.0, PATIENCE)
    watched()
    assert watched.steady()
    assert not watched.settled()
