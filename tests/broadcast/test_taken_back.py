"""A broadcast that is a draft again has nobody chosen: its next start looks at the audience of then."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from broadcast import sweep
from broadcast.because import Reason
from broadcast.draft import Draft
from broadcast.plan import plan
from broadcast.service import Desk
from handlers.content import Content, Text
from storage import broadcasts, channels, entries, subscribers
from storage.database import is_postgres, proxy, transaction
from storage.lifecycle import BroadcastStatus, IllegalMove
from tests.conftest import START
from tests.support.clock import Clock
from tests.support.people import saw

S = BroadcastStatus


@pytest.fixture
def desk(database: object, make_desk: Any) -> Desk:
    """A desk of a channel with two people, one of them tagged."""
    desk: Desk = make_desk()
    for person in ("anna", "ben"):
        saw(desk.channel_id, person, START, START + timedelta(hours=20))
    subscribers.tag(1, "vip", on=True)
    return desk


def made(desk: Desk, **changes: Any) -> Draft:
    return desk.edit(desk.create("Sale", "boss"), content=Content(messages=(Text(text="Hello!"),)), **changes)


def chosen(draft: Draft) -> list[str]:
    return sorted(person for person, *_ in entries.rows(draft.id))


def begin(clock: Clock, why: str = "") -> None:
    sweep.begin_sending(clock.now, lambda *_: None, lambda _: Reason(why))


def test_one_that_failed_after_its_audience_was_chosen_forgets_whom(desk: Desk, clock: Clock) -> None:
    draft = made(desk)
    desk.send(draft, "boss")
    begin(clock)
    assert chosen(draft) == ["anna", "ben"]
    begin(clock, "Its flow is gone.")
    failed = desk.get(draft.id)
    assert failed is not None
    assert (failed.status, chosen(failed)) == (S.FAILED, [])

    narrowed = desk.edit(desk.unschedule(failed, "boss"), audience="tags = vip")
    desk.send(narrowed, "boss")
    clock.advance(seconds=16)
    begin(clock)
    assert broadcasts.get(draft.id).status == S.SENDING  # type: ignore[union-attr]
    assert chosen(draft) == ["anna"]


def test_one_that_starts_while_somebody_opens_it_is_not_taken_back_half(desk: Desk, clock: Clock) -> None:
    draft = made(desk, scheduled_for=START + timedelta(minutes=5))
    desk.schedule(draft, "boss")
    clock.advance(minutes=5)
    seen = desk.get(draft.id)
    assert seen is not None
    sweep.start_due(clock.now(), lambda *_: None)
    assert plan(draft.id, clock.now())
    with pytest.raises(IllegalMove):
        desk.unschedule(seen, "boss")
    assert chosen(draft) == ["anna", "ben"]


def test_a_start_and_an_edit_at_once_leave_one_or_the_other(desk: Desk, clock: Clock) -> None:
    draft = made(desk, scheduled_for=START + timedelta(minutes=5))
    desk.schedule(draft, "boss")
    clock.advance(minutes=5)
    looked, started = threading.Event(), threading.Event()

    def worker() -> None:
        looked.wait(5)
        sweep.start_due(clock.now(), lambda *_: None)
        plan(draft.id, clock.now())
        started.set()
        proxy.close()

    thread = threading.Thread(target=worker)
    thread.start()
    taken_back = True
    with transaction():
        seen = desk.get(draft.id)
        assert seen is not None
        looked.set()
        started.wait(2 if is_postgres() else 0.2)  # on SQLite it waits for this transaction
        try:
            desk.unschedule(seen, "boss")
        except IllegalMove:
            taken_back = False
    thread.join()
    row = broadcasts.get(draft.id)
    assert row is not None
    assert (row.status, row.planned_at is None, chosen(draft)) == (
        (S.DRAFT, True, []) if taken_back else (S.STARTING, False, ["anna", "ben"])
    )


def test_one_on_its_way_cannot_be_sent_again(desk: Desk, clock: Clock) -> None:
    draft = made(desk)
    desk.send(draft, "boss")
    clock.advance(seconds=16)
    begin(clock)
    sending = desk.get(draft.id)
    assert sending is not None
    desk.pause(sending, "boss")
    paused = desk.get(draft.id)
    assert paused is not None
    with pytest.raises(IllegalMove):
        desk.send(paused, "boss")
    assert broadcasts.get(draft.id).status == S.PAUSED  # type: ignore[union-attr]


def test_a_day_is_the_same_on_the_card_and_at_the_start(desk: Desk, clock: Clock) -> None:
    clock.advance(hours=10)  # evening in the channel's zone, tomorrow in the broadcast's
    draft = made(desk, audience="first_seen = yesterday", time_zone="Asia/Tokyo")
    assert desk.reach(draft).can_get == 2
    desk.send(draft, "boss")
    begin(clock)
    assert chosen(draft) == ["anna", "ben"]


def test_to_resume_does_not_end_what_the_platform_asked_for(desk: Desk, clock: Clock) -> None:
    draft = made(desk)
    desk.send(draft, "boss")
    clock.advance(seconds=16)
    begin(clock)
    until = clock.now() + timedelta(minutes=1)
    channels.pause(desk.channel_id, "slow down", until, clock.now())
    sending = desk.get(draft.id)
    assert sending is not None
    desk.pause(sending, "boss")
    paused = desk.get(draft.id)
    assert paused is not None
    desk.resume(paused, "boss")
    assert desk.held() == ("slow down", until)
