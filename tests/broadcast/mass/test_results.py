"""What the platform tells afterwards, whenever it does, and what becomes of silence."""

import pytest

from broadcast.mass.results import ask_about_silent_jobs, finished
from handlers.events import MassSendFinished
from handlers.many import JobState
from handlers.outcomes import Accepted, Uncertain
from storage import broadcasts, mass_jobs
from storage.lifecycle import BroadcastStatus
from storage.models import Subscriber


def tell(lab, job_id: str, status: str = "send success") -> None:
    event = MassSendFinished(
        key=f"k{job_id}",
        at=lab.clock.now(),
        person="",
        job_id=job_id,
        status=status,
        total=3,
        filtered=3,
        sent=2,
        errors=1,
    )
    finished(lab.channel, event, lab.mass, lab.clock.now(), lab.notify)


def ask(lab) -> None:
    ask_about_silent_jobs(lab.channel, lab.mass, lab.clock.now(), lab.notify)


def counts(broadcast: int) -> tuple[object, ...]:
    (job,) = mass_jobs.of(broadcast)
    return str(job.state), job.total, job.filtered, job.sent, job.errors


def test_the_four_counts_are_kept(service):
    service.people(3)
    broadcast = service.broadcast()
    service.work()
    tell(service, "3001")
    tell(service, "3001")
    assert counts(broadcast) == ("finished", 3, 3, 2, 1)
    assert service.states(broadcast) == {"sent": 3}


def test_a_report_that_comes_before_the_answer_is_kept_for_it(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.before_call = lambda: tell(service, "3001")
    service.work()
    assert counts(broadcast) == ("finished", 3, 3, 2, 1)


def test_a_report_on_a_call_whose_answer_was_lost_is_kept_for_the_next(service):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [Uncertain("no answer"), Accepted("77", again=True)]
    service.work()
    tell(service, "77", "err(20001)")
    service.clock.advance(minutes=2)
    service.work()
    assert counts(broadcast)[0] == "failed"
    assert service.states(broadcast) == {"failed review_politics": 3}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("err(20001)", "review_politics"),
        ("err(20431)", "review_refused"),
        ("send fail", "send_failed"),
        ("err(30003)", "original_reprint"),
    ],
)
def test_a_review_that_refuses_it_fails_everybody_with_its_reason(service, status, reason):
    service.people(3)
    broadcast = service.broadcast()
    service.work()
    tell(service, "3001", status)
    assert service.states(broadcast) == {f"failed {reason}": 3}
    assert service.told == ["review_failed"]


CONFIRMING = Uncertain("waiting_for_confirmation")


def wait_for_the_owner(lab) -> int:
    lab.people(3)
    broadcast = lab.broadcast()
    lab.mass.answers = [CONFIRMING]
    lab.work()
    assert lab.told == ["confirming"]
    assert lab.states(broadcast) == {"unknown": 3}
    assert mass_jobs.open_jobs(broadcast) == 1
    return broadcast


@pytest.mark.parametrize(
    ("status", "reason"), [("err(40001)", "confirmation_refused"), ("err(40002)", "confirmation_expired")]
)
def test_a_confirmation_that_is_not_given_is_told_by_its_event(subscription, status, reason):
    broadcast = wait_for_the_owner(subscription)
    tell(subscription, "9", status)
    assert subscription.states(broadcast) == {f"failed {reason}": 3}
    assert mass_jobs.open_jobs(broadcast) == 0


def test_a_message_that_was_confirmed_is_told_by_its_key_and_its_event(subscription):
    broadcast = wait_for_the_owner(subscription)
    tell(subscription, "9")
    assert subscription.jobs(broadcast) == [("everyone", "confirming", 3)]
    assert subscription.states(broadcast) == {"unknown": 3}
    subscription.mass.answers = [Accepted("9", again=True)]
    subscription.clock.advance(minutes=2)
    subscription.work()
    first, second = subscription.mass.sent
    assert first == second
    assert counts(broadcast) == ("finished", 3, 3, 2, 1)
    assert subscription.states(broadcast) == {"sent": 3}


