"""What holds for every zone of the database, every time and every text."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.when.instants import gap, instants, offset_at
from broadcast.when.parse import parse_time
from broadcast.when.readings import Ambiguous, At, Option
from broadcast.when.resolve import MOST_AHEAD
from broadcast.when.words import canonical, say_time
from broadcast.when.zones import find_zone, zone_name
from handlers.contract import Problem

ZONES = sorted(zoneinfo.available_timezones())
FIRST, LAST = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2040-01-01")
WORDS = """
in at on now later next this 2 24 12 03 9 9am 6.30pm 18:30 25:00 02:30 : / . - , + 2026 2027 9999 dec fri monday
tomorrow tonight midnight noon h min days utc berlin +08:00 z 24th T half an
明天 后天 下 周五 点 半 刻 月 日 号 年 十二 两 小时 后 晚上 下午 今晚 午夜 北京时间
"""
nows = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
zones = st.sampled_from(ZONES).map(ZoneInfo)
distances = st.integers(1, int(MOST_AHEAD.total_seconds()) - 1).map(lambda seconds: timedelta(seconds=seconds))
words = st.sampled_from(WORDS.split())
texts = st.lists(words, max_size=8).flatmap(lambda said: st.sampled_from(["".join(said), " ".join(said)])) | st.text(
    max_size=30
)


def jumps(zone: ZoneInfo, start: datetime) -> list[datetime]:
    """Return the instants within a year of `start` at which clocks in `zone` are changed."""
    found = []
    low = start
    for week in range(1, 53):
        high = start + timedelta(weeks=week)
        if offset_at(low, zone) != offset_at(high, zone):
            early, late = low, high
            while late - early > timedelta(seconds=1):
                middle = early + (late - early) // 2
                early, late = (middle, late) if offset_at(middle, zone) == offset_at(early, zone) else (early, middle)
            found.append(late.replace(microsecond=0))
        low = high
    return found


def echoes(moment: datetime, zone: ZoneInfo, now: datetime) -> list[str]:
    return [canonical(moment, zone), *(say_time(moment, zone, now, locale) for locale in ("en", "zh_Hans_CN"))]


@settings(max_examples=300, deadline=None)
@given(now=nows, zone=zones, distance=distances)
def test_every_time_said_back_and_typed_again_is_the_same_instant(
    now: datetime, zone: ZoneInfo, distance: timedelta
) -> None:
    moment = (now + distance).replace(microsecond=0)
    if moment <= now:
        moment += timedelta(seconds=1)
    for text in echoes(moment, zone, now):
        reading = parse_time(text, now, zone)
        assert isinstance(reading, At), text
        assert (reading.moment, zone_name(reading.zone)) == (moment, zone_name(zone)), text


@pytest.mark.parametrize("year", [2026, 2031])
def test_in_every_zone_gaps_are_refused_and_folds_asked(year: int) -> None:
    """Every change of a clock in a year and every zone of the database, with the times around it said back."""
    now = datetime(year, 1, 10, 12, tzinfo=UTC)
    gaps = folds = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        for jump in jumps(zone, now):
            before, after = offset_at(jump - timedelta(seconds=1), zone), offset_at(jump, zone)
            wall = jump.replace(tzinfo=None) + (before + after) / 2  # in the middle of what is left out or repeated
            for minutes in (-1, 0, 90):
                moment = jump + timedelta(minutes=minutes)
                for text in echoes(moment, zone, now):
                    again = parse_time(text, now, zone)
                    assert isinstance(again, At), text
                    assert again.moment == moment, text
            reading = parse_time(f"{wall:%Y-%m-%d %H:%M:%S}", now, zone)
            if after > before:
                gaps += 1
                assert isinstance(reading, Problem), (name, wall)
                assert reading.code == "does_not_exist"
                jumped = jump.replace(tzinfo=None)
                assert gap(wall, zone) == (jump, jumped + before, jumped + after)
            else:
                folds += 1
                assert isinstance(reading, Ambiguous), (name, wall)
                assert reading.code == "twice"
                assert len(reading.options) == 2
                for option in reading.options:
                    assert_means_itself(option, now, zone)
    assert gaps > 100
    assert folds > 100


def assert_means_itself(option: Option, now: datetime, zone: ZoneInfo) -> None:
    for text in (option.text, *echoes(option.moment, option.zone, now)):
        assert parse_time(text, now, zone) == At(option.moment, option.zone), text


@settings(max_examples=400, deadline=None)
@given(text=texts, now=nows, zone=zones)
def test_whatever_is_typed_nothing_is_ever_in_the_past_nor_raises(text: str, now: datetime, zone: ZoneInfo) -> None:
    reading = parse_time(text, now, zone)
    match reading:
        case At(moment):
            assert moment.tzinfo is UTC
            assert now < moment <= now + MOST_AHEAD
            assert moment.microsecond == 0
        case Ambiguous(options=options):
            assert len(options) >= 2
            for option in options:
                assert now < option.moment <= now + MOST_AHEAD
                assert parse_time(option.text, now, zone) == At(option.moment, option.zone)
        case Problem(sentence=sentence, facts=facts):
            assert sentence.format(**facts)


@settings(max_examples=200, deadline=None)
@given(now=nows, zone=zones, minutes=st.integers(0, 1439))
def test_a_time_of_day_alone_is_the_next_one(now: datetime, zone: ZoneInfo, minutes: int) -> None:
    reading = parse_time(f"{minutes // 60:02}:{minutes % 60:02}", now, zone)
    if isinstance(reading, At):
        local = reading.moment.astimezone(zone)
        assert (local.hour, local.minute) == divmod(minutes, 60)
        assert reading.moment - now <= timedelta(hours=26)  # a day with a clock put back has more than 24 hours


@given(now=nows, zone=zones, wall=st.datetimes(FIRST, LAST))
def test_the_instants_of_a_wall_clock_are_all_that_show_it(now: datetime, zone: ZoneInfo, wall: datetime) -> None:
    for moment in instants(wall, zone):
        assert moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall


def test_every_zone_is_found_by_the_name_it_is_said_with() -> None:
    for name in ZONES:
        for typed in (name, name.upper(), name.replace("_", " "), zone_name(ZoneInfo(name))):
            found = find_zone(typed)
            assert isinstance(found, ZoneInfo)
            assert zone_name(found) == zone_name(ZoneInfo(name))
