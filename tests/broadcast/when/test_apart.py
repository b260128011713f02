"""The meanings of a time that has several are told apart by what fits a button."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from broadcast.when.words import say_apart

ZONE = ZoneInfo("Europe/Berlin")
ROWS = (
    ("days of a year", ["2027-03-04T10:00", "2027-04-03T10:00"], ["4 March", "3 April"], ["3月4日", "4月3日"]),
    (
        "days of two years",
        ["2026-12-03T10:00", "2027-09-12T10:00"],
        ["3 Dec 2026", "12 Sep 2027"],
        ["2026年12月3日", "2027年9月12日"],
    ),
    ("times of a day", ["2027-03-04T09:00", "2027-03-04T21:00"], ["09:00", "21:00"], ["09:00", "21:00"]),
)


@pytest.mark.parametrize(("moments", "english", "chinese"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_titles_are_what_differs(moments: list[str], english: list[str], chinese: list[str]) -> None:
    local = [datetime.fromisoformat(moment).replace(tzinfo=ZONE) for moment in moments]
    assert (say_apart(local, "en"), say_apart(local, "zh_CN")) == (english, chinese)


def test_a_time_that_clocks_show_twice_is_told_apart_by_its_offset() -> None:
    twice = [datetime(2027, 10, 31, 2, 30, tzinfo=ZONE, fold=fold) for fold in (0, 1)]
    assert say_apart(twice) == ["02:30 +02:00", "02:30 +01:00"]
