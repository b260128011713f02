"""A retry reaches exactly those an earlier broadcast did not, on both databases; the ones in doubt are a choice."""

from datetime import timedelta
from typing import Any

import pytest

from broadcast.plan import plan
from broadcast.service import Desk
from handlers.content import Content, Text
from storage import broadcasts, entries, ledger, subscribers
from storage.lifecycle import BroadcastStatus, Consent
from storage.models import Recipient
from tests.conftest import START

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
        subscribers.saw(desk.channel_id, person, START, START + timedelta(hours=20))
    draft = desk.edit(desk.create("Spring", "boss"), content=Content(messages=(Text(text="Hello!"),)))
    start(desk, draft)
    for number, (state, reason) in enumerate(CAME_OUT.values(), start=1):
        Recipient.update(state=state, reason=reason).where(Recipient.subscriber == number).execute()
    subscribers.set_consent(desk.channel_id, "out", Consent.OPTED_OUT, START)
    ledger.record_accepted(draft.id, 1, [(7, 0, "m")], START)  # its echo came after all
    broadcasts.move(draft.id, BroadcastStatus.SENDING, "boss", START)
    broadcasts.move(draft.id, BroadcastStatus.SENT, "boss", START)
    return desk.get(draft.id)


def start(desk: Desk, draft: Any) -> list[str]:
    """Choose the audience as a start does; return who is in it."""
    broadcasts.move(draft.id, BroadcastStatus.STARTING, "boss", START)
    assert plan(draft.id, START)
    return sorted(person for person, *_ in entries.rows(draft.id))


def test_a_retry_is_for_those_not_reached_who_still_want_to_hear_from_us(desk: Desk, over):
    assert desk.may_retry(over)
    assert start(desk, desk.retry(over, "boss")) == ["closed", "failed"]
    assert not desk.may_retry(over)


def test_those_in_doubt_are_a_choice_of_their_own(desk: Desk, over):
    assert desk.doubtful(over) == 1
    assert start(desk, desk.resend_doubtful(over, "boss")) == ["doubt"]


def test_nobody_is_asked_twice_by_two_retries(desk: Desk, over):
    first, second = desk.resend_doubtful(over, "boss"), desk.resend_doubtful(over, "boss")
    assert start(desk, first) == ["doubt"]
    assert start(desk, second) == []
    assert desk.doubtful(over) == 0
