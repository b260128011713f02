"""What a mass call comes to: nobody twice, nobody lost, and an honest doubt where there is one."""

from datetime import timedelta

import pytest

from bot.texts import texts
from broadcast import because
from broadcast.mass.tagging import remove_tags
from handlers.content import Article, Articles, Image
from handlers.many import Listed
from handlers.outcomes import Accepted, Failure, Fate, Uncertain
from storage import broadcasts, channels, ledger, mass_jobs, subscribers
from storage.lifecycle import BroadcastStatus, Consent, MassJobState
from tests.broadcast.mass.account import refused
from tests.support.people import saw

LOST = Uncertain("no answer")


def cancel(lab, broadcast: int) -> None:
    broadcasts.move(broadcast, BroadcastStatus.CANCELLED, "boss", lab.clock.now())
    ledger.skip_rest(broadcast, "cancelled", lab.clock.now())


def test_an_unclear_call_is_repeated_a_minute_later_with_the_same_key(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST, Accepted("77", again=True)]
    assert service.work() == 1
    assert service.states(broadcast) == {"unknown": 3}
    service.clock.advance(seconds=60)
    assert service.work() == 0
    service.clock.advance(seconds=1)
    assert service.work() == 1
    assert service.states(broadcast) == {"sent": 3}
    first, second = service.mass.sent
    assert first == second
    assert mass_jobs.of(broadcast)[0].job_id == "77"


def test_an_unclear_call_is_never_repeated_when_its_key_may_be_forgotten(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST]
    service.work()
    broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", service.clock.now())
    service.clock.advance(hours=24)
    broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", service.clock.now())
    service.work()
    assert len(service.mass.sent) == 1
    assert service.states(broadcast) == {"unknown": 3}
    assert service.jobs(broadcast) == [("list", "failed", 3)]


@pytest.mark.parametrize(
    ("again", "states"),
    [(True, {"sent": 4}), (False, {"sent": 3, "skipped opted_out": 1})],
)
def test_who_stopped_during_a_doubt_is_in_no_list_and_stands_for_what_happened(service, again, states):
    people = service.people(4)
    broadcast = service.broadcast()
    service.mass.answers = [LOST, Accepted("77", again=again)]
    service.work()
    subscribers.set_consent(service.channel, people[0], Consent.OPTED_OUT, service.clock.now())
    service.clock.advance(minutes=2)
    service.work()
    assert service.mass.sent[1][0] == Listed(tuple(people[1:]))
    assert service.states(broadcast) == states


