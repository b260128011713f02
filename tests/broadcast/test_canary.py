"""A broadcast that goes to a few people first: nobody else is written to until they are done and it may go on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import peewee as pw
import pytest

from broadcast import once_more, sweep
from broadcast.canary import ASKS, NOT_WELL, is_well
from broadcast.plan import plan
from broadcast.quiet import quiet_hours
from broadcast.service import Desk
from handlers.content import Content, Template, Text
from handlers.outcomes import Accepted, Fate, Outcome, Uncertain
from storage import broadcasts, ledger, waits, workers
from storage.canary import First
from storage.lifecycle import BroadcastStatus as S
from storage.models import Recipient, Subscriber
from tests.broadcast.lab import Lab, refused
from tests.support.clock import Clock
from tests.support.people import saw

PEOPLE, FIRST = 30, 10


@pytest.fixture
def lab(database: pw.Database, clock: Clock, valkey_server: str) -> Lab:
    """A laboratory on each database."""
    return Lab(clock, valkey_server)


@pytest.fixture
def desk(lab: Lab, make_desk: Any) -> Desk:
    """The desk of the laboratory's channel."""
    return make_desk(channel_id=lab.channel)


def begun(lab: Lab, *said: str, **given: Any) -> int:
    """Let a broadcast to everyone send; the first `FIRST` before the others, unless told otherwise."""
    content = Content(messages=tuple(Text(text=one) for one in said or ("Hello!",))).model_dump(mode="json")
    row = broadcasts.create(lab.channel, "b", "boss", lab.now(), **{"canary": FIRST, "content": content, **given})
    broadcasts.move(row.id, S.STARTING, "boss", lab.now(), undo_until=lab.now())
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(row.id) == "sending"
    return int(row.id)


def told(lab: Lab) -> list[str]:
    return [what for what, _ in lab.told]


def first(broadcast: int) -> list[int]:
    """Return the ids of the first."""
    query = Recipient.select().where((Recipient.broadcast == broadcast) & Recipient.canary)
    return [row.subscriber_id for row in query.order_by(Recipient.subscriber)]


def stand(lab: Lab, broadcast: int, *states: str) -> None:
    """Let the first have come to this, in their order, by a call."""
    for person, state in zip(first(broadcast), states, strict=True):
        Recipient.update(state=state, sent_at=lab.now()).where(Recipient.subscriber == person).execute()


def test_it_stands_after_the_first_and_goes_on_when_told_to(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab)
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "pending": PEOPLE - FIRST}
    assert (lab.status(broadcast), lab.draft(broadcast).pause_reason) == ("paused", ASKS.sentence)
    assert told(lab) == ["started", "canary"]
    desk.resume(lab.draft(broadcast), "boss")
    lab.deliver()
    assert lab.status(broadcast) == "sent"
    assert sorted(call.to for call in lab.platform.calls) == sorted(f"p{n}" for n in range(1, PEOPLE + 1))
    assert told(lab) == ["started", "canary", "sent"]


def test_several_workers_write_to_no_more_than_the_first(lab: Lab) -> None:
    lab.people(PEOPLE)
    lab.platform.seconds = 0.05
    broadcast = begun(lab)
    lab.deliver(workers=("w1", "w2", "w3"))
    assert lab.states(broadcast)["sent"] == len(lab.platform.calls) == FIRST
    assert told(lab).count("canary") == 1


def test_a_cancel_after_the_first_skips_the_others(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab)
    lab.deliver()
    desk.cancel(lab.draft(broadcast), "boss")
    reasons = {row.reason for row in lab.rows(broadcast) if row.state == "skipped"}
    assert (lab.states(broadcast), reasons) == ({"sent": FIRST, "skipped": PEOPLE - FIRST}, {"cancelled"})


def test_with_nobody_to_come_after_them_it_does_not_ask(lab: Lab) -> None:
    lab.people(FIRST)
    broadcast = begun(lab)
    lab.deliver()
    assert (lab.status(broadcast), told(lab)) == ("sent", ["started", "sent"])


def test_a_pause_by_hand_before_the_first_are_done_ends_no_canary(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab)
    taken = ledger.claim(broadcast, "w1", 3, lab.now())
    ledger.mark_sending(broadcast, "w1", [claim.subscriber_id for claim in taken], lab.now())
    ledger.record_accepted(broadcast, "w1", 1, [(claim.subscriber_id, 0, "m") for claim in taken], lab.now())
    desk.pause(lab.draft(broadcast), "boss")
    assert sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    desk.resume(lab.draft(broadcast), "boss")
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "pending": PEOPLE - FIRST}
    assert lab.draft(broadcast).pause_reason == ASKS.sentence


