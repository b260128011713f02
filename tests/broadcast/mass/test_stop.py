"""Whoever says STOP before a mass call leaves is not in it, however late and whoever they are."""

import pytest

from handlers.contract import PlatformError
from handlers.many import Everyone, Tagged
from handlers.outcomes import Failure, Fate, Uncertain
from storage import subscribers
from storage.lifecycle import Consent
from tests.broadcast.mass.account import MassLab

SOME = "city = X"


def stop(lab: MassLab, person: str) -> None:
    subscribers.set_consent(lab.channel, person, Consent.OPTED_OUT, lab.clock.now())


def test_one_who_came_and_stopped_after_it_was_planned_is_left_out(subscription):
    people = subscription.people(3)
    broadcast = subscription.broadcast()
    (new,) = subscription.people(1)
    stop(subscription, new)
    subscription.work()
    ((to, _, _),) = subscription.mass.sent
    assert isinstance(to, Tagged)
    assert subscription.mass.tags[to.tag] == set(people)
    assert subscription.states(broadcast) == {"sent": 3}


def test_one_who_came_after_it_was_planned_and_did_not_stop_costs_no_tag(subscription):
    subscription.people(3)
    subscription.broadcast()
    subscription.people(1)
    subscription.work()
    assert subscription.mass.sent[0][0] == Everyone()


def test_one_who_stopped_and_left_costs_no_tag(subscription):
    subscription.people(3)
    subscription.broadcast()
    (new,) = subscription.people(1)
    stop(subscription, new)
    subscribers.gone(subscription.channel, new, subscription.clock.now())
    subscription.work()
    assert subscription.mass.sent[0][0] == Everyone()


def test_a_stop_on_another_account_costs_no_tag(subscription):
    subscription.people(3)
    subscription.broadcast()
    other = MassLab(subscription.clock, name="other")
    (stranger,) = other.people(1)
    stop(other, stranger)
    subscription.work()
    assert subscription.mass.sent[0][0] == Everyone()


def test_one_who_stops_while_others_are_tagged_loses_the_tag_again(subscription):
    people = subscription.people(120)
    broadcast = subscription.broadcast(audience=SOME)
    give = subscription.mass.add_to_tag

    def give_and_hear(tag: int, some: list[str]) -> tuple[str, ...]:
        if people[60] in some:  # people[0] has the tag by now
            stop(subscription, people[0])
        return give(tag, some)

    subscription.mass.add_to_tag = give_and_hear
    subscription.work()
    ((to, _, _),) = subscription.mass.sent
    assert subscription.mass.tags[to.tag] == set(people) - {people[0]}
    assert subscription.states(broadcast) == {"sent": 119, "skipped opted_out": 1}


@pytest.mark.parametrize("doubt", [False, True])
def test_one_who_stops_while_the_tag_is_taken_from_another_is_not_in_the_call(subscription, doubt):
    people = subscription.people(4)
    broadcast = subscription.broadcast(audience=SOME)
    give, take = subscription.mass.add_to_tag, subscription.mass.take_from_tag
    if doubt:
        subscription.mass.answers = [Uncertain("no answer")]
        subscription.work()
        subscription.clock.advance(minutes=2)
        stop(subscription, people[0])
    else:
        subscription.mass.add_to_tag = lambda *a: (give(*a), stop(subscription, people[0]))[0]

    def take_and_hear(tag: int, some: list[str]) -> None:
        take(tag, some)
        if people[0] in some and len(some) == 1:
            stop(subscription, people[1])

    subscription.mass.take_from_tag = take_and_hear
    subscription.work()
    to = subscription.mass.sent[-1][0]
    assert subscription.mass.tags[to.tag] == set(people[2:])
    assert len(subscription.mass.sent) == 1 + doubt
    assert subscription.states(broadcast) == {"sent": 2, "skipped opted_out": 2}


def test_who_lost_the_tag_is_left_out_even_if_they_start_again_before_the_call(subscription):
    people = subscription.people(3)
    broadcast = subscription.broadcast(audience=SOME)
    give, take = subscription.mass.add_to_tag, subscription.mass.take_from_tag
    subscription.mass.add_to_tag = lambda *a: (give(*a), stop(subscription, people[0]))[0]

    def take_and_hear(tag: int, some: list[str]) -> None:
        take(tag, some)
        stop(subscription, people[1])  # so that the tags are looked at once more
        now = subscription.clock.now()
        subscribers.set_consent(subscription.channel, people[0], Consent.SUBSCRIBED, now)

    subscription.mass.take_from_tag = take_and_hear
    subscription.work()
    assert subscription.states(broadcast) == {"sent": 1, "skipped opted_out": 2}


def test_one_whose_tag_the_platform_does_not_take_keeps_nobody_else_from_losing_it(subscription):
    people = subscription.people(3)
    broadcast = subscription.broadcast(audience=SOME)
    give, take = subscription.mass.add_to_tag, subscription.mass.take_from_tag

    def give_and_hear(tag: int, some: list[str]) -> tuple[str, ...]:
        stop(subscription, people[0])
        stop(subscription, people[1])
        return give(tag, some)

    def take_but_one(tag: int, some: list[str]) -> None:
        if people[0] in some:
            raise PlatformError("Gone.", Failure("unreachable", Fate.UNSUBSCRIBE, "Gone."))
        take(tag, some)

    subscription.mass.add_to_tag, subscription.mass.take_from_tag = give_and_hear, take_but_one
    subscription.work()
    assert people[1] not in subscription.mass.tags[100]
    assert subscription.states(broadcast) == {"sent": 1, "skipped opted_out": 2}


def test_articles_are_stored_before_the_tags_are_given(subscription):
    subscription.people(3)
    subscription.broadcast(subscription.news(), audience=SOME)
    drafts = []
    give = subscription.mass.add_to_tag
    subscription.mass.add_to_tag = lambda *a: (drafts.append(subscription.mass.drafts), give(*a))[1]
    subscription.work()
    assert drafts == [1]
