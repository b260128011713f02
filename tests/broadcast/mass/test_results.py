"""What the platform tells afterwards, whenever it does, and what becomes of silence."""

import pytest

from broadcast.mass.results import ask_about_silent_jobs, finished
from handlers.events import MassSendFinished
from handlers.many import JobState
from handlers.outcomes import Accepted, Uncertain
from storage import mass_jobs


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


@pytest.mark.parametrize(
    ("status", "states"), [("send success", {"sent": 3}), ("err(40001)", {"failed confirmation_refused": 3})]
)
def test_a_confirmation_waits_and_its_event_tells(subscription, status, states):
    subscription.people(3)
    broadcast = subscription.broadcast()
    subscription.mass.answers = [Uncertain("waiting_for_confirmation")]
    subscription.work()
    assert subscription.told == ["confirming"]
    assert subscription.states(broadcast) == {"unknown": 3}
    assert mass_jobs.open_jobs(broadcast) == 1
    tell(subscription, "9", status)
    assert subscription.states(broadcast) == states
    assert mass_jobs.open_jobs(broadcast) == 0


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
