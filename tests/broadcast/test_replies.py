"""Replies go at once, each person's in order, and are never stuck."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from threading import Event

import pytest
from redis.asyncio import Redis

from broadcast import replies as module
from broadcast.limits import Pace
from broadcast.replies import PATIENCE, Replies
from broadcast.threads import DatabaseThread
from handlers.content import Outgoing, Text
from handlers.outcomes import Accepted, Fate, Uncertain
from storage import outbox
from storage.database import AWAY, proxy
from storage.models import OutboxMessage
from tests.broadcast.lab import PATIENCE_SECONDS, Lab, refused


def say(lab: Lab, person: str, words: str) -> int:
    return outbox.add(lab.channel, person, Outgoing(to=person, message=Text(text=words)).model_dump(), lab.now())


def state(number: int) -> tuple[str, str]:
    row = OutboxMessage.get_by_id(number)
    return row.state, row.reason


def run(lab: Lab, until: Callable[[], object], redis_url: str) -> None:
    """Send replies until something is true."""

    async def go() -> None:
        redis, database = Redis.from_url(redis_url), DatabaseThread("live")
        lane = Replies(lab.channel, lab.platform, lab.rate, Pace(redis), "w1", lab.now, database)  # type: ignore[arg-type]
        running = asyncio.create_task(lane.run())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not until():
                await asyncio.sleep(0.01)
                lane.wake()
        lane.stop()
        await running
        database.close()
        await redis.aclose()

    asyncio.run(go())


def test_each_persons_replies_come_in_order(lab: Lab, valkey_server, monkeypatch):
    """The second is looked for while the first is still being said."""
    claim, claims, holding = outbox.claim, [], Event()

    def counted(*arguments):
        claims.append(claim(*arguments))
        if len(claims) == 3:
            holding.set()
        return claims[-1]

    def held(_: Outgoing) -> Accepted:
        assert holding.wait(PATIENCE_SECONDS)
        return Accepted("m")

    monkeypatch.setattr(outbox, "claim", counted)
    lab.platform.answer = held
    numbers = [say(lab, person, f"{n}") for n in range(5) for person in ("anna", "bo")]
    run(lab, lambda: state(numbers[-1])[0] == state(numbers[-2])[0] == "sent", valkey_server)
    assert [len(rows) for rows in claims[:3]] == [2, 0, 0], "one of each person, and nobody's next one yet"
    assert lab.platform.heard("anna") == lab.platform.heard("bo") == ["0", "1", "2", "3", "4"]


def test_replies_go_without_the_queue(lab: Lab):
    number = say(lab, "anna", "hello")
    run(lab, lambda: state(number)[0] == "sent", "redis://127.0.0.1:9/0")
    assert lab.platform.heard("anna") == ["hello"]


def test_a_lost_answer_is_said_once_more_unless_an_echo_proves_it(lab: Lab, valkey_server):
    proven, unproven = say(lab, "anna", "one"), say(lab, "bo", "two")
    lab.platform.answer = lambda _: Uncertain("lost")
    run(lab, lambda: state(proven)[1] == state(unproven)[1] == "no_answer", valkey_server)
    outbox.prove(lab.channel, proven, "m", lab.now())
    lab.clock.advance(seconds=10)
    lab.platform.answer = lambda _: Accepted("m")
    run(lab, lambda: state(unproven)[0] == "sent", valkey_server)
    assert lab.platform.heard("anna") == ["one"]
    assert lab.platform.heard("bo") == ["two", "two"]


def test_a_reply_whose_answer_is_lost_each_time_is_said_twice_and_no_more(lab: Lab, valkey_server):
    number = say(lab, "anna", "one")
    lab.platform.answer = lambda _: Uncertain("lost")
    run(lab, lambda: state(number) == ("pending", "no_answer"), valkey_server)
    lab.clock.advance(seconds=10)
    run(lab, lambda: state(number) == ("failed", "no_answer"), valkey_server)
    assert lab.platform.heard("anna") == ["one", "one"]


def test_a_reply_that_an_echo_proves_before_its_answer_is_lost_is_not_said_again(lab: Lab, valkey_server):
    number = say(lab, "anna", "one")

    def prove_and_lose(_: Outgoing) -> Uncertain:
        with closing(proxy):
            outbox.prove(lab.channel, number, "m", lab.now())
        return Uncertain("lost")

    lab.platform.answer = prove_and_lose
    run(lab, lambda: state(number)[0] == "sent" and lab.platform.calls, valkey_server)
    assert state(number) == ("sent", "")


def test_a_channel_that_is_refused_is_asked_less_and_less_often_and_given_up_in_the_end(lab: Lab, valkey_server):
    number = say(lab, "anna", "hello")
    lab.platform.answer = lambda _: refused("token_refused", Fate.PAUSE, "190")
    waits = []
    for tries in range(1, PATIENCE + 1):
        run(lab, lambda: OutboxMessage.get_by_id(number).attempts == tries, valkey_server)  # noqa: B023
        waits.append(OutboxMessage.get_by_id(number).not_before - lab.now())
        lab.clock.advance(seconds=400)
    run(lab, lambda: state(number) == ("failed", "token_refused"), valkey_server)
    assert waits[0] < timedelta(seconds=3)
    assert waits[-1] > timedelta(minutes=3)


def test_what_the_platform_never_takes_is_given_up_at_once_and_holds_nothing_up(lab: Lab, valkey_server):
    number, after = say(lab, "anna", "no such thing"), say(lab, "anna", "hello")
    lab.platform.answer = lambda said: (
        refused("kind_unsupported", Fate.STOP, "") if "no such" in str(said.message) else Accepted("m")
    )
    run(lab, lambda: state(after)[0] == "sent", valkey_server)
    assert state(number) == ("failed", "kind_unsupported")


def test_a_reply_that_cannot_be_said_does_not_hold_up_the_next(lab: Lab, valkey_server):
    outbox.add(lab.channel, "anna", {"not": "a message"}, lab.now())
    good = say(lab, "bo", "hello")
    run(lab, lambda: state(good)[0] == "sent", valkey_server)
    assert lab.platform.heard("bo") == ["hello"]


@pytest.mark.parametrize("error", AWAY)
@pytest.mark.parametrize("name", ["finish", "claim"])
def test_a_database_that_fails_for_a_moment_leaves_no_reply_stuck(lab: Lab, valkey_server, monkeypatch, name, error):
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    number = say(lab, "anna", "hello")
    real, failed = getattr(outbox, name), []

    def work(*arguments, **named):
        done = real(*arguments, **named) if name == "claim" else None
        if not failed:
            failed.append(True)
            raise error("the connection was lost while committing")
        return done if name == "claim" else real(*arguments, **named)

    monkeypatch.setattr(outbox, name, work)
    run(lab, lambda: state(number)[0] == "sent", valkey_server)
    assert lab.platform.heard("anna") == ["hello"]
