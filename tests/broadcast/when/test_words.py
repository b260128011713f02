"""Times, distances, zones and lengths in words, and the rule for what is late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast.when.durations import parse_duration
from broadcast.when.late import parse_late, too_late
from broadcast.when.normal import normalise
from broadcast.when.words import canonical, say_distance, say_time
from broadcast.when.zones import find_zone, zone_name
from handlers.contract import Problem
from tests.broadcast.when.clocks import BERLIN, NOW, SHANGHAI, at

SAID = (
    (at("2026-11-27T13:00"), BERLIN, "en", "Fri 27 Nov 2026, 13:00 Europe/Berlin, in 3 d 2 h"),
    (at("2026-11-27T13:00"), BERLIN, "de", "Fri 27 Nov 2026, 13:00 Europe/Berlin, in 3 d 2 h"),
    (
        at("2026-11-27T20:00", SHANGHAI),
        SHANGHAI,
        "zh_Hans_CN",
        "2026年11月27日 周五 20:00 Asia/Shanghai，3 天 2 小时后",
    ),
    (at("2026-11-24T11:30:20"), BERLIN, "en", "Tue 24 Nov 2026, 11:30:20 Europe/Berlin, in 30 min"),
    (at("2027-10-31T02:30"), BERLIN, "en", "Sun 31 Oct 2027, 02:30 +02:00 Europe/Berlin, in 340 d 14 h"),
    (at("2026-11-24T09:00"), BERLIN, "en", "Tue 24 Nov 2026, 09:00 Europe/Berlin"),
    (at("2026-11-24T20:00", SHANGHAI), ZoneInfo("Etc/GMT-8"), "en", "Tue 24 Nov 2026, 20:00 UTC+8, in 2 h"),
)

DISTANCES = (
    (timedelta(seconds=1), "1 s", "1 秒"),
    (timedelta(seconds=59, milliseconds=700), "1 min", "1 分钟"),
    (timedelta(minutes=45, seconds=20), "45 min", "45 分钟"),
    (timedelta(hours=1, minutes=59, seconds=59), "2 h", "2 小时"),
    (timedelta(hours=2, minutes=5), "2 h 5 min", "2 小时 5 分钟"),
    (timedelta(hours=23, minutes=59, seconds=40), "1 d", "1 天"),
    (timedelta(days=3, hours=1, minutes=40), "3 d 2 h", "3 天 2 小时"),
    (-timedelta(hours=3), "3 h", "3 小时"),
    (timedelta(milliseconds=1), "1 s", "1 秒"),
)

ZONES = (
    ("berlin", "Europe/Berlin"),
    ("EUROPE/BERLIN", "Europe/Berlin"),
    ("utc", "UTC"),
    ("Z", "UTC"),
    ("UTC+0", "UTC"),
    ("+08:00", "Etc/GMT-8"),
    ("UTC+8", "Etc/GMT-8"),
    ("gmt -3", "Etc/GMT+3"),
    ("＋０８：００", "Etc/GMT-8"),
    ("UTC+5:30", "Asia/Kolkata"),
    ("New York", "America/New_York"),
    ("istanbul", "Europe/Istanbul"),
    ("Beijing", "Asia/Shanghai"),
    ("北京时间", "Asia/Shanghai"),
    ("纽约", "America/New_York"),
    ("柏林", "Europe/Berlin"),
)

NO_ZONES = (
    ("berln", "Europe/Berlin"),
    ("Bejing", "Asia/Shanghai"),
    ("Europe/Pariss", "Europe/Paris"),
    ("CST", "Asia/Shanghai, America/Chicago"),
    ("+15", ""),
    ("+13:20", ""),
    ("../../etc/passwd", ""),
    ("", ""),
)

LENGTHS = (
    ("1 h", timedelta(hours=1)),
    ("30 min", timedelta(minutes=30)),
    ("1h 30m", timedelta(minutes=90)),
    ("2小时", timedelta(hours=2)),
    ("半小时", timedelta(minutes=30)),
    ("一个半小时", timedelta(minutes=90)),
    ("两天", timedelta(days=2)),
    ("half an hour", timedelta(minutes=30)),
    ("0 min", timedelta(0)),
)

SPELLINGS = (
    ("  Tomorrow   9 ", "tomorrow 9"),
    ("１８：３０", "18:30"),
    ("二十三", "23"),
    ("二〇二六", "2026"),
    ("十", "10"),
    ("一百零五", "105"),
    ("零五", "05"),
    ("周五十点", "周五10点"),
    ("星期一", "星期一"),
    ("At Nine!", "at 9"),
    ("後天兩點", "后天2点"),
)


@pytest.mark.parametrize(("moment", "zone", "locale", "words"), SAID)
def test_a_time_is_said_with_date_zone_and_distance(moment: datetime, zone: ZoneInfo, locale: str, words: str) -> None:
    assert say_time(moment.astimezone(UTC), zone, NOW, locale) == words


@pytest.mark.parametrize(("delta", "english", "chinese"), DISTANCES)
def test_a_distance_has_its_two_largest_units(delta: timedelta, english: str, chinese: str) -> None:
    assert (say_distance(delta, "en"), say_distance(delta, "zh")) == (english, chinese)


def test_the_canonical_text_names_the_offset_only_where_the_clock_repeats() -> None:
    assert canonical(at("2026-12-24T18:00"), BERLIN) == "2026-12-24 18:00 Europe/Berlin"
    assert canonical(at("2026-10-25T02:30").replace(fold=1), BERLIN) == "2026-10-25 02:30+01:00 Europe/Berlin"


@pytest.mark.parametrize(("text", "name"), ZONES)
def test_a_zone_is_found_by_name_city_and_offset(text: str, name: str) -> None:
    assert find_zone(text) == ZoneInfo(name)


@pytest.mark.parametrize(("text", "nearest"), NO_ZONES)
def test_an_unknown_zone_is_answered_with_the_nearest(text: str, nearest: str) -> None:
    problem = find_zone(text)
    assert isinstance(problem, Problem)
    assert problem.facts["nearest"] == nearest
    assert problem.sentence.format(**problem.facts)


def test_zones_with_the_sign_turned_round_are_said_the_usual_way() -> None:
    assert [zone_name(ZoneInfo(name)) for name in ("Etc/GMT-8", "Etc/GMT+3", "UTC")] == ["UTC+8", "UTC-3", "UTC"]


@pytest.mark.parametrize(("text", "length"), LENGTHS)
def test_a_length_of_time_is_read_in_both_languages(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "90", "an egg", "now", "tomorrow 9"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    problem = parse_duration(text)
    assert isinstance(problem, Problem)
    assert problem.code == "not_a_duration"
    assert problem.sentence.format(**problem.facts)


@pytest.mark.parametrize(("text", "plain"), SPELLINGS)
def test_many_spellings_become_one(text: str, plain: str) -> None:
    assert normalise(text) == plain
    assert normalise(plain) == plain


@pytest.mark.parametrize("text", ["31 d", "5000 weeks", "721 h"])
def test_nobody_can_allow_more_than_a_month_of_lateness(text: str) -> None:
    problem = parse_late(text)
    assert isinstance(problem, Problem)
    assert "30 days" in problem.sentence.format(**problem.facts)


def test_a_month_of_lateness_and_what_is_no_time_are_told_apart() -> None:
    assert parse_late("30 d") == timedelta(days=30)
    said = parse_late("soon")
    assert isinstance(said, Problem)
    assert said.code == "not_a_duration"


def test_exactly_as_late_as_allowed_is_still_in_time() -> None:
    hour = timedelta(hours=1)
    assert not too_late(NOW, NOW - hour, hour)
    assert not too_late(NOW, NOW + hour, hour)
    assert too_late(NOW, NOW + hour + timedelta(seconds=1), hour)
