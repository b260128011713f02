"""The clockwork of a worker: known before it claims, patient with others when it is the clock that was moved."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import peewee as pw
import pytest
from redis.asyncio import Redis

from broadcast import engine as module
from broadcast.engine import Channel, Engine
from storage import broadcasts, channels, ledger, outbox, workers
from storage.lifecycle import BroadcastStatus
from tests.broadcast.lab import PATIENCE_SECONDS, Lab

HOUR = timedelta(hours=1)
Run = Callable[..., int]


@pytest.fixture
def run(lab: Lab, valkey_server: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs a worker until the first of some conditions is true, then the next, and so on.

    They are asked after each sweep with the number of sweeps so far. Returned is how many there were in all.
    """
    monkeypatch.setattr(module, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(workers, "BEAT_EVERY", timedelta(milliseconds=10))

    async def work(conditions: tuple[Callable[[int], object], ...]) -> int:
        sweeps: list[None] = []
        redis = Redis.from_url(valkey_server)
        channel = Channel(id=lab.channel, platform=lab.platform, rate=100)  # type: ignore[arg-type]
        engine = Engine((channel,), redis, lab.now, lab.notify, chore=lambda: sweeps.append(None))
        running = asyncio.create_task(engine.run())
        try:
            for condition in conditions:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not condition(len(sweeps)):
                        await asyncio.sleep(0.01)
                        engine.wake()
        finally:
            engine.stop()
            await running
            await redis.aclose()
        return len(sweeps)

    return lambda *conditions: asyncio.run(work(conditions))


def held_by(lab: Lab, worker: str) -> int:
    """Let a worker hold the only row of a broadcast that is paused; return the broadcast."""
    lab.people(1)
    broadcast = lab.broadcast()
    assert ledger.claim(broadcast, worker, 1, lab.now())
    broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", lab.now())
    return broadcast


def some_more(sweeps: int) -> Callable[[int], bool]:
    """Return the condition that there were more than so many sweeps."""
    return lambda now: now > sweeps


def test_nothing_is_claimed_before_the_worker_is_known(lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one would take its rows from it at once."""
    happened: list[str] = []
    beat, claim, claim_replies = workers.beat, ledger.claim, outbox.claim

    def late(worker, now):
        if happened.count("away") < 3:
            happened.append("away")
            raise pw.OperationalError("not yet")
        beat(worker, now)
        happened.append("known")

    def claimed(*arguments):
        happened.append("claim")
        return claim(*arguments)

    def claimed_replies(*arguments):
        happened.append("claim")
        return claim_replies(*arguments)

    monkeypatch.setattr(workers, "beat", late)
    monkeypatch.setattr(ledger, "claim", claimed)
    monkeypatch.setattr(outbox, "claim", claimed_replies)
    lab.people(1)
    broadcast = lab.broadcast()
    run(lambda _: lab.status(broadcast) == "sent")
    assert happened[:4] == ["away", "away", "away", "known"]
    assert "claim" in happened[4:]


@pytest.mark.parametrize("error", [pw.OperationalError, pw.InterfaceError])
def test_a_sign_of_life_that_cannot_be_written_ends_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    beats: list[bool] = []
    beat = workers.beat

    def sometimes(worker, now):
        beats.append(len(beats) % 2 == 0)
        if not beats[-1]:
            raise error("connection already closed")
        beat(worker, now)

    monkeypatch.setattr(workers, "beat", sometimes)
    run(lambda _: beats.count(True) >= 3)
    assert beats.count(False) >= 2


def test_what_a_dead_worker_holds_is_taken_over(lab: Lab, run: Run) -> None:
    broadcast = held_by(lab, "dead")
    run(lambda _: lab.states(broadcast) == {"pending": 1})


@pytest.mark.parametrize("moved", [HOUR, -HOUR], ids=["ahead", "back"])
def test_nobody_is_taken_for_dead_because_the_clock_was_moved(lab: Lab, run: Run, moved: timedelta) -> None:
    broadcast = held_by(lab, "other")
    workers.beat("other", lab.now())

    def move(_: int) -> bool:
        lab.clock.advance(seconds=moved.total_seconds())
        return True

    run(some_more(2), move, some_more(10))
    assert lab.states(broadcast) == {"claimed": 1}


def test_a_pause_of_the_channel_is_no_longer_when_the_clock_is_set_back(lab: Lab, run: Run) -> None:
    channels.pause(lab.channel, "throttled", lab.now() + timedelta(minutes=1), lab.now())
    lab.clock.advance(hours=-1)
    run(lambda _: channels.paused(lab.channel, lab.now())[1] == lab.now() + timedelta(minutes=1))
