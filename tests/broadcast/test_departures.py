"""Calls leave in their slots; late ones no closer together than the rate allows, catching up by what is not granted."""

import bisect

import pytest

from broadcast.departures import BEHIND_MOST_SECONDS, Departures
from broadcast.limits import BULK_SHARE

RATE = 100
APART = 1 / RATE
EVERY = APART / BULK_SHARE


def test_on_time_every_call_leaves_in_its_slot():
    departures = Departures()
    slots = [10 + number * EVERY for number in range(5)]
    assert [departures.moment(slot, slot, APART) for slot in slots] == slots
    assert departures.behind() < 0


def test_calls_that_are_late_do_not_leave_all_at_once():
    departures = Departures()
    moments = [departures.moment(slot, 10.05, APART) for slot in (10.00, 10.01, 10.02)]
    assert moments == pytest.approx([10.05, 10.06, 10.07])


def test_no_second_holds_more_than_the_rate_however_often_the_worker_is_held_up():
    departures, moments, now = Departures(), [], 0.0
    slots = [10 + number * EVERY for number in range(1000)]
    for number, slot in enumerate(slots):
        held_up = 0.03 if number % 97 == 0 and number < 700 else 0.0
        now = max(now, slot) + held_up
        moments.append(departures.moment(slot, now, APART))
    fullest = max(bisect.bisect_left(moments, start + 1 - 1e-9) - number for number, start in enumerate(moments))
    assert fullest <= RATE
    assert moments[-1] - slots[-1] < 0.03  # what was lost is being caught up


def test_a_worker_that_is_far_behind_waits_before_it_reserves_more():
    departures = Departures()
    departures.moment(10.0, 10.3, APART)
    assert departures.behind() == pytest.approx(0.3 - BEHIND_MOST_SECONDS)
