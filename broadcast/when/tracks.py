"""From a day and a clock as typed to wall clocks: which dates they can mean, soonest first."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from broadcast.when import said
from broadcast.when.parts import DEFAULT_HOUR, PARTS

Track = tuple[datetime, ...]
"""One meaning: naive wall clocks in order, of which the first that is still to come is meant."""

LEAP = 8
"""Years from one 29 February to the next, at most (1896 to 1904, 2096 to 2104)."""


class NoSuchDate(Exception):
    """No calendar has this date."""


class NoSuchClock(Exception):
    """No clock shows this time, or not in the part of the day it was said with."""


class WrongWeekday(Exception):
    """The date does not fall on the weekday said beside it; `day` is the date."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


def tracks(spot: said.Spot, now: datetime, day_first: bool | None) -> list[Track]:
    """Return the meanings of `spot` when clocks show the naive `now`.

    More than one only where it has to be asked. Raises `NoSuchDate`, `NoSuchClock` and `WrongWeekday`.
    """
    spot = _as_clock(spot)
    dates = _dates(spot.day, now.date(), day_first)
    if spot.weekday is not None:
        dates = _on_weekday(dates, spot.weekday)
    hours = _hours(spot)
    return [tuple(_wall(day, hour, spot.clock) for day in track) for track in dates for hour in hours]


def _as_clock(spot: said.Spot) -> said.Spot:
    """Return the spot with "18.30" read as a time of day, where it is no date."""
    day = spot.day
    if not isinstance(day, said.OnNumbers) or not day.dotted or spot.clock or day.year or _orders(day, None):
        return spot
    on = None if spot.weekday is None else said.OnWeekday(spot.weekday)
    return said.Spot(on, said.Clock(day.first, day.second))


def _dates(day: said.Day | None, today: date, day_first: bool | None) -> list[tuple[date, ...]]:
    """Return the dates of each meaning of `day`, soonest first."""
    try:
        match day:
            case None:
                return [tuple(today + timedelta(days=ahead) for ahead in range(3))]
            case said.InDays(days):
                return [(today + timedelta(days=days),)]
            case said.OnWeekday():
                return _weekday(day, today)
            case said.OnDate(year, month, number):
                return [_years(year, month, number, today)]
            case said.OnDayOfMonth(number):
                months = ((today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1)
                          for ahead in range(4))  # fmt: skip
                return [_existing((year, month, number) for year, month in months)]
            case said.OnNumbers(year=year):
                orders = _orders(day, day_first)
                return [_years(year, month, number, today) for month, number in orders] or [_existing(())]
    except OverflowError as error:
        raise NoSuchDate from error


def _weekday(day: said.OnWeekday, today: date) -> list[tuple[date, ...]]:
    monday = today - timedelta(days=today.weekday())
    this, following = (monday + timedelta(days=day.weekday, weeks=weeks) for weeks in (0, 1))
    if day.asks:
        # Said before that day, "next friday" is this week's to some people and next week's to others.
        return [(this,), (following,)] if this > today else [(following,)]
    if day.week is not None:
        return [(this + timedelta(weeks=day.week),)]
    return [(this, following)] if this >= today else [(following,)]


def _years(year: int | None, month: int, day: int, today: date) -> tuple[date, ...]:
    """Return the dates of a month and day, in the year said or in this and the next ones.

    Today's date stays today: with a time that has passed it is a slip, and not meant for next year.
    """
    if year is not None:
        return _existing([(year, month, day)])
    if (month, day) == (today.month, today.day):
        return (today,)
    found = _existing((today.year + ahead, month, day) for ahead in range(LEAP + 1))
    return tuple(found_day for found_day in found if found_day > today)


def _orders(numbers: said.OnNumbers, day_first: bool | None) -> list[tuple[int, int]]:
    """Return the (month, day) that two numbers can be; both orders only if nobody said which is usual."""
    year = 2000 if numbers.year is None else numbers.year  # a leap year, so that 29.2. is a date
    day_month, month_day = (numbers.second, numbers.first), (numbers.first, numbers.second)
    wanted = [month_day, day_month] if day_first is False else [day_month, month_day]
    possible = [(month, day) for month, day in dict.fromkeys(wanted) if _is_date(year, month, day)]
    return possible if day_first is None else possible[:1]


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _existing(parts: Iterable[tuple[int, int, int]]) -> tuple[date, ...]:
    found = tuple(date(*part) for part in parts if _is_date(*part))
    if not found:
        raise NoSuchDate
    return found


def _on_weekday(dates: list[tuple[date, ...]], weekday: int) -> list[tuple[date, ...]]:
    """Return only the meanings whose coming date falls on the weekday said beside it."""
    fitting = [track for track in dates if track[0].weekday() == weekday]
    if not fitting:
        raise WrongWeekday(dates[0][0])
    return fitting


def _hours(spot: said.Spot) -> list[int]:
    """Return the hours the clock can mean, counted from the start of the day; 24 is its end."""
    clock = spot.clock
    if clock is None:
        return [DEFAULT_HOUR]
    if isinstance(clock, said.Midnight):
        return [24] if spot.day is None or spot.part else [0, 24]
    if clock.hour is None:
        return [PARTS[clock.part].hour]
    part = clock.part or spot.part
    hour = PARTS[part].hour_of(clock.hour) if part else clock.hour
    if hour is None or clock.hour > 24 or max(clock.minute, clock.second) > 59:
        raise NoSuchClock
    if clock.hour == 24 and clock.minute + clock.second:
        raise NoSuchClock
    return [hour]


def _wall(day: date, hour: int, clock: said.Clock | said.Midnight | None) -> datetime:
    minute, second = (clock.minute, clock.second) if isinstance(clock, said.Clock) else (0, 0)
    try:
        return datetime.combine(day, time(0, minute, second)) + timedelta(hours=hour)
    except OverflowError as error:
        raise NoSuchDate from error