def test_a_confirmed_message_that_a_review_refuses_fails(subscription):
    broadcast = wait_for_the_owner(subscription)
    tell(subscription, "9", "err(20001)")
    subscription.mass.answers = [Accepted("9", again=True)]
    subscription.clock.advance(minutes=2)
    subscription.work()
    assert subscription.states(broadcast) == {"failed review_politics": 3}


def test_somebody_elses_message_does_not_end_one_that_waits(subscription):
    broadcast = wait_for_the_owner(subscription)
    tell(subscription, "987654")  # to as many people as ours: the owner's own, from WeChat's page
    assert subscription.states(broadcast) == {"unknown": 3}
    subscription.mass.answers = [CONFIRMING]
    subscription.clock.advance(minutes=2)
    assert subscription.work() == 1
    assert subscription.jobs(broadcast) == [("everyone", "confirming", 3)]
    assert subscription.states(broadcast) == {"unknown": 3}
    assert subscription.told == ["confirming"]
    tell(subscription, "9", "err(40001)")
    assert subscription.states(broadcast) == {"failed confirmation_refused": 3}


def test_a_message_that_waits_is_asked_for_no_sooner_than_its_key_may_be_used(subscription):
    wait_for_the_owner(subscription)
    tell(subscription, "987654")
    subscription.clock.advance(seconds=60)
    assert subscription.work() == 0
    subscription.clock.advance(seconds=1)
    assert subscription.work() == 1


def test_a_cancelled_message_that_waits_is_not_asked_for(subscription):
    broadcast = wait_for_the_owner(subscription)
    broadcasts.move(broadcast, BroadcastStatus.CANCELLED, "boss", subscription.clock.now())
    tell(subscription, "987654")
    subscription.clock.advance(minutes=2)
    assert subscription.work() == 0
    assert subscription.jobs(broadcast) == [("everyone", "confirming", 3)]


def test_a_message_that_waits_and_has_nobody_left_to_ask_for_stays_in_doubt(subscription):
    broadcast = wait_for_the_owner(subscription)
    tell(subscription, "9")
    Subscriber.update(consent="opted_out").execute()
    subscription.clock.advance(minutes=2)
    subscription.work()
    assert len(subscription.mass.sent) == 1
    assert subscription.jobs(broadcast) == [("tag", "failed", 3)]
    assert subscription.states(broadcast) == {"unknown": 3}


def test_a_confirmation_nobody_tells_of_ends_in_doubt(subscription):
    subscription.people(3)
    broadcast = subscription.broadcast()
    subscription.mass.answers = [Uncertain("waiting_for_confirmation")]
    subscription.work()
    for _ in range(5):
        subscription.clock.advance(minutes=11)
        ask(subscription)
    assert subscription.states(broadcast) == {"unknown": 3}
    assert subscription.jobs(broadcast) == [("everyone", "failed", 3)]


@pytest.mark.parametrize(
    ("told", "state", "states"),
    [
        (JobState.SENT, "finished", {"sent": 3}),
        (JobState.SENDING, "submitted", {"sent": 3}),
        (JobState.UNKNOWN, "submitted", {"sent": 3}),
        (JobState.FAILED, "failed", {"failed send_failed": 3}),
    ],
)
def test_a_job_that_stays_silent_is_asked_about(service, told, state, states):
    service.people(3)
    broadcast = service.broadcast()
    service.work()
    service.mass.states["3001"] = told
    ask(service)
    assert service.jobs(broadcast) == [("list", "submitted", 3)]
    service.clock.advance(minutes=11)
    ask(service)
    assert service.jobs(broadcast) == [("list", state, 3)]
    assert service.states(broadcast) == states


def test_nobody_asks_for_ever(service):
    service.people(3)
    broadcast = service.broadcast()
    service.work()
    service.clock.advance(hours=25)
    ask(service)
    assert service.jobs(broadcast) == [("list", "finished", 3)]
