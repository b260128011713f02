"""Delivery sends to everybody once, in order, and holds when it is told to."""

from dataclasses import replace
from datetime import timedelta

import peewee as pw
import pytest

from broadcast import intent
from broadcast.draft import rate_of
from broadcast.limits import Grant, Pace
from handlers.content import Content, Image, Outgoing, Text
from handlers.outcomes import Accepted, Fate, Outcome, Uncertain
from storage import broadcasts, channels, ledger, subscribers
from storage.lifecycle import BroadcastStatus, Consent
from storage.models import Recipient, Subscriber, UploadedMedia
from tests.broadcast.lab import Lab, refused
from tests.support.people import saw


def test_everybody_gets_it_once_and_the_broadcast_ends(lab: Lab):
    people = lab.people(50)
    broadcast = lab.broadcast("Hello!")
    lab.deliver()
    assert sorted(call.to for call in lab.platform.calls) == sorted(people)
    assert lab.status(broadcast) == "sent"
    assert lab.states(broadcast) == {"sent": 50}
    assert [what for what, _ in lab.told] == ["sent"]


def test_each_call_was_committed_as_sending_before_it_left(lab: Lab):
    lab.people(20)
    broadcast = lab.broadcast()
    seen = []
    lab.platform.answer = lambda _: seen.append(lab.states(broadcast)["sending"]) or Accepted("m")
    lab.deliver()
    assert len(seen) == 20
    assert min(seen) >= 1


def test_rows_that_are_taken_over_just_before_they_are_marked_are_left_to_others(lab: Lab, monkeypatch):
    """Between two statements of a transaction a cable may be pulled, for as long as it takes to be thought dead."""
    people = lab.people(5)
    broadcast = lab.broadcast()
    look, taken = ledger.standing, []

    def look_and_be_taken_over(*arguments):
        found = look(*arguments)
        if not taken:
            taken.append(ledger.release([], lab.now()))
        return found

    monkeypatch.setattr(ledger, "standing", look_and_be_taken_over)
    lab.deliver()
    assert taken == [(5, 0)]
    assert sorted(call.to for call in lab.platform.calls) == sorted(people)
    assert lab.states(broadcast) == {"sent": 5}


def test_several_messages_reach_each_person_in_order(lab: Lab):
    people = lab.people(30)
    broadcast = lab.broadcast("One", "Two", "Three")
    lab.deliver()
    assert all(lab.platform.heard(person) == ["One", "Two", "Three"] for person in people)
    assert all(len(row.message_ids.split()) == 3 for row in lab.rows(broadcast))


def test_four_workers_share_a_broadcast_without_saying_anything_twice(lab: Lab):
    people = lab.people(200)
    lab.platform.seconds = 0.02
    broadcast = lab.broadcast("One", "Two")
    lab.deliver(workers=("w1", "w2", "w3", "w4"))
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in people)
    assert lab.states(broadcast) == {"sent": 200}


def test_a_small_broadcast_is_not_stuck_behind_a_large_one(lab: Lab):
    lab.rate = 200  # six to a block
    lab.people(600)
    large = lab.broadcast("large")
    small = lab.broadcast("small")
    Recipient.delete().where((Recipient.broadcast == small) & (Recipient.subscriber > 20)).execute()
    lab.deliver(lambda: lab.status(small) == "sent")
    assert lab.states(large)["pending"]
    said = [call.message.text for call in lab.platform.calls if isinstance(call.message, Text)]
    turns = "".join("s" if text == "small" else "l" for text in said).strip("l")
    assert turns.count("l") <= 24, "they take turns, block by block"


def test_while_the_queue_is_away_broadcasts_wait_and_nothing_is_lost(lab: Lab, monkeypatch):
    people = lab.people(20)
    broadcast = lab.broadcast("One", "Two")
    with monkeypatch.context() as away:
        away.setattr(lab, "_redis_url", "redis://127.0.0.1:9/0")
        asked: list[float] = []
        bulk = Pace.bulk

        async def counted(pace: Pace, channel_id: int, rate: float, count: int) -> Grant:
            asked.append(rate)
            return await bulk(pace, channel_id, rate, count)

        away.setattr(Pace, "bulk", counted)
        lab.deliver(lambda: len(asked) >= 3)
    assert lab.platform.calls == []
    assert lab.states(broadcast) == {"pending": 20}
    lab.deliver()
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in people)