def test_a_worker_that_dies_among_the_first_lets_nobody_else_in(lab: Lab) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab)
    workers.beat("dead", lab.now())
    taken = ledger.claim(broadcast, "dead", 100, lab.now())
    assert len(taken) == FIRST
    ledger.mark_sending(broadcast, "dead", [claim.subscriber_id for claim in taken[:4]], lab.now())
    assert ledger.claim(broadcast, "w1", 100, lab.now()) == []
    assert not sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    lab.clock.advance(seconds=workers.SILENT_AFTER.total_seconds())
    assert sweep.take_over("w1", lab.now()) == (FIRST - 4, 4)
    lab.deliver(lambda: lab.states(broadcast)["sent"] == FIRST - 4)
    assert lab.status(broadcast) == "sending", "the doubts may be settled in a moment"
    lab.clock.advance(seconds=sweep.EVIDENCE_WAIT.total_seconds() + 1)
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST - 4, "unknown": 4, "pending": PEOPLE - FIRST}
    assert lab.status(broadcast) == "paused"


def test_those_who_are_put_back_stay_the_first(lab: Lab) -> None:
    lab.people(PEOPLE)
    answers = iter([refused("trouble", Fate.RETRY, retries=2)] * 5)
    lab.platform.answer = lambda _: next(answers, Accepted("m"))
    broadcast = begun(lab)
    lab.deliver(lambda: len(lab.platform.calls) == FIRST)
    lab.clock.advance(minutes=10)
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "pending": PEOPLE - FIRST}


@pytest.mark.parametrize(
    ("well", "status"),
    [
        (First(chosen=100, waiting=0, called=1, reached=1), True),
        (First(chosen=100, waiting=0, called=1, reached=0), False),
        (First(chosen=100, waiting=0, called=0, reached=0), False),
        (First(chosen=100, waiting=0, called=19, reached=18), False),
        (First(chosen=100, waiting=0, called=20, reached=19), True),
        (First(chosen=100, waiting=0, called=100, reached=95), True),
        (First(chosen=100, waiting=0, called=100, reached=94), False),
    ],
)
def test_one_in_twenty_may_miss_it(well: First, status: bool) -> None:
    assert is_well(well) is status


def test_it_goes_on_by_itself_when_all_is_well(lab: Lab) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab, canary_goes_on=True)
    lab.deliver()
    assert (lab.status(broadcast), lab.states(broadcast)) == ("sent", {"sent": PEOPLE})
    assert told(lab) == ["started", "canary_well", "sent"]


@pytest.mark.parametrize(
    "trouble",
    [refused("no_such_thing", Fate.GIVE_UP), refused("unreachable", Fate.SKIP), Uncertain("cut off")],
    ids=["failed", "skipped", "unknown"],
)
def test_it_asks_when_too_many_of_the_first_did_not_get_it(lab: Lab, trouble: Outcome) -> None:
    lab.people(PEOPLE)
    answers = iter([trouble])
    lab.platform.answer = lambda _: next(answers, Accepted("m"))
    broadcast = begun(lab, canary_goes_on=True)
    lab.deliver(lambda: lab.states(broadcast)["sent"] == FIRST - 1)
    lab.clock.advance(minutes=1)
    lab.deliver()
    assert (lab.status(broadcast), lab.draft(broadcast).pause_reason) == ("paused", NOT_WELL.sentence)
    assert lab.states(broadcast)["pending"] == PEOPLE - FIRST
    assert told(lab) == ["started", "canary"]


def test_doubts_that_an_echo_settles_in_time_do_not_count(lab: Lab) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab, canary_goes_on=True)
    stand(lab, broadcast, "unknown", *["sent"] * (FIRST - 1))
    Recipient.update(updated_at=lab.now()).execute()
    assert not sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    assert lab.draft(broadcast).canary_done_at is None
    ledger.record_evidence(broadcast, 1, [(first(broadcast)[0], 0, "m")], lab.now())
    assert not sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    assert lab.draft(broadcast).canary_done_at == lab.now()


def test_the_first_are_those_who_can_be_written_to_in_the_order_of_the_ledger(lab: Lab) -> None:
    people = lab.people(8)
    for number in (0, 2, 4):
        saw(lab.channel, people[number], lab.now(), None)
    Subscriber.update(window_expires_at=lab.now()).where(Subscriber.platform_user_id.in_(people[:3])).execute()
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == people[3]).execute()
    broadcast = begun(lab, canary=3)
    assert [row.subscriber_id for row in lab.rows(broadcast) if row.canary] == [5, 6, 7]


def test_who_is_left_out_without_a_call_is_replaced(lab: Lab) -> None:
    people = lab.people(PEOPLE)
    broadcast = begun(lab)
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id.in_(people[:4])).execute()
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "skipped": 4, "pending": PEOPLE - FIRST - 4}
    assert len(lab.platform.calls) == FIRST


