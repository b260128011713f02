"""What a filter means for one person: the rules that the query must follow too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast.audience.matches import FlowRun, Person, Received, matches
from broadcast.audience.parse import parse
from tests.broadcast.audience.strategies import NOW, VOCABULARY

ANN = Person(
    profile={
        "first_name": "Émile",
        "last_name": "",
        "language": "FR",
        "city": "МОСКВА",
        "first_seen_at": NOW - timedelta(days=30),
        "last_seen_at": datetime(2026, 11, 24, 0, 0, tzinfo=UTC),
        "followed_at": None,
        "window_expires_at": NOW + timedelta(hours=2),
        "unreachable": False,
    },
    variables={"plan": "Pro Plus", "points": 5, "vip": True, "birthday": "2000-02-29", "会员": ""},
    tags=("VIP", "beta"),
    flows=(
        FlowRun(flow="welcome", status="started", started_at=NOW - timedelta(days=3)),
        FlowRun(
            flow="survey", status="completed", started_at=NOW - timedelta(days=40), ended_at=NOW - timedelta(days=2)
        ),
        FlowRun(flow="quiz", status="dropped", started_at=NOW - timedelta(days=9), ended_at=NOW - timedelta(days=8)),
    ),
    broadcasts=(
        Received(broadcast="Sale", at=NOW - timedelta(days=6), clicked_at=NOW - timedelta(days=1)),
        Received(broadcast="News", at=NOW - timedelta(days=20)),
    ),
)

TRUE = (
    "everyone",
    "language = fr",
    "first_name = émile",
    "first_name starts with é",
    "city = москва and city = Москва",
    "city contains оск",
    "last_name != Smith",
    "last_name is not set",
    "not last_name contains x",
    "plan = 'PRO PLUS'",
    "plan in (free, pro plus)",
    "points >= 5 and points <= 5 and points = 5.0 and points between 5 and 6",
    "points in (4, 5)",
    "vip = yes and vip is set and vip != no",
    "会员 is not set and 会员 != x",
    "birthday < 2000-03-01 and birthday > 2000-02-28 and birthday = 2000-02-29",
    "last_seen = today and last_seen >= today and last_seen <= today and last_seen > yesterday",
    "last_seen < tomorrow and last_seen between yesterday and today",
    "last_seen in the last 10 hours",
    "first_seen in the last 30 days and first_seen >= 30 days ago and first_seen <= 30 days ago",
    "not followed > 2000-01-01 and not followed <= 2000-01-01 and followed is not set",
    "window_expires in the next 2 hours and window_expires > now",
    "unreachable = no",
    "tag = vip and tag in (x, beta) and tag != x",
    "started welcome and in welcome and not completed welcome and not dropped out of welcome",
    "completed survey in the last 2 days and not started survey in the last 30 days",
    "dropped out of quiz and not dropped out of quiz in the last week",
    "got sale and got any in the last 7 days and not got news in the last 7 days",
    "clicked sale in the last day and clicked any and not clicked news",
    "did not click news and not (did not click sale) and not (did not click other)",
)

FALSE = (
    "language = f",
    "first_name = emile",
    "last_name = x",
    "last_name is set",
    "points > 5 or points < 5",
    "plan starts with plus",
    "vip = no",
    "birthday is not set",
    "last_seen > today or last_seen < today",
    "last_seen in the last 9 hours",
    "first_seen < 30 days ago or first_seen > 30 days ago",
    "followed < tomorrow or followed > yesterday",
    "window_expires in the next hour or window_expires in the last 5 days",
    "tag = x",
    "not everyone",
)


@pytest.mark.parametrize("asked", TRUE)
def test_it_is_true_of_ann(asked: str) -> None:
    named = replace(ANN, broadcasts=tuple(replace(each, broadcast=each.broadcast.lower()) for each in ANN.broadcasts))
    assert matches(parse(asked, VOCABULARY), named, now=NOW)


@pytest.mark.parametrize("asked", FALSE)
def test_it_is_false_of_ann(asked: str) -> None:
    assert not matches(parse(asked, VOCABULARY), ANN, now=NOW)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"points": "5"}, "points >= 0"),
        ({"points": True}, "points = 1"),
        ({"plan": 5}, "plan = 5"),
        ({"plan": ["pro"]}, "plan contains pro"),
        ({"vip": "yes"}, "vip = yes"),
        ({"vip": 1}, "vip = yes"),
        ({"birthday": "1 May"}, "birthday > 1900-01-01"),
        ({"birthday": 20260101}, "birthday is set"),
        ({"plan": None}, "plan is set"),
    ],
)
def test_a_mistyped_value_is_a_missing_one(variables: dict[str, object], asked: str) -> None:
    mistyped = Person(profile={}, variables=variables)
    assert not matches(parse(asked, VOCABULARY), mistyped, now=NOW)
    assert matches(parse(f"not ({asked})", VOCABULARY), mistyped, now=NOW)


def test_days_begin_where_now_says() -> None:
    late = Person(profile={"last_seen_at": datetime(2026, 11, 23, 23, 30, tzinfo=UTC)})
    today = parse("last_seen = today", VOCABULARY)
    assert not matches(today, late, now=NOW)
    assert matches(today, late, now=NOW.astimezone(ZoneInfo("Europe/Berlin")))


def test_a_day_that_the_clocks_make_longer_is_still_one_day() -> None:
    berlin = datetime(2026, 10, 26, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    on_the_day = parse("last_seen = 2026-10-25", VOCABULARY)
    for moment, inside in (
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), False),
    ):
        assert matches(on_the_day, Person(profile={"last_seen_at": moment}), now=berlin) is inside
