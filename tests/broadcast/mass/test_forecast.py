"""What the review card says before a mass message is sent: each road in numbers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcast.service import Unsendable
from handlers.content import Content, Text
from storage import broadcasts, channels, ledger, mass_jobs, subscribers
from storage.lifecycle import BroadcastStatus, MassJobState
from storage.models import Recipient
from tests.handlers.wechat.account import make_account
from tests.support.people import saw

HELLO = Content(messages=(Text(text="Hello!"),))


@pytest.fixture
def desk(database, make_desk, clock):
    """A function that makes the desk of an account of a kind, with 10 followers of whom 2 have written."""

    def make(account: str = "service"):
        channel = channels.ensure("account", "wechat")
        now = clock.now()
        subscribers.listed(channel, [f"o{number}" for number in range(10)], now)
        for person in ("o0", "o1"):
            saw(channel, person, now, now + timedelta(hours=48))
        platform = make_account(clock=clock, account=account)
        return make_desk(channel_id=channel, channel_name="account", platform=platform)

    return make


def test_a_new_broadcast_takes_the_mass_road_and_both_are_counted(desk):
    at = desk()
    draft = at.edit(at.create("Sale", "boss"), content=HELLO)
    assert draft.road == "mass"
    assert at.reach(draft).can_get == 10
    single = at.reach(replace(draft, road="single"))
    assert (single.can_get, single.window_closed) == (2, 8)
    assert at.practise("Practice", "boss").road == "mass"
    assert at.clone(at.edit(draft, road="single"), "boss").road == "single"


def test_who_got_another_one_lately_is_counted_without_a_window(desk, clock):
    at = desk()
    first = at.edit(at.create("One", "boss"), content=HELLO)
    at.send(first, "boss")
    broadcasts.move(first.id, BroadcastStatus.SENDING, "clarion", clock.now(), started_at=clock.now())

    ledger.plan(first.id, at.channel_id, None, {}, clock.now())
    Recipient.update(state="sent", step=1, sent_at=clock.now()).execute()
    second = at.edit(at.create("Two", "boss"), content=HELLO)
    assert at.recent(second, timedelta(hours=24)) == 10
    assert at.recent(replace(second, road="single"), timedelta(hours=24)) == 2


def test_a_second_broadcast_on_one_day_is_refused_with_the_next_slot(desk, clock):
    at = desk("subscription")
    first = at.edit(at.create("One", "boss"), content=HELLO)
    assert at.mass_allowance(first).left == 1
    at.send(first, "boss")
    second = at.edit(at.create("Two", "boss"), content=HELLO)
    with pytest.raises(Unsendable) as refused:
        at.send(second, "boss")
    assert [problem.code for problem in refused.value.found] == ["no_mass_left"]
    assert refused.value.slot == clock.now().replace(hour=16)
    assert at.get(second.id).status is BroadcastStatus.DRAFT
    at.undo_send(at.get(first.id), "boss")
    at.send(second, "boss")


@pytest.fixture
def paused(desk, clock):
    """A function that makes a broadcast that was paused a day ago; returns its desk and its id."""

    def make(*, scheduled: bool = False):
        at = desk("subscription")
        first = at.edit(at.create("One", "boss"), content=HELLO)
        if scheduled:
            at.schedule(at.edit(first, scheduled_for=clock.now() + timedelta(hours=1)), "boss")
            clock.advance(hours=1)
            broadcasts.move(first.id, BroadcastStatus.STARTING, "clarion", clock.now(), undo_until=clock.now())
        else:
            at.send(first, "boss")
        broadcasts.move(first.id, BroadcastStatus.SENDING, "clarion", clock.now(), started_at=clock.now())
        at.pause(at.get(first.id), "boss")
        clock.advance(days=1)
        return at, first.id

    return make


@pytest.mark.parametrize("scheduled", [False, True])
def test_one_that_was_paused_asks_for_the_day_it_is_resumed_on(paused, clock, scheduled):
    at, first = paused(scheduled=scheduled)
    second = at.edit(at.create("Two", "boss"), content=HELLO)
    at.send(second, "boss")
    with pytest.raises(Unsendable) as refused:
        at.resume(at.get(first), "boss")
    assert [problem.code for problem in refused.value.found] == ["no_mass_left"]
    assert refused.value.slot == clock.now().replace(hour=16, minute=0)
    assert at.get(first).status is BroadcastStatus.PAUSED
    clock.advance(days=1)
    at.resume(at.get(first), "boss")
    assert at.get(first).status is BroadcastStatus.SENDING


@pytest.mark.parametrize("scheduled", [False, True])
def test_one_that_goes_on_today_takes_today(paused, scheduled):
    at, first = paused(scheduled=scheduled)
    second = at.edit(at.create("Two", "boss"), content=HELLO)
    assert at.mass_allowance(second).left == 1
    at.resume(at.get(first), "boss")
    assert at.mass_allowance(second).left == 0


def test_one_that_was_paused_today_goes_on_today(paused, clock):
    at, first = paused()
    at.resume(at.get(first), "boss")
    at.pause(at.get(first), "boss")
    clock.advance(hours=1)
    at.resume(at.get(first), "boss")
    assert at.get(first).status is BroadcastStatus.SENDING


def test_one_whose_call_is_in_doubt_goes_on_whatever_today_has(paused, clock):
    at, first = paused()
    ledger.plan(first, at.channel_id, None, {}, clock.now())
    mass_jobs.make(first, "everyone", (10,), "key", clock.now())
    (job,) = mass_jobs.of(first)
    mass_jobs.move(job, MassJobState.CALLING, clock.now(), first_call_at=clock.now() - timedelta(days=1))
    mass_jobs.move(job, MassJobState.UNCLEAR, clock.now())
    at.send(at.edit(at.create("Two", "boss"), content=HELLO), "boss")
    at.resume(at.get(first), "boss")
    assert at.get(first).status is BroadcastStatus.SENDING


def test_words_that_differ_from_person_to_person_need_the_other_road(desk):
    at = desk()
    personal = Content(messages=(Text(text="Hello {first_name|there}!"),))
    assert [one.code for one in at.problems(personal, "mass")] == ["personal_in_mass"]
    assert at.problems(personal, "single") == []
    assert [one.code for one in at.problems(personal)] == ["personal_in_mass"]


def test_time_is_that_of_the_calls(desk):
    at = desk()
    draft = at.edit(at.create("Sale", "boss"), content=HELLO)
    reach = replace(at.reach(draft), can_get=1_000_000)
    assert at.duration(draft, reach) == 100
    assert at.duration(replace(draft, road="single"), reach) == 1_000_000 / 30
