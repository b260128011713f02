"""A broadcast becomes as few calls as reach its people, and nobody who stopped is in one."""

import pytest

from broadcast.mass.cut import cut
from handlers.many import Everyone, Listed, Tagged
from storage import mass_jobs, mass_people, subscribers
from storage.lifecycle import Consent


@pytest.mark.parametrize(
    ("people", "jobs"),
    [
        (0, []),
        (1, [("single", 1)]),
        (2, [("list", 2)]),
        (10_001, [("list", 5001), ("list", 5000)]),
    ],
)
def test_people_are_put_into_lists(service, people, jobs):
    service.people(people)
    broadcast = service.broadcast()
    assert [(kind, size) for kind, _, size in service.jobs(broadcast)] == jobs
    cut(service.draft(broadcast), service.mass, service.clock.now())
    assert len(service.jobs(broadcast)) == len(jobs)
    members = [{one.person for one in mass_people.people(job, ["pending"])} for job in mass_jobs.of(broadcast)]
    assert [len(one) for one in members] == [size for _, size in jobs]
    assert len(set().union(*members)) == people


def test_keys_differ_and_are_short_enough_for_the_platform(service):
    service.people(30_000)
    keys = [job.key for job in mass_jobs.of(service.broadcast())]
    assert len(set(keys)) == 3
    assert max(map(len, keys)) <= 32


def test_everybody_is_reached_at_once_where_nobody_may_be_named(subscription):
    subscription.people(3)
    broadcast = subscription.broadcast()
    subscription.work()
    assert subscription.mass.sent[0][0] == Everyone()
    assert subscription.states(broadcast) == {"sent": 3}


def test_one_who_stopped_makes_it_a_tag(subscription):
    first, *others = subscription.people(3)
    subscribers.set_consent(subscription.channel, first, Consent.OPTED_OUT, subscription.clock.now())
    broadcast = subscription.broadcast()
    subscription.work()
    ((to, _, _),) = subscription.mass.sent
    assert to == Tagged(100)
    assert subscription.mass.tags[100] == set(others)
    assert subscription.states(broadcast) == {"sent": 2, "skipped opted_out": 1}


def test_one_who_stops_after_it_was_cut_is_left_out_all_the_same(subscription):
    first, *others = subscription.people(3)
    broadcast = subscription.broadcast()
    subscribers.set_consent(subscription.channel, first, Consent.OPTED_OUT, subscription.clock.now())
    subscription.work()
    ((to, _, _),) = subscription.mass.sent
    assert isinstance(to, Tagged)
    assert subscription.mass.tags[to.tag] == set(others)
    assert subscription.states(broadcast) == {"sent": 2, "skipped opted_out": 1}


def test_one_who_stops_or_leaves_after_it_was_cut_is_in_no_list(service):
    people = service.people(5)
    broadcast = service.broadcast()
    subscribers.set_consent(service.channel, people[0], Consent.OPTED_OUT, service.clock.now())
    subscribers.gone(service.channel, people[1], service.clock.now())
    service.work()
    assert service.mass.sent[0][0] == Listed(tuple(people[2:]))
    assert service.states(broadcast) == {"sent": 3, "skipped opted_out": 1, "skipped unreachable": 1}


def test_the_last_of_a_list_is_written_to_alone(service):
    people = service.people(2)
    broadcast = service.broadcast()
    subscribers.set_consent(service.channel, people[0], Consent.OPTED_OUT, service.clock.now())
    service.work()
    assert service.mass.sent == []
    assert service.mass.previews == [people[1]]
    assert service.states(broadcast) == {"sent": 1, "skipped opted_out": 1}