@pytest.mark.parametrize(("windows", "done"), [(4, {"sent": 4}), (0, {"skipped": FIRST})])
def test_where_too_few_windows_are_open_it_asks_after_those(lab: Lab, windows: int, done: dict[str, int]) -> None:
    people = lab.people(PEOPLE)
    closed = Subscriber.platform_user_id.in_(people[: PEOPLE - windows])
    Subscriber.update(window_expires_at=lab.now()).where(closed).execute()
    broadcast = begun(lab, canary_goes_on=windows == 0)
    lab.deliver()
    assert (lab.status(broadcast), lab.states(broadcast)) == (
        "paused",
        {**done, "pending": PEOPLE - sum(done.values())},
    )


def test_with_a_template_those_whose_window_is_closed_come_after_the_others(lab: Lab) -> None:
    people = lab.people(4)
    Subscriber.update(window_expires_at=lab.now()).where(Subscriber.platform_user_id.in_(people[:3])).execute()
    content = Content(messages=(Text(text="Hi"),), template=Template(name="news", language="en"))
    broadcast = begun(lab, canary=3, content=content.model_dump(mode="json"))
    assert first(broadcast) == [1, 2, 4]


def test_each_at_their_own_time_the_first_are_those_whose_time_comes_first(lab: Lab) -> None:
    people = lab.people(6)
    zones = ["America/New_York", "Asia/Shanghai", "Europe/Berlin"] * 2
    for person, zone in zip(people, zones, strict=True):
        Subscriber.update(timezone=zone, window_expires_at=lab.now() + timedelta(days=3)).where(
            Subscriber.platform_user_id == person
        ).execute()
    lab.clock.advance(minutes=90)
    broadcast = begun(lab, canary=2, local_time="2026-11-24T18:30:00", time_zone="Europe/Berlin")
    assert first(broadcast) == [2, 5]
    lab.deliver()
    assert lab.states(broadcast) == {"sent": 2, "pending": 4}
    in_berlin = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    waiting = {row.subscriber_id: row.not_before for row in lab.rows(broadcast) if row.state == "pending"}
    assert (waiting[3], waiting[6]) == (in_berlin, in_berlin), "the others keep their own times"


def test_the_first_who_have_quiet_hours_are_waited_for(lab: Lab) -> None:
    asleep = lab.people(2)
    lab.people(PEOPLE)
    lab.quiet = quiet_hours("22:00-08:00", ZoneInfo("Europe/Berlin"))
    Subscriber.update(timezone="America/New_York").where(Subscriber.platform_user_id.in_(asleep)).execute()
    broadcast = begun(lab)
    lab.deliver(lambda: lab.states(broadcast)["sent"] == FIRST - 2)
    assert lab.status(broadcast) == "sending"
    lab.clock.advance(hours=9)
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "pending": PEOPLE + 2 - FIRST}


def test_a_clock_that_is_set_back_moves_nobody_of_those_who_wait_for_the_first(lab: Lab) -> None:
    lab.people(PEOPLE)
    begun(lab)
    lab.deliver()
    assert waits.follow_clock(lab.now() - timedelta(hours=1), timedelta(seconds=5)) == 0


def test_several_messages_reach_all_of_the_first_in_order(lab: Lab) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab, "One", "Two")
    lab.deliver()
    assert lab.states(broadcast) == {"sent": FIRST, "pending": PEOPLE - FIRST}
    heard = [lab.platform.heard(f"p{number}") for number in range(1, FIRST + 1)]
    assert heard == [["One", "Two"]] * FIRST


def test_an_undone_send_chooses_the_first_anew(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    draft = desk.edit(desk.create("b", "boss"), content=Content(messages=(Text(text="Hello!"),)), canary=FIRST)
    desk.send(draft, "boss")
    plan(draft.id, lab.now())
    started = desk.get(draft.id)
    assert started is not None
    assert desk.undo_send(started, "boss")
    assert lab.rows(draft.id) == []
    lab.clock.advance(seconds=1)
    desk.send(lab.draft(draft.id), "boss")
    plan(draft.id, lab.now())
    assert len(first(draft.id)) == FIRST


def test_the_time_left_is_that_of_the_first(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    broadcast = begun(lab)
    stand(lab, broadcast, *["sent"] * 5, *["pending"] * (FIRST - 5))
    lab.clock.advance(seconds=5)
    assert desk.progress(lab.draft(broadcast)).seconds_left == 5.0


def test_a_clone_keeps_it_and_a_second_try_does_not(lab: Lab, desk: Desk) -> None:
    lab.people(PEOPLE)
    lab.platform.answer = lambda _: refused("no_such_thing", Fate.GIVE_UP)
    broadcast = begun(lab, canary_goes_on=True)
    lab.deliver()
    desk.cancel(lab.draft(broadcast), "boss")
    draft = lab.draft(broadcast)
    copy, again = desk.clone(draft, "boss"), once_more.retry(desk, draft, "boss")
    assert (copy.canary, copy.canary_goes_on, copy.canary_done_at) == (FIRST, True, None)
    assert (again.canary, again.canary_goes_on) == (None, False)
