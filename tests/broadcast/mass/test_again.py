"""A mass message that is refused for now is tried again a few times; then its admin is asked."""

from datetime import timedelta

import pytest

from bot.texts import texts
from broadcast import because
from broadcast.mass.again import AGAIN_AFTER, again_in
from handlers.content import Image
from handlers.contract import PlatformError
from handlers.outcomes import Accepted, Failure, Fate, Uncertain
from storage import broadcasts, channels
from storage.lifecycle import BroadcastStatus
from storage.mass_models import MassJob
from tests.broadcast.mass.account import MassLab, refused

BUSY = refused("platform_busy", Fate.RETRY, "268487001", retries=2)
LOST = Uncertain("no answer")
HOUR = timedelta(hours=1)


def work_for(lab: MassLab, time: timedelta) -> list[float]:
    """Let a worker work for a while; return when it had something to do, in seconds from its beginning."""
    began, worked = lab.clock.now(), []
    while True:
        now = lab.clock.now()
        if lab.step() is not None:
            worked.append((now - began).total_seconds())
            continue
        due = [moment for (moment,) in MassJob.select(MassJob.not_before).tuples() if moment > now]
        then = min([*due, began + time])
        lab.clock.advance(seconds=(then - now).total_seconds())
        if then == began + time:
            return worked


def resume(lab: MassLab, broadcast: int) -> None:
    broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", lab.clock.now())


def test_a_call_refused_for_now_is_made_three_times_and_then_somebody_is_asked(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [BUSY] * 100
    assert work_for(service, HOUR) == [0, 61, 61 + 122]
    assert service.states(broadcast) == {"pending": 3}
    assert because.say(service.draft(broadcast).pause_reason, texts("en")) == "platform_busy (268487001)"
    assert service.told == ["paused"]


def test_a_resume_tries_at_once_and_as_often_as_before(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [BUSY] * 5
    work_for(service, HOUR)
    resume(service, broadcast)
    assert work_for(service, HOUR) == [0, 61, 61 + 122]
    assert service.states(broadcast) == {"sent": 3}


def test_the_halves_of_a_list_are_tried_as_often_as_the_whole(service):
    service.people(4)
    broadcast = service.broadcast()
    somebody = refused("unreachable", Fate.UNSUBSCRIBE, "40003")
    service.mass.answers = [BUSY, BUSY, somebody, BUSY, Accepted("1"), BUSY, Accepted("2")]
    work_for(service, HOUR)
    assert service.told == []
    assert service.states(broadcast) == {"sent": 4}


def test_the_platforms_own_wait_is_kept(service):
    service.people(3)
    service.broadcast()
    service.mass.answers = [refused("busy", Fate.RETRY, wait_seconds=300.0)]
    assert work_for(service, HOUR) == [0, 300]


def test_a_picture_that_cannot_be_placed_now_is_tried_three_times_and_then_somebody_is_asked(service):
    service.people(3)
    broadcast = service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))
    tried, upload = [], service.account.upload

    def fails(image: Image) -> str:
        tried.append(image.url)
        raise PlatformError("Not now.", Failure("upload_failed", Fate.RETRY, "Not now.", retries=2))

    service.account.upload = fails
    assert work_for(service, HOUR) == [0, 61, 61 + 122]
    assert len(tried) == 3
    assert service.told == ["paused"]
    assert service.draft(broadcast).pause_reason == "Not now."
    service.account.upload = upload
    resume(service, broadcast)
    assert work_for(service, HOUR) == [0]
    assert service.states(broadcast) == {"sent": 3}


@pytest.mark.parametrize("failure", [None, Failure("invalid_content", Fate.STOP, "Wrong.")])
def test_what_waiting_does_not_mend_is_asked_at_once(service, failure):
    service.people(3)
    service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))

    def fails(_image: Image) -> str:
        raise PlatformError("Wrong.", failure)

    service.account.upload = fails
    assert work_for(service, HOUR) == [0]
    assert service.told == ["paused"]


def test_what_pauses_the_channel_counts_as_no_try(service):
    service.people(3)
    service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))
    slow = Failure("throttled", Fate.PAUSE, "Slow down.", 60.0)

    def fails(_image: Image) -> str:
        channels.resume(service.channel)
        raise PlatformError("Slow down.", slow)

    service.account.upload = fails
    assert len(work_for(service, HOUR)) == 60
    assert service.told == ["waits"]  # and never that it is held


def test_trouble_with_tags_counts_anew_after_each_that_was_given(subscription):
    subscription.people(120)
    broadcast = subscription.broadcast(audience="city = X")
    give, calls = subscription.mass.add_to_tag, []

    def every_third(tag: int, people: list[str]) -> tuple[str, ...]:
        calls.append(people)
        if len(calls) % 3:
            raise PlatformError("Busy.", Failure("tag_busy", Fate.RETRY, "Busy.", 1.0))
        return give(tag, people)

    subscription.mass.add_to_tag = every_third
    work_for(subscription, HOUR)
    assert len(calls) == 9
    assert subscription.states(broadcast) == {"sent": 120}
    assert subscription.told == []


def test_an_unclear_call_is_repeated_ever_more_slowly_and_nobody_is_asked(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST] * 1000
    assert work_for(service, HOUR) == [0, 61, 183, 427, 915, 1891]
    work_for(service, timedelta(hours=24))
    assert len(service.mass.sent) < 60  # of the 100 mass calls an account has a day
    assert service.told == []
    assert service.states(broadcast) == {"unknown": 3}
    assert service.jobs(broadcast) == [("list", "failed", 3)]


def test_in_doubt_a_refusal_for_now_asks_nobody_while_the_key_is_remembered(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST, *[BUSY] * 5, Accepted("77", again=True)]
    work_for(service, 3 * HOUR)
    assert service.told == []
    assert service.states(broadcast) == {"sent": 3}


def test_in_doubt_a_picture_that_cannot_be_placed_now_asks_nobody_either(service):
    service.people(3)
    broadcast = service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))
    service.mass.answers = [LOST]
    service.step()
    service.account.upload_lifetime = lambda: timedelta(0)  # it has to be placed once more
    upload = service.account.upload

    def fails(_image: Image) -> str:
        raise PlatformError("Not now.", Failure("upload_failed", Fate.RETRY, "Not now.", retries=2))

    service.account.upload = fails
    assert len(work_for(service, HOUR)) == 5
    assert service.told == []
    service.account.upload = upload
    work_for(service, HOUR)
    assert service.states(broadcast) == {"sent": 3}


@pytest.mark.parametrize(("tried", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 32), (1000, 32)])
def test_each_wait_is_twice_as_long_up_to_half_an_hour(tried, minutes):
    assert again_in(tried) == minutes * AGAIN_AFTER
    assert again_in(tried, 7200.0) == timedelta(hours=2)