def test_a_pause_holds_within_the_calls_in_flight(lab: Lab):
    lab.rate, lab.platform.seconds = 500, 0.05
    lab.people(300)
    broadcast = lab.broadcast()
    calls = []

    def pause() -> bool:
        if len(lab.platform.calls) < 60:
            return False
        broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", lab.now())
        calls.append(lab.states(broadcast)["sending"] + lab.states(broadcast)["sent"])
        return True

    lab.deliver(pause, lambda: not lab.states(broadcast)["sending"], lambda: not lab.states(broadcast)["claimed"])
    assert len(lab.platform.calls) == calls[0]  # what was committed when the pause was answered, and not one more
    assert lab.states(broadcast) == {"sent": calls[0], "pending": 300 - calls[0]}
    broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", lab.now())
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 300}


def test_a_pause_between_two_messages_forgets_nobody(lab: Lab):
    lab.rate, lab.platform.seconds = 500, 0.1
    people = lab.people(100)
    broadcast = lab.broadcast("One", "Two")

    def pause() -> bool:
        if len(lab.platform.calls) < 30:
            return False
        broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", lab.now())
        return True

    def resume() -> bool:
        broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", lab.now())
        return True

    # Resumed while the answers to the first messages are still on their way to a queue that was dropped.
    lab.deliver(pause, resume, lambda: lab.status(broadcast) == "sent")
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in people)


def test_stopping_finishes_the_calls_in_flight_and_gives_the_rest_back(lab: Lab):
    lab.rate, lab.platform.seconds = 500, 0.1
    lab.people(300)
    broadcast = lab.broadcast("One", "Two")
    lab.deliver(lambda: len(lab.platform.calls) > 60)
    states = lab.states(broadcast)
    assert set(states) <= {"sent", "pending"}
    assert lab.platform.open == 0


def test_who_left_since_the_start_is_skipped_just_before_the_call(lab: Lab):
    lab.people(3)
    broadcast = lab.broadcast()
    subscribers.set_consent(lab.channel, "p1", Consent.OPTED_OUT, lab.now())
    subscribers.gone(lab.channel, "p2", lab.now())
    Subscriber.update(window_expires_at=lab.now() + timedelta(minutes=4)).where(
        Subscriber.platform_user_id == "p3"
    ).execute()
    lab.deliver()
    assert [(row.state, row.reason) for row in lab.rows(broadcast)] == [
        ("skipped", "opted_out"),
        ("skipped", "unreachable"),
        ("skipped", "outside_window"),
    ]
    assert lab.platform.calls == []


@pytest.mark.parametrize("reason", ["outside_window", "allowance_spent", "unavailable"])
def test_whom_the_platform_lets_wait_until_they_write_the_next_forecast_knows(lab: Lab, reason: str) -> None:
    lab.people(2)

    def answer(outgoing: Outgoing) -> Outcome:
        if outgoing.to == "p1":  # has written while the call was on its way
            lab.clock.advance(seconds=1)
            saw(lab.channel, "p1", lab.clock.now(), lab.clock.now() + timedelta(hours=24))
        return refused(reason, Fate.SKIP, "10")

    lab.platform.answer = answer
    broadcast = lab.broadcast()
    lab.deliver()
    assert lab.states(broadcast) == {"skipped": 2}
    open_ones = subscribers.count(lab.channel, Subscriber.window_expires_at > lab.clock.now())
    assert open_ones == (2 if reason == "unavailable" else 1)