def test_a_key_that_is_in_use_proves_that_a_call_was_heard(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [refused("too_soon", Fate.RETRY, "45066", wait_seconds=60.0)]
    service.work()
    assert service.states(broadcast) == {"unknown": 3}
    assert service.jobs(broadcast) == [("list", "unclear", 3)]


def test_a_refusal_after_a_doubt_leaves_the_doubt(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST, refused("unknown_code", Fate.GIVE_UP)]
    service.work()
    service.clock.advance(minutes=2)
    service.work()
    assert service.states(broadcast) == {"unknown": 3}
    assert mass_jobs.open_jobs(broadcast) == 0


def test_a_worker_that_died_in_a_call_leaves_a_doubt_even_if_the_broadcast_is_cancelled(service):
    service.people(3)
    broadcast = service.broadcast()

    def die() -> None:
        raise SystemExit

    service.mass.before_call = die
    with pytest.raises(SystemExit):
        service.work()
    assert service.states(broadcast) == {"sending": 3}
    assert mass_jobs.claim(service.channel, "w2", ["w2"], service.clock.now()) is None
    cancel(service, broadcast)
    (job,) = mass_jobs.interrupted(service.channel, "w2", ["w2"])
    service.steps.record.interrupted(job)
    assert service.states(broadcast) == {"unknown": 3}


def test_a_job_another_worker_has_done_meanwhile_is_not_taken(service):
    service.people(3)
    broadcast = service.broadcast()
    (stale,) = mass_jobs.of(broadcast)
    service.work()
    service.steps.take(stale)
    assert service.states(broadcast) == {"sent": 3}
    assert service.jobs(broadcast) == [("list", "submitted", 3)]


def test_a_paused_broadcast_makes_no_call(service):
    service.people(3)
    broadcast = service.broadcast()
    job = mass_jobs.claim(service.channel, "w1", ["w1"], service.clock.now())
    broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", service.clock.now())
    service.steps.take(job)
    assert service.mass.sent == []
    assert service.states(broadcast) == {"pending": 3}


def test_a_single_person_of_a_paused_broadcast_is_kept_for_later(service):
    service.people(1)
    broadcast = service.broadcast()
    job = mass_jobs.claim(service.channel, "w1", ["w1"], service.clock.now())
    broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", service.clock.now())
    service.steps.take(job)
    broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", service.clock.now())
    service.work()
    assert service.states(broadcast) == {"sent": 1}
    assert len(service.mass.previews) == 1


def test_a_spent_quota_holds_the_broadcast_with_its_sentence_and_spends_nothing(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [refused("quota", Fate.STOP, "45028")]
    service.work()
    assert service.states(broadcast) == {"pending": 3}
    assert because.say(service.draft(broadcast).pause_reason, texts("en")) == "quota (45028)"
    assert service.told == ["paused"]
    assert mass_jobs.of(broadcast)[0].first_call_at is None


def test_a_throttled_channel_pauses_and_goes_on(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [refused("throttled", Fate.PAUSE, "45011", wait_seconds=60.0)]
    service.work()
    reason, _until = channels.paused(service.channel, service.clock.now())
    assert because.say(reason, texts("en")) == "throttled (45011)"
    service.clock.advance(seconds=60)
    service.work()
    assert service.states(broadcast) == {"sent": 3}


def test_one_wrong_person_keeps_nobody_else_from_getting_it(service):
    people = service.people(9)
    wrong = people[6]
    broadcast = service.broadcast()
    no_such = refused("unreachable", Fate.UNSUBSCRIBE, "40003")
    send, preview = service.mass.send, service.mass.preview
    service.mass.send = lambda to, *a, **k: no_such if wrong in to.people else send(to, *a, **k)
    service.mass.preview = lambda person, *a, **k: no_such if person == wrong else preview(person, *a, **k)
    service.work()
    assert service.states(broadcast) == {"sent": 8, "skipped unreachable": 1}
    reached = [person for to, _, _ in service.mass.sent for person in to.people] + service.mass.previews
    assert sorted(reached) == sorted(set(people) - {wrong})
    assert len({job.key for job in mass_jobs.of(broadcast)}) == len(mass_jobs.of(broadcast))


def test_a_tag_is_given_fifty_at_a_time_and_one_who_cannot_have_it_is_skipped(subscription):
    people = subscription.people(120)
    subscription.mass.untaggable = {people[60]: Failure("too_many_tags", Fate.SKIP, "20 tags")}
    broadcast = subscription.broadcast(audience="city = X")
    subscription.work()
    assert subscription.mass.tags[100] == set(people) - {people[60]}
    assert subscription.states(broadcast) == {"sent": 119, "skipped too_many_tags": 1}


def test_tagging_goes_on_where_a_stopped_worker_left_it(subscription):
    subscription.people(120)
    broadcast = subscription.broadcast(audience="city = X")
    subscription.stopping = True
    subscription.step()
    assert len(subscription.mass.tags[100]) == 50
    assert subscription.mass.sent == []
    subscription.stopping = False
    subscription.work()
    assert [*subscription.mass.tags] == [100]
    assert subscription.states(broadcast) == {"sent": 120}


def test_a_tag_too_many_people_have_is_emptied_before_it_is_deleted(subscription):
    subscription.people(220)
    broadcast = subscription.broadcast(audience="city = X")
    subscription.work()
    now = subscription.clock.now()
    mass_jobs.move(mass_jobs.of(broadcast)[0], MassJobState.FINISHED, now)
    subscription.mass.too_full = 100
    remove_tags(subscription.channel, subscription.mass, now)
    assert len(subscription.mass.tags[100]) <= 100
    remove_tags(subscription.channel, subscription.mass, now)
    assert subscription.mass.tags == {}


NEWS = Articles(articles=(Article(title="News", body="Read.", cover_url="http://mmbiz.qpic.cn/a"),))


def test_each_list_has_a_draft_of_its_own_and_an_unclear_call_keeps_it(service):
    service.people(10_002)
    broadcast = service.broadcast(NEWS)
    service.mass.answers = [LOST]
    service.work()
    service.clock.advance(minutes=2)
    service.work()
    assert [draft for _, _, draft in service.mass.sent] == ["draft1", "draft2", "draft1"]
    assert service.account.uploads == ["http://mmbiz.qpic.cn/a"]
    assert service.states(broadcast) == {"sent": 10_002}


def test_a_picture_the_platform_has_forgotten_is_uploaded_once_more(service):
    service.people(3)
    broadcast = service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))
    gone = refused("attachment_expired", Fate.RETRY, "40007", retries=1)
    service.mass.answers = [gone]
    service.work()
    assert len(service.account.uploads) == 2
    assert service.states(broadcast) == {"sent": 3}
    second = service.broadcast(Image(url="http://mmbiz.qpic.cn/b"))
    service.mass.answers = [gone, gone]
    service.work()
    assert service.draft(second).status is BroadcastStatus.PAUSED
    assert service.states(second) == {"pending": 3}


def test_an_open_window_lets_one_person_have_a_message_of_their_own(service):
    (person,) = service.people(1)
    now = service.clock.now()
    saw(service.channel, person, now, now + timedelta(hours=48))
    broadcast = service.broadcast()
    service.work()
    assert [one.to for one in service.account.single] == [person]
    assert service.states(broadcast) == {"sent": 1}


def test_an_unclear_message_to_one_person_is_not_repeated(service):
    service.people(1)
    broadcast = service.broadcast()
    service.mass.answers = [LOST]
    service.work()
    service.clock.advance(hours=1)
    service.work()
    assert len(service.mass.previews) == 1
    assert service.states(broadcast) == {"unknown": 1}
