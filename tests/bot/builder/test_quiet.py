"""The review card says who would get it only when their quiet hours end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.builder.quiet import say_quiet
from bot.texts import texts
from broadcast.quiet import quiet_hours
from storage.models import Subscriber
from tests.bot.conversation.turns import turn
from tests.support.people import saw

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def desk(database, make_desk, clock):
    """A desk in Berlin, 10:00 there, with two people in Shanghai (17:00), one here and one who is nowhere known."""
    desk = make_desk(quiet=quiet_hours("16:00-20:00", BERLIN))
    zones = {"one": "Asia/Shanghai", "two": "UTC+08:00", "three": "Europe/Berlin", "four": "", "gone": "Asia/Shanghai"}
    for person, zone in zones.items():
        saw(desk.channel_id, person, clock.now(), clock.now() + timedelta(hours=20))
        Subscriber.update(timezone=zone).where(Subscriber.platform_user_id == person).execute()
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == "gone").execute()
    return desk


def test_it_counts_people_by_the_clock_where_they_live(desk):
    draft = desk.create("Spring sale", "boss")
    assert desk.disturbed(draft) == 2
    assert say_quiet(turn(desk=desk), draft) == [
        "2 of these have quiet hours (16:00-20:00) then, and get it when they end."
    ]
    assert "免打扰" in say_quiet(turn(desk=desk, texts=texts("zh_CN")), draft)[0]


def test_it_counts_for_the_time_at_which_the_broadcast_starts(desk):
    draft = desk.create("Spring sale", "boss")
    later = desk.edit(draft, scheduled_for=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    assert desk.disturbed(later) == 2, "those here and those of whom nothing is known"


def test_it_says_nothing_where_there_are_no_quiet_hours(desk, make_desk):
    bare = make_desk()
    assert say_quiet(turn(desk=bare), bare.create("Spring sale", "boss")) == []