@pytest.mark.parametrize("known_before_the_answer", [True, False])
def test_an_echo_and_a_lost_answer_lead_on_to_the_next_message_once(lab: Lab, known_before_the_answer):
    """The echo may come before the answer is lost or after; either way the next message follows, once."""
    people = lab.people(20)
    broadcast = lab.broadcast("One", "Two", "Three")
    lost: list[tuple[int, int, str]] = []

    def answer(outgoing):
        _, number, person, step = outgoing.metadata.split(":")
        if step == "0" and int(person) % 2:
            proof = (int(person), 0, f"echo{person}")
            if known_before_the_answer:
                ledger.record_evidence(int(number), 3, [proof], lab.now())
            else:
                lost.append(proof)
            return Uncertain("lost")
        return Accepted("m")

    def prove() -> bool:
        if not known_before_the_answer:
            if lab.states(broadcast)["unknown"] < 10:
                return False
            ledger.record_evidence(broadcast, 3, lost, lab.now())
        return True

    lab.platform.answer = answer
    lab.deliver(prove, lambda: lab.status(broadcast) == "sent")
    assert all(lab.platform.heard(person) == ["One", "Two", "Three"] for person in people)
    assert lab.states(broadcast) == {"sent": 20}


def test_a_refusal_for_now_is_tried_again_later_and_given_up_in_the_end(lab: Lab):
    lab.people(2)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda outgoing: (
        refused("trouble", Fate.RETRY, "2", retries=2) if outgoing.to == "p1" else Accepted("m")
    )
    for tries in (1, 2, 3):
        lab.deliver(lambda: sum(call.to == "p1" for call in lab.platform.calls) == tries)  # noqa: B023
        lab.clock.advance(seconds=30)
    lab.deliver()
    assert [(row.state, row.reason, row.code) for row in lab.rows(broadcast)] == [
        ("failed", "trouble", "2"),
        ("sent", "", ""),
    ]


def test_a_throttle_pauses_the_channel_and_it_goes_on_by_itself(lab: Lab):
    lab.people(40)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda _: refused("throttled", Fate.PAUSE, "80006", wait_seconds=60)
    lab.deliver(lambda: channels.paused(lab.channel, lab.now())[0])
    assert lab.states(broadcast)["pending"] == 40
    lab.platform.answer = lambda _: Accepted("m")
    before = len(lab.platform.calls)
    lab.deliver(lambda: True)
    assert len(lab.platform.calls) == before
    lab.clock.advance(seconds=61)
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 40}
    assert all(row.attempts == 0 for row in lab.rows(broadcast))


def test_a_channel_that_waits_for_somebody_holds_its_broadcasts_and_asks(lab: Lab):
    lab.rate = 200
    lab.people(40)
    first, second = lab.broadcast("one"), lab.broadcast("two")
    lab.platform.answer = lambda _: refused("token_refused", Fate.PAUSE, "190")
    lab.deliver(lambda: lab.status(first) == lab.status(second) == "paused")
    assert {lab.why(draft.id) for what, draft in lab.told if what == "paused"} == {"token_refused (190)"}
    assert len(lab.platform.calls) < 80


def test_what_is_wrong_for_everybody_holds_the_broadcast_and_asks(lab: Lab):
    lab.people(100)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda _: refused("media_refused", Fate.STOP, "100/2018047")
    lab.deliver()
    assert lab.status(broadcast) == "paused"
    assert lab.why(broadcast) == "media_refused (100/2018047)"
    assert lab.states(broadcast) == {"pending": 100}  # nothing is wrong with these people
    assert [what for what, _ in lab.told] == ["paused"]


@pytest.mark.parametrize("outcome", [refused("invalid_request", Fate.GIVE_UP, "100"), Uncertain("gateway")])
def test_twenty_equal_failures_in_a_row_hold_the_broadcast_and_ask(lab: Lab, outcome):
    lab.rate = 200
    lab.people(300)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda _: outcome
    lab.deliver()
    assert lab.status(broadcast) == "paused"
    assert 20 <= len(lab.platform.calls) < 60


def test_one_person_who_is_refused_does_not_hold_up_the_others(lab: Lab):
    lab.people(100)
    broadcast = lab.broadcast()
    lab.platform.answer = lambda outgoing: (
        refused("invalid_request", Fate.GIVE_UP, "100") if int(outgoing.to[1:]) % 3 == 0 else Accepted("m")
    )
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 67, "failed": 33}


