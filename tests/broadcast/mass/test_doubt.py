"""What may have been heard stays in doubt, whatever comes after it, and is asked for under the same key alone."""

from datetime import timedelta

import pytest

from handlers.outcomes import Accepted, Fate, Uncertain
from storage import broadcasts, channels, mass_jobs
from storage.lifecycle import BroadcastStatus
from tests.broadcast.mass.account import MassLab, refused

LOST = Uncertain("no answer")


def pause_for(lab: MassLab, broadcast: int, time: timedelta) -> None:
    broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", lab.clock.now())
    lab.clock.advance(seconds=time.total_seconds())
    broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", lab.clock.now())


@pytest.mark.parametrize(
    "second",
    [
        refused("platform_busy", Fate.RETRY),
        refused("throttled", Fate.PAUSE, wait_seconds=60.0),
        refused("quota", Fate.STOP),
        refused("attachment_expired", Fate.RETRY, retries=1),
        refused("too_soon", Fate.RETRY, wait_seconds=60.0),
    ],
    ids=lambda refusal: refusal.failure.reason,
)
def test_a_refusal_after_an_unclear_call_leaves_its_people_in_doubt(service, second):
    service.people(3)
    broadcast = service.broadcast()
    service.mass.answers = [LOST, second, Accepted("77", again=True)]
    service.work()
    first_call = mass_jobs.of(broadcast)[0].first_call_at
    service.clock.advance(minutes=2)
    service.work()
    (job,) = mass_jobs.of(broadcast)
    assert service.states(broadcast) == {"unknown": 3}
    assert (str(job.state), job.first_call_at) == ("unclear", first_call)
    assert job.not_before > service.clock.now()
    channels.resume(service.channel)
    if service.draft(broadcast).status is BroadcastStatus.PAUSED:
        broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", service.clock.now())
    service.clock.advance(minutes=5)
    service.work()
    assert len({(key, to) for to, key, _ in service.mass.sent}) == 1
    assert service.states(broadcast) == {"sent": 3}


@pytest.mark.parametrize(("minutes", "calls"), [(23 * 60 + 29, 2), (23 * 60 + 31, 1)])
def test_a_call_is_not_repeated_half_an_hour_before_its_key_is_forgotten(service, minutes, calls):
    service.people(3)
    service.broadcast()
    service.mass.answers = [LOST]
    service.work()
    pause_for(service, 1, timedelta(minutes=minutes))
    service.work()
    assert len(service.mass.sent) == calls


def test_a_job_another_worker_did_between_two_looks_is_not_claimed(service, monkeypatch):
    service.people(3)
    broadcast = service.broadcast()
    free, looks = getattr(mass_jobs, "_free"), []  # noqa: B009 - the moment between the two statements of a claim

    def meanwhile(worker: str, living: list[str]) -> object:
        looks.append(worker)
        if len(looks) == 2:
            service.work()
        return free(worker, living)

    monkeypatch.setattr(mass_jobs, "_free", meanwhile)
    assert mass_jobs.claim(service.channel, "w2", ["w1", "w2"], service.clock.now()) is None
    assert service.states(broadcast) == {"sent": 3}
    assert mass_jobs.of(broadcast)[0].worker is None
