"""What every kind of time means: one row a text, read on Tuesday 24 November 2026, 11:00:20 in Berlin."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast.when.parse import parse_time
from broadcast.when.readings import Ambiguous, At, Later, Now
from broadcast.when.refusals import EXAMPLES
from handlers.contract import Problem
from tests.broadcast.when.clocks import BERLIN, NOW, SHANGHAI, at

ENGLISH = (
    ("in 2 hours", "2026-11-24T13:00:20"),
    ("in 90 min", "2026-11-24T12:30:20"),
    ("in 120 minutes", "2026-11-24T13:00:20"),
    ("in 1 h 30 m", "2026-11-24T12:30:20"),
    ("in 1h30m", "2026-11-24T12:30:20"),
    ("IN  An Hour", "2026-11-24T12:00:20"),
    ("in half an hour", "2026-11-24T11:30:20"),
    ("in 1.5 hours", "2026-11-24T12:30:20"),
    ("in 30 seconds", "2026-11-24T11:00:50"),
    ("2 hours later", "2026-11-24T13:00:20"),
    ("3 days from now", "2026-11-27T11:00:20"),
    ("in 3 days", "2026-11-27T11:00:20"),
    ("in five minutes", "2026-11-24T11:05:20"),
    ("in 1 hour and 30 minutes", "2026-11-24T12:30:20"),
    ("in 2 weeks", "2026-12-08T11:00:20"),
    ("in 3 days at 9", "2026-11-27T09:00"),
    ("in 1 d 2 h", "2026-11-25T13:00:20"),
    ("18:30", "2026-11-24T18:30"),
    ("18:30:15", "2026-11-24T18:30:15"),
    ("18.30", "2026-11-24T18:30"),
    ("at 18", "2026-11-24T18:00"),
    ("at 18:30", "2026-11-24T18:30"),
    ("@ 6:30pm", "2026-11-24T18:30"),
    ("at noon", "2026-11-24T12:00"),
    ("at 18:30 tomorrow", "2026-11-25T18:30"),
    ("at 9, friday", "2026-11-27T09:00"),
    ("at 18:30 on 24 dec", "2026-12-24T18:30"),
    ("at 9 tonight", "2026-11-24T21:00"),
    ("9:00", "2026-11-25T09:00"),
    ("11:00", "2026-11-25T11:00"),
    ("11:01", "2026-11-24T11:01"),
    ("24:00", "2026-11-25T00:00"),
    ("6pm", "2026-11-24T18:00"),
    ("6 p.m.", "2026-11-24T18:00"),
    ("6.30pm", "2026-11-24T18:30"),
    ("12am", "2026-11-25T00:00"),
    ("12pm", "2026-11-24T12:00"),
    ("noon", "2026-11-24T12:00"),
    ("midnight", "2026-11-25T00:00"),
    ("8 in the evening", "2026-11-24T20:00"),
    ("tonight", "2026-11-24T20:00"),
    ("tonight 8", "2026-11-24T20:00"),
    ("tonight at 12", "2026-11-25T00:00"),
    ("tonight at midnight", "2026-11-25T00:00"),
    ("8pm tonight", "2026-11-24T20:00"),
    ("8 tonight!", "2026-11-24T20:00"),
    ("friday evening at 8", "2026-11-27T20:00"),
    ("this afternoon", "2026-11-24T15:00"),
    ("today 15:00", "2026-11-24T15:00"),
    ("tomorrow", "2026-11-25T09:00"),
    ("tomorrow 9", "2026-11-25T09:00"),
    ("tomorrow 18", "2026-11-25T18:00"),
    ("tomorrow 6.30", "2026-11-25T06:30"),
    ("tomorrow at 9:15am", "2026-11-25T09:15"),
    ("tmr morning", "2026-11-25T09:00"),
    ("9am tomorrow", "2026-11-25T09:00"),
    ("9am, tomorrow", "2026-11-25T09:00"),
    ("day after tomorrow 10:00", "2026-11-26T10:00"),
    ("fri 9am", "2026-11-27T09:00"),
    ("FRIDAY, 9am", "2026-11-27T09:00"),
    ("6pm on fri", "2026-11-27T18:00"),
    ("tue 12", "2026-11-24T12:00"),
    ("tue 9", "2026-12-01T09:00"),
    ("monday", "2026-11-30T09:00"),
    ("this thursday 10:00", "2026-11-26T10:00"),
    ("next monday 9", "2026-11-30T09:00"),
    ("next tuesday 15:00", "2026-12-01T15:00"),
    ("24 dec 18:00", "2026-12-24T18:00"),
    ("24 dec 18", "2026-12-24T18:00"),
    ("24th of December, 6pm", "2026-12-24T18:00"),
    ("dec 24 6pm", "2026-12-24T18:00"),
    ("Dec 24, 2026, 6pm", "2026-12-24T18:00"),
    ("24 december", "2026-12-24T09:00"),
    ("24 december 2026", "2026-12-24T09:00"),
    ("18:00 on 24 dec", "2026-12-24T18:00"),
    ("18:00 on fri 27 nov", "2026-11-27T18:00"),
    ("23 nov 9:00", "2027-11-23T09:00"),
    ("the 24th at 12", "2026-11-24T12:00"),
    ("the 24th at 9", "2026-12-24T09:00"),
    ("24.12.2026 18:00", "2026-12-24T18:00"),
    ("24.12.26 18:00", "2026-12-24T18:00"),
    ("24.12. 18:00", "2026-12-24T18:00"),
    ("2026-12-24 18:00", "2026-12-24T18:00"),
    ("2026-12-24T18:00", "2026-12-24T18:00"),
    ("2026/12/24 18:00", "2026-12-24T18:00"),
    ("12/24 18:00", "2026-12-24T18:00"),
    ("24/12/2026 18:00", "2026-12-24T18:00"),
    ("12-24 18:00", "2026-12-24T18:00"),
    ("4/4 18:00", "2027-04-04T18:00"),
    ("10/12/2026 18:00", "2026-12-10T18:00"),  # 12 October has passed
    ("thu 4/3/2027 18:00", "2027-03-04T18:00"),  # the weekday settles which is the month
    ("Fri 27 Nov 2026, 09:00 Europe/Berlin, in 3 d 2 h", "2026-11-27T09:00"),
)

CHINESE = (
    ("两小时后", "2026-11-24T20:00:20"),
    ("2个小时以后", "2026-11-24T20:00:20"),
    ("30分钟后", "2026-11-24T18:30:20"),
    ("３０分钟后", "2026-11-24T18:30:20"),
    ("一百二十分钟之后", "2026-11-24T20:00:20"),
    ("半小时后", "2026-11-24T18:30:20"),
    ("半个小时后", "2026-11-24T18:30:20"),
    ("一个半小时后", "2026-11-24T19:30:20"),
    ("1小时30分后", "2026-11-24T19:30:20"),
    ("三天后", "2026-11-27T18:00:20"),
    ("3天后上午10点", "2026-11-27T10:00"),
    ("两周后", "2026-12-08T18:00:20"),
    ("18：30", "2026-11-24T18:30"),
    ("二十点", "2026-11-24T20:00"),
    ("十点一刻", "2026-11-25T10:15"),
    ("三点半", "2026-11-25T03:30"),
    ("下午三点半", "2026-11-25T15:30"),
    ("十点零五分", "2026-11-25T10:05"),
    ("21点整", "2026-11-24T21:00"),
    ("21时30分", "2026-11-24T21:30"),
    ("中午12点", "2026-11-25T12:00"),
    ("中午一点", "2026-11-25T13:00"),
    ("午夜", "2026-11-25T00:00"),
    ("今晚8点", "2026-11-24T20:00"),
    ("今晚12点", "2026-11-25T00:00"),
    ("今天晚上9点半", "2026-11-24T21:30"),
    ("明天9点", "2026-11-25T09:00"),
    ("明天的9点", "2026-11-25T09:00"),
    ("明早八点", "2026-11-25T08:00"),
    ("明晚8点", "2026-11-25T20:00"),
    ("明天下午", "2026-11-25T15:00"),
    ("后天上午10点半", "2026-11-26T10:30"),
    ("大后天凌晨1点", "2026-11-27T01:00"),
    ("周五下午3点", "2026-11-27T15:00"),
    ("周五12点", "2026-11-27T12:00"),
    ("周五十点", "2026-11-27T10:00"),
    ("週五下午3點", "2026-11-27T15:00"),
    ("周日晚12点", "2026-11-30T00:00"),
    ("周五早8点", "2026-11-27T08:00"),
    ("12月24日（周四）18:00。", "2026-12-24T18:00"),
    ("这周五 9:00", "2026-11-27T09:00"),
    ("下周五晚上8点", "2026-12-04T20:00"),
    ("下个星期五20点", "2026-12-04T20:00"),
    ("下下周一上午十点", "2026-12-07T10:00"),
    ("星期天", "2026-11-29T09:00"),
    ("礼拜日 10点", "2026-11-29T10:00"),
    ("12月24日18:00", "2026-12-24T18:00"),
    ("12月24号下午6点", "2026-12-24T18:00"),
    ("十二月二十四日下午六点", "2026-12-24T18:00"),
    ("２０２６年１２月２４日　１８：００", "2026-12-24T18:00"),
    ("2026年12月24日 18:00", "2026-12-24T18:00"),
    ("二〇二六年十二月二十四日18点", "2026-12-24T18:00"),
    ("12.24 下午3点", "2026-12-24T15:00"),
    ("24号下午3点", "2026-12-24T15:00"),
    ("2026年11月27日 周五 09:00 Asia/Shanghai，3 天 2 小时后", "2026-11-27T09:00"),
)

ZONED = (
    ("18:00 Asia/Shanghai", "2026-11-25T18:00", "Asia/Shanghai"),
    ("18:00 UTC", "2026-11-24T18:00", "UTC"),
    ("2026-12-24T18:00Z", "2026-12-24T18:00", "UTC"),
    ("18:00 new york", "2026-11-24T18:00", "America/New_York"),
    ("20点 北京时间", "2026-11-24T20:00", "Asia/Shanghai"),
    ("19:00 utc+8", "2026-11-24T19:00", "Etc/GMT-8"),
    ("19:00+08:00", "2026-11-24T19:00", "Etc/GMT-8"),
    ("18:00+05:30", "2026-11-24T18:00", "Asia/Kolkata"),
    ("18:00+01:00", "2026-11-24T18:00", "Europe/Berlin"),
    ("18:00+01:00 berlin", "2026-11-24T18:00", "Europe/Berlin"),
)

ASKED = (
    ("03/04 18:00", "day_or_month", ("2027-03-04 18:00 Europe/Berlin", "2027-04-03 18:00 Europe/Berlin")),
    ("3.4. 18:00", "day_or_month", ("2027-03-04 18:00 Europe/Berlin", "2027-04-03 18:00 Europe/Berlin")),
    ("next friday 9am", "next_weekday", ("2026-11-27 09:00 Europe/Berlin", "2026-12-04 09:00 Europe/Berlin")),
    ("tomorrow midnight", "midnight", ("2026-11-25 00:00 Europe/Berlin", "2026-11-26 00:00 Europe/Berlin")),
    (
        "31 oct 2027 02:30",
        "twice",
        ("2027-10-31 02:30+02:00 Europe/Berlin", "2027-10-31 02:30+01:00 Europe/Berlin"),
    ),
)

REFUSED: tuple[tuple[str, str, dict[str, str | int]], ...] = (
    ("", "not_understood", {}),
    ("9", "not_understood", {}),  # a bare number is the answer to a numbered question
    ("wibble", "not_understood", {"text": "wibble"}),
    ("in 5 parsecs", "not_understood", {"rest": "parsecs"}),
    ("明天9点吧", "not_understood", {"rest": "吧"}),
    ("in 2 hours at 9", "not_understood", {}),
    ("9 " * 500, "not_understood", {}),
    ("today 9", "in_past", {"ago": "2 h", "proposal": "tomorrow 09:00"}),
    ("24 nov 9:00", "in_past", {"ago": "2 h", "proposal": "tomorrow 09:00"}),
    ("yesterday", "in_past", {"ago": "1 d 2 h", "proposal": "tomorrow 09:00"}),
    ("yesterday 18:30", "in_past", {"ago": "16 h 30 min", "proposal": "tomorrow 18:30"}),
    ("9am yesterday", "in_past", {"proposal": "tomorrow 09:00"}),
    ("yesterday midnight", "in_past", {"proposal": "tomorrow 00:00"}),
    ("昨天", "in_past", {"ago": "1 d 2 h", "proposal": "tomorrow 09:00"}),
    ("昨天下午3点", "in_past", {"ago": "20 h", "proposal": "tomorrow 15:00"}),
    ("昨日9点", "in_past", {"proposal": "tomorrow 09:00"}),
    ("this monday", "in_past", {"ago": "1 d 2 h", "proposal": "2026-11-30 09:00 Europe/Berlin"}),
    ("24.12.2025 18:00", "in_past", {"proposal": "2026-12-24 18:00 Europe/Berlin"}),
    ("29 feb 2024 18:00", "in_past", {"proposal": "tomorrow 18:00"}),
    ("0001-01-01 00:00", "in_past", {}),
    ("today 9 UTC", "in_past", {"proposal": "2026-11-25 09:00 UTC"}),
    ("28 march 2027 02:30", "does_not_exist", {"before": "02:00", "after": "03:00"}),
    ("2028-02-01 18:00", "too_far", {"days": 400}),
    ("9999-12-31 24:00", "no_such_date", {}),
    ("29 feb 9:00", "too_far", {}),
    ("in 401 days", "too_far", {}),
    ("in 999999 weeks", "too_far", {}),
    ("25:00", "no_such_clock", {}),
    ("24:01", "no_such_clock", {}),
    ("18:61", "no_such_clock", {}),
    ("13am", "no_such_clock", {}),
    ("上午13点", "no_such_clock", {}),
    ("18:00+99:00", "no_such_clock", {}),
    ("31 feb 9:00", "no_such_date", {}),
    ("31/31 9:00", "no_such_date", {}),
    ("0000-01-01 9:00", "no_such_date", {}),
    ("mon 27 nov 9:00", "wrong_weekday", {"date": "Fri 27 Nov 2026"}),
    ("18:00+02:00 berlin", "offset_disagrees", {"zone": "Europe/Berlin", "offset": "+02:00"}),
    ("18:00 berln", "unknown_zone", {"nearest": "Europe/Berlin"}),
)


@pytest.mark.parametrize(("text", "wall"), ENGLISH)
def test_english_times_mean_what_they_say(text: str, wall: str) -> None:
    assert parse_time(text, NOW, BERLIN) == At(at(wall).astimezone(UTC), BERLIN)


@pytest.mark.parametrize(("text", "wall"), CHINESE)
def test_chinese_times_mean_what_they_say(text: str, wall: str) -> None:
    assert parse_time(text, NOW, SHANGHAI) == At(at(wall, SHANGHAI).astimezone(UTC), SHANGHAI)


@pytest.mark.parametrize(("text", "wall", "name"), ZONED)
def test_a_zone_said_with_the_time_goes_before_the_admins_own(text: str, wall: str, name: str) -> None:
    zone = ZoneInfo(name)
    assert parse_time(text, NOW, BERLIN) == At(at(wall, zone).astimezone(UTC), zone)


def test_an_offset_no_zone_keeps_is_said_back_in_the_admins_zone() -> None:
    assert parse_time("18:00+03:15", NOW, BERLIN) == At(at("2026-11-24T15:45").astimezone(UTC), BERLIN)


@pytest.mark.parametrize("text", ["now", "NOW", "asap", "现在", "马上", "in 0 min"])
def test_now_in_all_its_words(text: str) -> None:
    assert parse_time(text, NOW, BERLIN) == Now()


@pytest.mark.parametrize("text", ["later", "decide at the end", "稍后", "以后"])
def test_later_in_all_its_words(text: str) -> None:
    assert parse_time(text, NOW, BERLIN) == Later()


@pytest.mark.parametrize(("text", "code", "options"), ASKED)
def test_what_has_two_meanings_is_asked(text: str, code: str, options: tuple[str, ...]) -> None:
    reading = parse_time(text, NOW, BERLIN)
    assert isinstance(reading, Ambiguous)
    assert reading.code == code
    assert tuple(option.text for option in reading.options) == options
    assert reading.question.format(**reading.facts)
    for option in reading.options:
        assert parse_time(option.text, NOW, BERLIN) == At(option.moment, option.zone)


@pytest.mark.parametrize(("day_first", "wall"), [(True, "2027-04-03T18:00"), (False, "2027-03-04T18:00")])
def test_a_known_habit_settles_day_and_month(day_first: bool, wall: str) -> None:
    expected = At(at(wall).astimezone(UTC), BERLIN)
    assert parse_time("03/04 18:00", NOW, BERLIN, day_first=day_first) == expected
    assert parse_time("12/24 18:00", NOW, BERLIN, day_first=day_first) == At(
        at("2026-12-24T18:00").astimezone(UTC), BERLIN
    )


@pytest.mark.parametrize(("text", "code", "facts"), REFUSED)
@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_what_cannot_be_taken_is_refused_with_a_sentence(
    text: str, code: str, facts: dict[str, str | int], locale: str
) -> None:
    problem = parse_time(text, NOW, BERLIN, locale=locale)
    assert isinstance(problem, Problem)
    assert problem.code == code
    assert len(problem.sentence.format(**problem.facts)) < 600
    if locale == "en":
        assert facts.items() <= problem.facts.items()
    if "proposal" in problem.facts:
        assert isinstance(parse_time(str(problem.facts["proposal"]), NOW, BERLIN), At)


def test_the_clock_that_shows_a_time_for_the_second_time_today_means_that_one() -> None:
    first_half_three = at("2026-10-25T02:30").astimezone(UTC)
    now = first_half_three + timedelta(minutes=15)
    assert parse_time("02:30", now, BERLIN) == At(first_half_three + timedelta(hours=1), BERLIN)


def test_a_jump_over_midnight_is_shown_with_its_dates() -> None:
    santiago = ZoneInfo("America/Santiago")
    problem = parse_time("2027-09-05 00:30", NOW, santiago)
    assert isinstance(problem, Problem)
    assert (problem.facts["before"], problem.facts["after"]) == ("00:00", "01:00")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_example_we_give_is_understood(language: str) -> None:
    for example in EXAMPLES[language].replace("、", ",").split(","):
        assert not isinstance(parse_time(example, NOW, BERLIN), Problem), example