def test_a_mistake_of_ours_costs_one_row(lab: Lab):
    lab.people(10)
    broadcast = lab.broadcast("Dear {first_name|friend}")
    Recipient.update(fills="not json").where(Recipient.subscriber == 3).execute()

    def answer(outgoing):
        if outgoing.to == "p5":
            raise RuntimeError("a mistake")
        return Accepted("m")

    lab.platform.answer = answer
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 8, "failed": 1, "unknown": 1}
    assert [(row.state, row.reason) for row in lab.rows(broadcast) if row.state != "sent"] == [
        ("failed", "not_composed"),
        ("unknown", "no_answer"),
    ]


def test_an_expired_picture_is_put_on_the_platform_anew_once(lab: Lab):
    people = lab.people(40)
    broadcast = lab.broadcast(Image(url="https://example.org/a.png"))
    lab.platform.answer = lambda outgoing: (
        refused("attachment_expired", Fate.RETRY, "100/2018074")
        if outgoing.message.platform_ref == "handle1"
        else Accepted("m")
    )
    lab.platform.seconds = 0.05
    lab.deliver()
    assert lab.platform.uploads == ["https://example.org/a.png"] * 2
    assert UploadedMedia.get().platform_ref == "handle2"
    assert lab.states(broadcast) == {"sent": len(people)}


def test_people_the_platform_knows_no_more_or_who_opted_out_there_are_remembered(lab: Lab):
    lab.people(3)
    lab.broadcast()
    fates = {"p1": refused("opted_out", Fate.UNSUBSCRIBE), "p2": refused("unreachable", Fate.UNSUBSCRIBE)}
    lab.platform.answer = lambda outgoing: fates.get(outgoing.to, Accepted("m"))
    lab.deliver()
    people = {one.platform_user_id: one for one in Subscriber.select()}
    assert people["p1"].consent == "opted_out"
    assert people["p2"].unreachable
    assert not people["p3"].unreachable


def test_a_call_that_could_not_leave_in_time_is_not_made(lab: Lab, monkeypatch):
    monkeypatch.setattr("broadcast.delivery.LATE_SECONDS", -1.0)
    lab.people(30)
    broadcast = lab.broadcast()
    lab.deliver(lambda: lab.states(broadcast)["sending"])
    assert lab.platform.calls == []
    assert lab.states(broadcast) == {"pending": 30}
    assert channels.paused(lab.channel, lab.now()) == ("", None)


def cut_once(monkeypatch, module, name: str) -> None:
    """Let a function of a module do its work and then lose the connection before it can tell, the first time."""
    real, cut = getattr(module, name), []

    def work(*arguments, **named):
        done = real(*arguments, **named)
        if not cut:
            cut.append(True)
            raise pw.OperationalError("the connection was lost while committing")
        return done

    monkeypatch.setattr(module, name, work)


@pytest.mark.parametrize(("room", "deed"), [(intent, "claim"), (intent, "mark"), (ledger, "give_back")])
def test_a_commit_that_was_cut_off_leaves_nobody_held_for_ever(lab: Lab, monkeypatch, room, deed):
    people = lab.people(60)
    lab.rate = 1000
    broadcast = lab.broadcast("One", "Two")
    cut_once(monkeypatch, room, deed)

    def pause() -> bool:
        if len(lab.platform.calls) < 20:
            return False
        broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", lab.now())
        return True

    def resume() -> bool:
        broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", lab.now())
        return True

    lab.deliver(pause, lambda: not lab.states(broadcast)["claimed"], resume, lambda: lab.status(broadcast) == "sent")
    assert all(lab.platform.heard(person) == ["One", "Two"] for person in people)


PICTURE = Image(url="https://example.org/a.png")


@pytest.mark.parametrize(
    ("message", "media_rate", "rate"),
    [(Text(text="a"), 10, 300), (PICTURE, 10, 10), (PICTURE, None, 300)],
    ids=["text", "a picture", "no rate of its own"],
)
def test_a_broadcast_with_a_picture_leaves_more_slowly(lab: Lab, message, media_rate, rate):
    draft = replace(lab.draft(lab.broadcast()), content=Content(messages=(message,)))
    assert rate_of(draft, 300, media_rate) == rate
