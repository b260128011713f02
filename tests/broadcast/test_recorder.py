"""Outcomes are written together, however long the database takes, and one that cannot be written is in doubt."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import peewee as pw
import pytest

from broadcast import recorder as module
from broadcast.outgoing import Composer
from broadcast.queue import Queue
from broadcast.recorder import Recorder, Result
from broadcast.threads import DatabaseThread
from handlers.outcomes import Accepted, Fate, Outcome
from storage import ledger
from storage.models import Subscriber
from tests.broadcast.lab import Lab, refused


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    """The database is asked again at once."""
    monkeypatch.setattr(module, "_RETRY_WRITE_SECONDS", 0.0)


def record(lab: Lab, broadcast: int, answer: Callable[[int], Outcome], worker: str = "w1") -> Queue:
    """Make a call to everybody and record what `answer` says for each person."""
    claims = ledger.claim(broadcast, worker, 1000, lab.now())
    ledger.mark_sending(broadcast, worker, [claim.subscriber_id for claim in claims], lab.now())
    draft = lab.draft(broadcast)
    queue = Queue(draft, Composer(broadcast, draft.content))
    claims = [replace(claim, marked_at=lab.now()) for claim in claims]
    queue.calling = set(claims)

    async def run() -> None:
        database = DatabaseThread("recorder")
        recorder = Recorder(lab.channel, worker, lab.now, database, lab.notify)
        running = asyncio.create_task(recorder.run())
        for claim in claims:
            recorder.add(Result(queue, claim, answer(claim.subscriber_id)))
        recorder.stop()
        await running
        database.close()

    asyncio.run(run())
    return queue


def failing(monkeypatch, error: Exception, times: int, only: int | None = None) -> None:
    """Let the writing of a yes fail so many times (for one person only, if one is given)."""
    real, failed = ledger.record_accepted, []

    def write(broadcast_id, worker, steps, accepted, now):
        concerned = accepted and (only is None or any(row[0] == only for row in accepted))
        if concerned and len(failed) < times:
            failed.append(error)
            raise error
        real(broadcast_id, worker, steps, accepted, now)

    monkeypatch.setattr(ledger, "record_accepted", write)


def test_everything_taken_is_written_before_it_stops(lab: Lab):
    lab.people(30)
    broadcast = lab.broadcast()
    queue = record(lab, broadcast, lambda person: Accepted(f"m{person}"))
    assert lab.states(broadcast) == {"sent": 30}
    assert [row.message_ids for row in lab.rows(broadcast)][:3] == ["m1", "m2", "m3"]
    assert not queue.calling


@pytest.mark.parametrize("error", [pw.OperationalError("database is locked"), pw.OperationalError("disk is full")])
def test_results_wait_while_the_database_cannot_write(lab: Lab, monkeypatch, error):
    lab.people(5)
    broadcast = lab.broadcast()
    failing(monkeypatch, error, times=5)
    record(lab, broadcast, lambda _: Accepted("m"))
    assert lab.states(broadcast) == {"sent": 5}


def test_a_result_that_cannot_be_written_is_in_doubt_and_keeps_no_other_from_being_written(lab: Lab, monkeypatch):
    lab.people(5)
    broadcast = lab.broadcast()
    failing(monkeypatch, pw.DataError("no such character"), times=100, only=3)
    record(lab, broadcast, lambda _: Accepted("m"))
    assert [(row.state, row.reason) for row in lab.rows(broadcast) if row.state != "sent"] == [
        ("unknown", "not_recorded")
    ]


def test_a_late_refusal_settles_what_was_thought_lost_with_its_worker(lab: Lab):
    lab.people(2)
    broadcast = lab.broadcast()
    claims = [replace(claim, marked_at=lab.now()) for claim in ledger.claim(broadcast, "slow", 2, lab.now())]
    ledger.mark_sending(broadcast, "slow", [1, 2], lab.now())
    ledger.release(["w1"], lab.now())
    assert lab.states(broadcast) == {"unknown": 2}
    draft = lab.draft(broadcast)
    queue = Queue(draft, Composer(broadcast, draft.content))
    outcomes = [refused("invalid", Fate.GIVE_UP, "100"), refused("throttled", Fate.PAUSE, "4", wait_seconds=60)]
    late = Recorder(lab.channel, "slow", lab.now, DatabaseThread("late"), lab.notify)
    late._write([Result(queue, *pair) for pair in zip(claims, outcomes, strict=True)])
    assert lab.states(broadcast) == {"failed": 1, "pending": 1}


def test_who_cannot_be_reached_three_times_is_left_out(lab: Lab):
    lab.people(1)
    for _ in range(3):
        record(lab, lab.broadcast(), lambda _person: refused("unreachable", Fate.SKIP, "551"))
    assert Subscriber.get_by_id(1).unreachable
    assert lab.states(lab.broadcast()) == {"skipped": 1}


def test_an_answer_ends_its_own_call_and_not_the_next_one_to_the_same_person(lab: Lab):
    """An echo may settle the first message, and the second be on its way, before the first is answered."""
    lab.people(1)
    broadcast = lab.broadcast("One", "Two")
    draft = lab.draft(broadcast)
    queue = Queue(draft, Composer(broadcast, draft.content))
    (claim,) = ledger.claim(broadcast, "w1", 1, lab.now())
    first = replace(claim, marked_at=lab.now())
    second = replace(claim, step=1, marked_at=lab.now())
    queue.calling = {first, second}
    recorder = Recorder(lab.channel, "w1", lab.now, DatabaseThread("one"), lab.notify)
    recorder._go_on(Result(queue, first, Accepted("m1")))
    assert queue.calling == {second}
