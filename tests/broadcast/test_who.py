"""Filters speak of broadcasts and flows that exist, and count by what really happened."""

from collections.abc import Callable
from datetime import timedelta

import peewee as pw
import pytest

from broadcast.audience.problems import Code, FilterProblem
from broadcast.service import Desk
from storage import broadcasts, ledger, subscribers
from storage.models import Broadcast, Click, FlowRun, Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

DAY = timedelta(days=1)
HAPPENED = (("old", 20, "abc"), ("new", 2, "bcd"))
"""Broadcasts by name: how many days ago, and whom of a to e it reached."""


@pytest.fixture
def desk(database: pw.Database, make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk(flows={"onboarding": "Onboarding"})
    for person in "abcde":
        saw(desk.channel_id, person, START, None)
    for name, days, reached in HAPPENED:
        at = START - days * DAY
        row = broadcasts.create(desk.channel_id, name, "anna", at)
        ledger.plan(row.id, desk.channel_id, None, {}, at)
        Broadcast.update(status="sent", started_at=at, finished_at=at).where(Broadcast.id == row.id).execute()
        who = Subscriber.select(Subscriber.id).where(Subscriber.platform_user_id << list(reached))
        Recipient.update(state="sent", step=1, sent_at=at).where(
            (Recipient.broadcast == row.id) & Recipient.subscriber.in_(who)
        ).execute()
    c = subscribers.find(desk.channel_id, "c")
    assert c is not None
    Click.create(broadcast=2, subscriber=c.id, button="0.0", at=START - DAY)
    FlowRun.create(
        channel=desk.channel_id, subscriber=c.id, flow="survey", status="completed", started_at=START, ended_at=START
    )
    return desk


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("got any", "abcd"),
        ("not got any", "e"),
        ("got any in the last 7 days", "bcd"),
        ("not got any in the last 7 days", "ae"),
        ("got old and not got new", "a"),
        ("not (got old and got new)", "ade"),
        ("not got old or not got new", "ade"),
        ("clicked any", "c"),
        ("clicked new in the last 12 hours", ""),
        ("did not click new", "bd"),
        ("completed survey", "c"),
        ("not completed survey and got new", "bd"),
        ("not started onboarding", "abcde"),
    ],
)
def test_earlier_broadcasts_and_flows_choose_exactly_those_people(desk: Desk, text: str, people: str) -> None:
    assert desk.check(text) is None
    assert "".join(sorted(desk.some_of(text, 9))) == people
    assert desk.count(text) == len(people)


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("not got nwe", Code.UNKNOWN_BROADCAST, "new"),
        ("completed onbording", Code.UNKNOWN_FLOW, "onboarding"),
        ("completed surveys", Code.UNKNOWN_FLOW, "survey"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest(
    desk: Desk, text: str, code: Code, nearest: str
) -> None:
    problem = desk.check(text)
    assert problem is not None
    assert (problem.code, problem.nearest) == (code, nearest)


def test_a_filter_that_names_a_broadcast_no_longer_there_matches_nobody_rather_than_everybody(desk: Desk) -> None:
    Broadcast.update(name="renamed").where(Broadcast.name == "new").execute()
    with pytest.raises(FilterProblem):
        desk.count("not got new")
