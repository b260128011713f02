"""A clock that is moved is noticed, and nobody is judged by it until they could show signs of life again."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcast.leap import LEAP, Leap

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("gained", "moved"),
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
def test_a_leap_is_what_the_clock_gains_or_loses_beyond_the_time_that_passed(gained, moved):
    leap = Leap(10 * SECOND)
    leap.look(START, 100.0)
    assert leap.look(START + SECOND + gained, 101.0) is moved
    assert leap.steady(101.0) is not moved
    assert leap.steady(111.0)


def test_a_process_that_was_stopped_for_an_hour_has_not_seen_a_leap():
    leap = Leap(10 * SECOND)
    leap.look(START, 100.0)
    assert not leap.look(START + timedelta(hours=1), 3700.0)


def test_the_first_look_puts_right_what_may_have_been_moved_and_trusts_the_clock():
    leap = Leap(10 * SECOND)
    assert leap.look(START, 100.0)
    assert leap.steady(100.0)
    assert not leap.look(START + SECOND, 101.0)
