"""From the grammar's tree to what was said. Knows words, and nothing of today."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from broadcast.when import said
from broadcast.when.normal import normalise

DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1, "DAY_AFTER": 2, "THIRD_DAY": 3}
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
WEEKS = {"THIS_WEEK": 0, "NEXT_WEEK": 1, "WEEK_AFTER": 2}
MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
DAYPARTS = {
    "TONIGHT": (0, "NIGHT"),
    "TOMORROW_NIGHT": (1, "NIGHT"),
    "THIS_MORNING": (0, "MORNING"),
    "TOMORROW_MORNING": (1, "MORNING"),
    "THIS_AFTERNOON": (0, "AFTERNOON"),
}
UNITS = {
    "WEEKS": timedelta(weeks=1),
    "DAYS": timedelta(days=1),
    "HOURS": timedelta(hours=1),
    "MINUTES": timedelta(minutes=1),
    "SECONDS": timedelta(seconds=1),
}

LONGEST = 200
"""Characters; our longest echo has about 80, and this many cannot add up to more than a timedelta holds."""


class NotUnderstood(Exception):
    """The text is no time; `rest` is where (in the normalised text) it stopped being one."""

    def __init__(self, rest: str) -> None:
        super().__init__(rest)
        self.rest = rest


def read(text: str) -> said.Said:
    """Return what `text` says. Raises `NotUnderstood`."""
    node = _tree(text, "start")
    assert isinstance(node, said.Word | said.After | said.Moment)
    return node


def read_duration(text: str) -> timedelta:
    """Return the length of time that `text` says. Raises `NotUnderstood`."""
    node = _tree(text, "duration")
    assert isinstance(node, said.After)
    return timedelta(days=node.days) + node.rest


@cache
def _grammar() -> Lark:
    path = Path(__file__).with_name("grammar.lark")
    return Lark(path.read_text("utf-8"), parser="lalr", start=["start", "duration"], maybe_placeholders=True)


def _tree(text: str, start: str) -> object:
    plain = normalise(text)
    if len(plain) > LONGEST:
        raise NotUnderstood(plain)
    try:
        return _Builder().transform(_grammar().parse(plain, start=start))
    except UnexpectedInput as error:
        stop = error.pos_in_stream
        raise NotUnderstood(plain if stop is None or stop < 0 else plain[stop:]) from error
    except VisitError as error:
        if isinstance(error.orig_exc, NotUnderstood):
            raise error.orig_exc from error
        raise


Leaf = Token | said.Day


class _Builder(Transformer[Token, object]):
    """Builds the nodes of `said`, one method a rule; the methods are named as the rules are."""

    def now(self, _: list[Any]) -> said.Word:
        return said.Word("now")

    def later(self, _: list[Any]) -> said.Word:
        return said.Word("later")

    def after(self, children: list[said.After]) -> said.After:
        return children[0]

    def after_at(self, children: list[Any]) -> said.After:
        length, clock = children
        if length.rest:
            raise NotUnderstood("")  # "in 2 hours at 9" is two times
        return said.After(length.days, length.rest, clock)

    def moment(self, children: list[Any]) -> said.Moment:
        spot, offset, zone = children[:3]
        return said.Moment(spot, None if offset is None else _offset(offset), str(zone or ""))

    def day_only(self, children: list[Leaf]) -> said.Spot:
        return said.Spot(_day(children[0]))

    def clock_only(self, children: list[Any]) -> said.Spot:
        return said.Spot(None, self.late(children))

    def day_clock(self, children: list[Any]) -> said.Spot:
        day, clock = children
        return said.Spot(_day(day), _clock(clock.split(".")) if isinstance(clock, str) else clock)

    def clock_day(self, children: list[Any]) -> said.Spot:
        clock, day = children
        return said.Spot(_day(day), clock)

    def daypart_only(self, children: list[Token]) -> said.Spot:
        days, part = DAYPARTS[children[0].type]
        return said.Spot(said.InDays(days), said.Clock(part=part))

    def daypart_clock(self, children: list[Any]) -> said.Spot:
        days, part = DAYPARTS[children[0].type]
        return said.Spot(said.InDays(days), children[1], part=part)

    def clock_daypart(self, children: list[Any]) -> said.Spot:
        clock, daypart = children
        return self.daypart_clock([daypart, clock])

    def weekday_date(self, children: list[Any]) -> said.Spot:
        weekday, date, *clock = children
        return said.Spot(date, clock[0] if clock else None, WEEKDAYS.index(weekday.type))

    def date_weekday(self, children: list[Any]) -> said.Spot:
        date, weekday, *clock = children
        return self.weekday_date([weekday, date, *clock])

    def clock_weekday_date(self, children: list[Any]) -> said.Spot:
        clock, weekday, date = children
        return self.weekday_date([weekday, date, clock])

    def next_weekday(self, children: list[Token]) -> said.OnWeekday:
        return said.OnWeekday(WEEKDAYS.index(children[1].type), asks=True)

    def week_weekday(self, children: list[Token]) -> said.OnWeekday:
        return said.OnWeekday(WEEKDAYS.index(children[1].type), week=WEEKS[children[0].type])

    def day_of_month(self, children: list[Token]) -> said.OnDayOfMonth:
        return said.OnDayOfMonth(_number(children[0]))

    def day_month(self, children: list[Any]) -> said.OnDate:
        day, month, year = children
        return said.OnDate(_year(year), MONTHS.index(month.type) + 1, _number(day))

    def month_day(self, children: list[Any]) -> said.OnDate:
        month, day, year = children
        return self.day_month([day, month, year])

    def year_month_day(self, children: list[Any]) -> said.OnDate:
        year, month, day = children
        return said.OnDate(_year(year), int(month), int(day))

    def numbers(self, children: list[Any]) -> said.OnNumbers:
        first, second, year = children
        return said.OnNumbers(int(first), int(second), _year(year))

    def dotted(self, children: list[Any]) -> said.OnNumbers:
        first, second = children[0].split(".")
        return said.OnNumbers(int(first), int(second), _year(children[1]) if children[1:] else None, dotted=True)

    def year(self, children: list[Token]) -> Token:
        return children[0]

    def pair(self, children: list[Token]) -> str:
        return ".".join(children)

    def late(self, children: list[Any]) -> said.Clock | said.Midnight:
        clock = children[0]
        return said.Clock(int(clock)) if isinstance(clock, Token) else clock

    def clock(self, children: list[Any]) -> said.Clock:
        return _clock(children)

    def clock_part(self, children: list[Any]) -> said.Clock:
        *digits, part = children
        return _clock(digits[0].split(".") if "." in digits[0] else digits, part.type)

    def part_clock(self, children: list[Any]) -> said.Clock:
        part, *digits = children
        return _clock(digits, part.type)

    def part_only(self, children: list[Token]) -> said.Clock:
        return said.Clock(part=children[0].type)

    def midnight(self, _: list[Any]) -> said.Midnight:
        return said.Midnight()

    def duration(self, children: list[timedelta]) -> said.After:
        total = sum(children, timedelta(0))
        whole = all(piece % timedelta(days=1) == timedelta(0) for piece in children)
        return said.After(total.days, timedelta(0)) if whole else said.After(0, total)

    def piece(self, children: list[Any]) -> timedelta:
        amount, unit = children
        return timedelta(seconds=round(amount * UNITS[unit.type].total_seconds()))

    def amount(self, children: list[Token]) -> float:
        return int(children[0])

    def decimal(self, children: list[str]) -> float:
        return float(children[0])

    def half(self, _: list[Any]) -> float:
        return 0.5

    def one(self, _: list[Any]) -> float:
        return 1

    def and_a_half(self, children: list[Token]) -> float:
        return int(children[0]) + 0.5


def _day(leaf: Leaf) -> said.Day:
    if not isinstance(leaf, Token):
        return leaf
    if leaf.type in DAYS:
        return said.InDays(DAYS[leaf.type])
    return said.OnWeekday(WEEKDAYS.index(leaf.type))


def _number(token: Token) -> int:
    """Return the number in 24 or 24th."""
    return int("".join(sign for sign in token if sign.isdigit()))


def _year(token: Token | None) -> int | None:
    """Return a year; two digits are of this century."""
    if token is None:
        return None
    return int(token) if len(token) > 2 else 2000 + int(token)


def _clock(digits: list[Any], part: str = "") -> said.Clock:
    """Return the clock of (hour, minute, second), of which all but the first may be missing or words."""
    hour, minute, second = (*digits, None, None)[:3]
    if isinstance(minute, Token) and minute.type == "HALF":
        return said.Clock(int(hour), 30, part=part)
    if isinstance(second, Token) and second.type == "QUARTERS":
        return said.Clock(int(hour), 15 * int(minute), part=part)
    return said.Clock(int(hour), int(minute or 0), int(second or 0), part)


def _offset(token: Token) -> timedelta:
    """Return +08:00 or +0800 as a length of time."""
    digits = token[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    return -ahead if token[0] == "-" else ahead
