"""The sentences for times that cannot be taken: what was wrong, and what to send instead."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.when.instants import gap
from broadcast.when.words import say_day, say_distance, say_moment
from broadcast.when.zones import zone_name
from handlers.contract import Problem

EXAMPLES = {
    "en": "now, in 2 hours, 18:30, tomorrow 9, fri 9am, 24 dec 18:00, 2026-12-24 18:00, later",
    "zh": "现在、2小时后、18:30、明天9点、周五下午3点、12月24日18:00、稍后",
}
"""One of every kind of time; a test parses them all."""


def not_understood(text: str, rest: str, language: str) -> Problem:
    """Refuse what is no time; `rest` is the part, from where it stopped being one."""
    if not rest:
        return Problem(
            "not_understood",
            "I do not understand “{text}” as a time. Send one like these: {examples}.",
            {"text": text, "examples": EXAMPLES[language]},
        )
    return Problem(
        "not_understood",
        "I do not understand “{text}” as a time, from “{rest}” on. Send one like these: {examples}.",
        {"text": text, "rest": rest, "examples": EXAMPLES[language]},
    )


def no_such_date(text: str) -> Problem:
    """Refuse 31 February."""
    return Problem("no_such_date", "There is no such date as in “{text}”. Send one like 24 dec 18:00.", {"text": text})


def no_such_clock(text: str) -> Problem:
    """Refuse 25:00, 9:75 and 13am."""
    return Problem(
        "no_such_clock",
        "There is no such time of day as in “{text}”. Hours go to 24 and minutes to 59: send 18:30 or 6.30pm.",
        {"text": text},
    )


def wrong_weekday(text: str, day: date, locale: str) -> Problem:
    """Refuse a date with a weekday that it does not fall on."""
    return Problem(
        "wrong_weekday",
        "“{text}” does not fit together: that date is {date}. Send the date or the weekday without the other.",
        {"text": text, "date": say_day(day, locale)},
    )


def offset_disagrees(text: str, offset: str, zone: ZoneInfo) -> Problem:
    """Refuse an offset beside a zone that has another one at that time."""
    return Problem(
        "offset_disagrees",
        "Clocks in {zone} are not at {offset} then, so “{text}” says two times. Send it without one of them.",
        {"zone": zone_name(zone), "offset": offset, "text": text},
    )


def past(moment: datetime, zone: ZoneInfo, now: datetime, locale: str, proposal: str) -> Problem:
    """Refuse a time that has passed, with one that has not."""
    return Problem(
        "in_past",
        "{time} was {ago} ago; did you mean {proposal}?",
        {
            "time": say_moment(moment, zone, locale),
            "ago": say_distance(now - moment, locale),
            "proposal": proposal,
        },
    )


def long_past(text: str, proposal: str) -> Problem:
    """Refuse a time so long ago that counting the days helps nobody."""
    return Problem("in_past", "“{text}” is long past; did you mean {proposal}?", {"text": text, "proposal": proposal})


def in_gap(wall: datetime, zone: ZoneInfo) -> Problem:
    """Refuse a wall clock that clocks in `zone` jump over."""
    _, before, after = gap(wall, zone)
    shown = "%H:%M" if before.date() == after.date() == wall.date() else "%Y-%m-%d %H:%M"
    return Problem(
        "does_not_exist",
        "{wall} does not exist in {zone}: clocks go from {before} straight to {after}. "
        "Send a time before {before}, or {after} or later.",
        {
            "wall": f"{wall:%Y-%m-%d %H:%M}",
            "zone": zone_name(zone),
            "before": before.strftime(shown),
            "after": after.strftime(shown),
        },
    )


def too_far(most_ahead: timedelta) -> Problem:
    """Refuse a time further ahead than we hold a broadcast for."""
    return Problem(
        "too_far",
        "That is more than {days} days ahead, the most a broadcast may wait. Send an earlier time.",
        {"days": most_ahead.days},
    )
