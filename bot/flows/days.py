"""Reads a day as people type it: past or future, with its year, in English and Chinese.

The times of a broadcast have a reader of their own, which is only ever about the future; a birthday is not.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from broadcast.audience.values import YEARS
from broadcast.when.normal import normalise, quoted
from handlers.contract import Problem

TODAY: Final = "today"
WORDS: Final[Mapping[str, int]] = {
    "today": 0, "yesterday": -1, "tomorrow": 1, "今天": 0, "昨天": -1, "前天": -2, "明天": 1, "后天": 2,
}  # fmt: skip
"""Days that have a word, counted from today."""

MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july",
                 "august", "september", "october", "november", "december")  # fmt: skip

_MONTH = rf"(?P<name>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in MONTHS)}|sept)\.?"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4}) ?[-/. ] ?(?P<month>\d{1,2}) ?[-/. ] ?(?P<day>\d{1,2})",
        r"(?P<year>\d{4}) ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?[日号]?",
        rf"(?:the )?{_NTH}(?: of)?[ -]?{_MONTH}[, -]*(?P<year>\d{{4}})",
        rf"{_MONTH} ?{_NTH},? ?(?P<year>\d{{4}})",
    )
)
_EITHER_ORDER = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4})")
_WITHOUT_YEAR = re.compile(rf"{_NTH}(?: of)? ?{_MONTH}|{_MONTH.replace('name', 'first')} ?\d{{1,2}}(?:st|nd|rd|th)?|"
                           r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2})?\.?|\d{1,2}月\d{1,2}[日号]?")  # fmt: skip


def read_day(text: str, today: date, earliest: str | None = None, latest: str | None = None) -> str | Problem:
    """Return the day as 2026-12-24, or what is wrong with it. The ends are such days, or "today"; both are right."""
    read = _read(normalise(text), today)
    if read is None:
        return _refusal(text)
    if isinstance(read, tuple):
        first, second = read
        return Problem(
            "two_days", "“{text}” can be two days. Please send {first} or {second}.",
            {"text": quoted(text), "first": first.isoformat(), "second": second.isoformat()},
        )  # fmt: skip
    if read.year not in YEARS:
        return _refusal(text)
    if earliest is not None and read < (start := _end(earliest, today)):
        return Problem(
            "too_early", "{day} is too early: please send {earliest} or a later day.",
            {"day": read.isoformat(), "earliest": start.isoformat()},
        )  # fmt: skip
    if latest is not None and read > (end := _end(latest, today)):
        return Problem(
            "too_late", "{day} is too late: please send {latest} or an earlier day.",
            {"day": read.isoformat(), "latest": end.isoformat()},
        )  # fmt: skip
    return read.isoformat()


def _end(day: str, today: date) -> date:
    return today if day == TODAY else date.fromisoformat(day)


def _refusal(text: str) -> Problem:
    if _WITHOUT_YEAR.fullmatch(normalise(text)):
        return Problem("no_year", "Please send “{text}” with the whole year, like 1990-05-17.", {"text": quoted(text)})
    return Problem(
        "not_a_day", "I do not understand “{text}” as a date. Please send one like 1990-05-17.", {"text": quoted(text)}
    )


def _read(plain: str, today: date) -> date | tuple[date, date] | None:
    """Return the day, both days where there are two readings, or None where there is none."""
    if plain in WORDS:
        return today + timedelta(days=WORDS[plain])
    for form in _FORMS:
        if found := form.fullmatch(plain):
            parts = found.groupdict()
            month = parts.get("month") or 1 + [name[:3] for name in MONTHS].index(parts["name"][:3])
            return _date(int(parts["year"]), int(month), int(parts["day"]))
    if found := _EITHER_ORDER.fullmatch(plain):
        first, second, year = map(int, found.groups())
        days = {day for day in (_date(year, second, first), _date(year, first, second)) if day is not None}
        if len(days) == 2:
            early, late = sorted(days)
            return early, late
        return next(iter(days), None)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # no calendar has it
        return None
