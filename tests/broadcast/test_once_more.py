"""A retry reaches exactly those an earlier broadcast did not, on both databases; the ones in doubt are a choice."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from broadcast import once_more, quota
from broadcast.plan import plan
from broadcast.service import Desk
from handlers.content import Content, Text
from storage import broadcasts, entries, ledger, subscribers
from storage.database import is_postgres, proxy
from storage.lifecycle import BroadcastStatus, Consent
from storage.models import Recipient
from tests.conftest import START
from tests.support.people import saw

CAME_OUT = {
    "sent": ("sent", ""), "read": ("read", ""), "failed": ("failed", "invalid"),
    "closed": ("skipped", "outside_window"),
    "out": ("skipped", "opted_out"), "doubt": ("unknown", "no_answer"), "settled": ("unknown", "worker_lost"),
}  # fmt: skip


@pytest.fixture
def desk(database: object, make_desk: Any) -> Desk:
    return make_desk()


@pytest.fixture
def over(desk: Desk):
    """A broadcast that came out in every way there is."""
    for person in CAME_OUT:
        saw(desk.channel_id, person, START, START + timedelta(hours=20))
    draft = desk.edit(desk.create("Spring", "boss"), content=Content(messages=(Text(text="Hello!"),)))
    start(desk, draft)
    for number, (state, reason) in enumerate(CAME_OUT.values(), start=1):
        called = None if state == "skipped" else START
        Recipient.update(state=state, reason=reason, sent_at=called).where(Recipient.subscriber == number).execute()
    subscribers.set_consent(desk.channel_id, "out", Consent.OPTED_OUT, START)
    ledger.record_evidence(draft.id, 1, [(7, 0, "m")], START)  # its echo came after all
    broadcasts.move(draft.id, BroadcastStatus.SENDING, "boss", START)
    broadcasts.move(draft.id, BroadcastStatus.SENT, "boss", START)
    return desk.get(draft.id)


def start(desk: Desk, draft: Any) -> list[str]:
    """Choose the audience as a start does; return who is in it."""
    broadcasts.move(draft.id, BroadcastStatus.STARTING, "boss", START)
    assert plan(draft.id, START)
    return sorted(person for person, *_ in entries.rows(draft.id))


def test_a_retry_is_for_those_not_reached_who_still_want_to_hear_from_us(desk: Desk, over):
    assert once_more.may_retry(desk, over)
    assert start(desk, once_more.retry(desk, over, "boss")) == ["closed", "failed"]
    assert not once_more.may_retry(desk, over)


def test_those_in_doubt_are_a_choice_of_their_own(desk: Desk, over):
    assert once_more.doubtful(desk, over) == 1
    assert start(desk, once_more.resend(desk, over, "boss")) == ["doubt"]


def test_nobody_is_asked_twice_by_two_retries(desk: Desk, over):
    first, second = once_more.resend(desk, over, "boss"), once_more.resend(desk, over, "boss")
    assert start(desk, first) == ["doubt"]
    assert start(desk, second) == []
    assert once_more.doubtful(desk, over) == 0


def test_whom_any_later_try_reached_is_not_asked_again_by_a_retry_of_the_first(desk: Desk, over):
    """Retries of retries, and of the first one again, in any order."""
    second = once_more.retry(desk, over, "boss")
    assert start(desk, second) == ["closed", "failed"]
    ends(desk, second, "failed")
    third = once_more.retry(desk, desk.get(second.id), "boss")
    assert start(desk, third) == ["closed", "failed"]
    ends(desk, third, "sent")
    assert not once_more.may_retry(desk, over)
    assert not once_more.may_retry(desk, desk.get(second.id))
    assert start(desk, once_more.retry(desk, over, "boss")) == []


def test_whom_the_first_try_had_reached_after_all_is_left_out_of_later_ones(desk: Desk, over):
    second = once_more.retry(desk, over, "boss")
    start(desk, second)
    ends(desk, second, "failed")
    ledger.record_evidence(over.id, 1, [(3, 0, "m")], START)  # "failed" is proved to have it, late
    assert start(desk, once_more.retry(desk, desk.get(second.id), "boss")) == ["closed"]


def test_two_retries_that_start_at_once_do_not_both_take_the_same_people(desk: Desk, over, monkeypatch):
    if not is_postgres():
        return  # our transactions begin as writers there: there is only one at a time
    one, two = once_more.retry(desk, over, "boss"), once_more.retry(desk, over, "boss")
    for each in (one, two):
        broadcasts.move(each.id, BroadcastStatus.STARTING, "boss", START)
    looking, fit = threading.Event(), quota.fit

    def slow(draft: Any, now: Any) -> None:
        looking.set()
        if draft.id == one.id:
            time.sleep(0.3)  # long enough for the other to have planned, were it not kept waiting
        fit(draft, now)

    monkeypatch.setattr(quota, "fit", slow)
    first = threading.Thread(target=_plan, args=(one.id,))
    first.start()
    looking.wait(5)
    second = threading.Thread(target=_plan, args=(two.id,))
    second.start()
    for each in (first, second):
        each.join()
    assert [len(list(entries.rows(each.id))) for each in (one, two)] == [2, 0]


def _plan(broadcast_id: int) -> None:
    plan(broadcast_id, START)
    proxy.close()


def ends(desk: Desk, draft: Any, state: str) -> None:
    """Let a try end with everybody in one state."""
    Recipient.update(state=state, sent_at=START).where(Recipient.broadcast == draft.id).execute()
    broadcasts.move(draft.id, BroadcastStatus.SENDING, "boss", START)
    broadcasts.move(draft.id, BroadcastStatus.SENT, "boss", START)
