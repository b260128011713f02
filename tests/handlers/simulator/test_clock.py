from datetime import timedelta

import pytest

from handlers.simulator.clock import VirtualClock
from tests.handlers.simulator.rig import START


def test_a_standing_clock_shows_where_it_was_started():
    assert VirtualClock(START, running=False).now() == START


def test_a_clock_moves_by_what_it_is_advanced():
    clock = VirtualClock(START, running=False)
    clock.advance(timedelta(days=90, seconds=1))
    assert clock.now() == START + timedelta(days=90, seconds=1)


def test_a_running_clock_starts_where_it_is_told_and_never_goes_back():
    clock = VirtualClock(START)
    first = clock.now()
    assert START <= first <= clock.now()


def test_a_clock_is_not_moved_back():
    with pytest.raises(ValueError, match="only moves forward"):
        VirtualClock().advance(timedelta(seconds=-1))
