"""Days and months of mass quotas begin at midnight in China."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcast import quota
from broadcast.mass.allowance import allowance, day_start, month_start
from broadcast.mass.forecast import mass_reach
from storage import broadcasts, mass_jobs, quotas
from storage.lifecycle import BroadcastStatus, MassJobState
from storage.quotas import Limits


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day", "month"),
    [
        (at(24, 15, 59), at(23, 16), at(31, 16, month=10)),
        (at(24, 16), at(24, 16), at(31, 16, month=10)),
        (at(30, 15, 59), at(29, 16), at(31, 16, month=10)),
        (at(30, 16), at(30, 16), at(30, 16)),
        (at(31, 20, month=12), at(31, 16, month=12), at(31, 16, month=12)),
    ],
)
def test_a_day_and_a_month_begin_at_midnight_in_china(moment, day, month):
    assert day_start(moment) == day
    assert month_start(moment) == month


def test_what_was_sent_today_is_taken_and_tomorrow_is_free(subscription):
    subscription.people(2)
    subscription.broadcast()
    subscription.work()
    now = subscription.clock.now()
    left = allowance(subscription.channel, subscription.mass, now)
    assert (left.left, left.next_slot, left.daily) == (0, at(24, 16), 1)
    assert allowance(subscription.channel, subscription.mass, at(24, 16)).left == 1


def test_what_is_scheduled_is_reserved_and_given_back(subscription):
    now = subscription.clock.now()
    row = broadcasts.create(subscription.channel, "later", "boss", now, road="mass")
    broadcasts.move(row.id, BroadcastStatus.SCHEDULED, "boss", now, scheduled_for=at(24, 20))
    left = allowance(subscription.channel, subscription.mass, at(24, 21))
    assert (left.left, left.next_slot) == (0, at(25, 16))
    assert allowance(subscription.channel, subscription.mass, now).left == 1
    assert allowance(subscription.channel, subscription.mass, at(24, 21), row.id).left == 1
    broadcasts.move(row.id, BroadcastStatus.CANCELLED, "boss", now)
    assert allowance(subscription.channel, subscription.mass, at(24, 21)).left == 1


def test_what_a_review_refused_takes_nothing_of_the_day(subscription):
    subscription.people(2)
    broadcast = subscription.broadcast()
    subscription.work()
    now = subscription.clock.now()
    mass_jobs.move(mass_jobs.of(broadcast)[0], MassJobState.FAILED, now)
    broadcasts.move(broadcast, BroadcastStatus.SENT, "clarion", now)
    assert allowance(subscription.channel, subscription.mass, subscription.clock.now()).left == 1


def test_days_are_not_counted_where_only_the_followers_month_is(service):
    left = allowance(service.channel, service.mass, service.clock.now())
    assert (left.left, left.monthly) == (None, 4)


def test_the_fifth_of_a_month_is_left_out_and_the_first_of_the_next_is_not(service):
    people = service.people(3)
    for _ in range(4):
        service.broadcast()
        service.work()
    service.people(2)
    now = service.clock.now()
    reach = mass_reach(service.channel, None, now, service.mass)
    assert (reach.matched, reach.can_get, reach.capped) == (5, 2, 3)
    fifth = service.broadcast()
    service.work()
    assert service.states(fifth) == {"sent": 2, "skipped quota": 3}
    december = at(30, 16)
    assert mass_reach(service.channel, None, december - timedelta(seconds=1), service.mass).capped == 3
    assert mass_reach(service.channel, None, december, service.mass).capped == 0
    assert len(people) == 3


def test_who_had_their_messages_of_the_day_is_left_out_of_a_mass_message(service):
    quotas.set_limits(service.channel, Limits(messages_per_person_per_day=1))
    service.people(3)
    service.broadcast()
    service.work()
    service.people(2)
    second = service.broadcast()
    now = service.clock.now()
    had_today = quota.had_enough(service.draft(second), now)
    reach = mass_reach(service.channel, None, now, service.mass, had_today)
    assert (reach.can_get, reach.capped, reach.capped_by) == (2, 3, "either")
    service.work()
    assert service.states(second) == {"sent": 2, "skipped frequency_cap": 3}


def test_one_left_out_makes_it_a_tag_where_nobody_may_be_named(subscription):
    quotas.set_limits(subscription.channel, Limits(messages_per_person_per_day=1))
    subscription.people(3)
    subscription.broadcast()
    subscription.work()
    new = subscription.people(2)
    second = subscription.broadcast()
    subscription.work()
    assert subscription.states(second) == {"sent": 2, "skipped frequency_cap": 3}
    assert subscription.mass.tags[100] == set(new)
