"""Who may send alone, and what can never be sent, is decided where sending is: no way leads around it."""

from datetime import datetime, timedelta
from typing import Any

import peewee as pw
import pytest

from broadcast.draft import Draft
from broadcast.service import Desk, Unsendable
from handlers.content import Content, Text
from storage import approvals
from storage.lifecycle import BroadcastStatus
from storage.models import Admin
from tests.conftest import START
from tests.support.people import saw

HELLO = Content(messages=(Text(text="Hello"),))


def people(desk: Desk, number: int, *, window: timedelta = timedelta(hours=20)) -> None:
    for at in range(number):
        saw(desk.channel_id, f"p{at}", START, START + window)


def admin(desk: Desk, person: str, role: str) -> None:
    Admin.create(channel=desk.channel_id, platform_user_id=person, role=role, added_at=START)


def draft(desk: Desk, by: str, **changes: Any) -> Draft:
    return desk.edit(desk.create("Sale", by), content=HELLO, **changes)


def refused(desk: Desk, one: Draft, by: str) -> list[str]:
    with pytest.raises(Unsendable) as caught:
        desk.send(one, by)
    return [problem.code for problem in caught.value.found]


ROWS = (
    ("sender", 3, 0, False),
    ("sender", 3, 3, False),
    ("sender", 3, 2, True),
    ("owner", 3, 2, True),
    ("writer", 1, 0, True),
)


@pytest.mark.parametrize(("role", "number", "above", "needed"), ROWS)
def test_a_second_person_is_needed_above_the_limit_and_for_every_writer(
    sqlite: pw.Database, make_desk: Any, role: str, number: int, above: int, needed: bool
) -> None:
    desk = make_desk(approve_above=above)
    admin(desk, "anna", role)
    people(desk, number)
    one = draft(desk, "anna")
    assert desk.needs_approval(one, "anna") is needed
    if needed:
        assert refused(desk, one, "anna") == ["needs_approval"]
        desk.send(one, "anna", approved=True)
    else:
        desk.send(one, "anna")
    assert desk.get(one.id).status is BroadcastStatus.STARTING


def test_a_scheduled_send_counts_those_who_may_write_until_then(sqlite: pw.Database, make_desk: Any) -> None:
    desk = make_desk(approve_above=2)
    admin(desk, "anna", "sender")
    people(desk, 3, window=timedelta(hours=1))
    one = draft(desk, "anna", scheduled_for=START + timedelta(days=2))
    with pytest.raises(Unsendable):
        desk.schedule(one, "anna")
    desk.schedule(one, "anna", approved=True)


def test_a_program_sends_alone(sqlite: pw.Database, make_desk: Any) -> None:
    desk = make_desk(approve_above=1)
    people(desk, 3)
    one = draft(desk, "the shop")
    desk.send(one, "the shop")
    sent = desk.get(one.id)
    assert sent is not None
    assert sent.status == "starting"


def test_practice_is_never_sent_and_never_listed(desk: Desk) -> None:
    admin(desk, "anna", "owner")
    people(desk, 3)
    one = desk.edit(desk.practise("Practice", "anna"), content=HELLO)
    assert refused(desk, one, "anna") == ["practice"]
    assert desk.listed() == []


def test_a_request_is_decided_once_and_the_newest_is_the_open_one(desk: Desk) -> None:
    one = draft(desk, "anna")
    later: datetime = START + timedelta(hours=24)
    approvals.ask(one.id, one.version, 3, "anna", START, later)
    approvals.ask(one.id, one.version, 5, "anna", START, later)
    asked = approvals.open_for(one.id)
    assert asked is not None
    assert asked.people == 5
    assert approvals.decide(asked.id, approvals.APPROVED, "ben", START)
    assert not approvals.decide(asked.id, approvals.REFUSED, "carl", START)
    assert approvals.open_for(one.id) is None
