"""Reads one typed value as a field's kind wants it; also what a builder's "which value?" question needs."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from broadcast.audience.fields import N_
from broadcast.audience.nodes import Ago, Kind, Today, Unit, Value

MOST_DIGITS: Final = 15
"""Longest number in a filter. A double holds every number of 15 digits apart from its neighbours, so that a
number of up to 15 digits compares the same in Python, on SQLite (doubles) and on PostgreSQL (decimals)."""

YEARS: Final = range(1900, 2200)
"""Years a day in a filter may have: birthdays to far appointments; a year outside is a slip of the finger."""

_DAY_EXAMPLE = N_("a day such as 2026-11-24, today, or 7 days ago")
EXPECTED: Final[Mapping[Kind, str]] = {
    Kind.TEXT: N_("some text (for a missing value write “is not set”)"),
    Kind.NUMBER: N_("a number of at most 15 digits, such as 100 or 9.5"),
    Kind.YES_NO: N_("yes or no"),
    Kind.DATE: _DAY_EXAMPLE,
    Kind.MOMENT: _DAY_EXAMPLE,
    Kind.TAGS: N_("the name of a tag"),
}
"""What each kind's value looks like, as a message."""

EXPECTED_SPAN: Final = N_("a number of minutes, hours, days or weeks, at most 100 years")
EXPECTED_WHOLE_DAY: Final = N_("a whole day such as 2026-11-24 or yesterday (or before, after, in the last …)")

YES_NO: Final[Mapping[str, bool]] = {
    "yes": True, "true": True, "y": True, "on": True, "1": True, "是": True, "对": True,
    "no": False, "false": False, "n": False, "off": False, "0": False, "否": False, "不是": False,
}  # fmt: skip

DAY_WORDS: Final[Mapping[str, Value]] = {
    "now": Ago(0, Unit.MINUTE), "today": Today(), "yesterday": Today(-1), "tomorrow": Today(1),
    "现在": Ago(0, Unit.MINUTE), "今天": Today(), "昨天": Today(-1), "明天": Today(1),
}  # fmt: skip

UNIT_WORDS: Final[Mapping[str, Unit]] = {
    "minute": Unit.MINUTE, "minutes": Unit.MINUTE, "min": Unit.MINUTE, "分钟": Unit.MINUTE,
    "hour": Unit.HOUR, "hours": Unit.HOUR, "h": Unit.HOUR, "小时": Unit.HOUR,
    "day": Unit.DAY, "days": Unit.DAY, "d": Unit.DAY, "天": Unit.DAY,
    "week": Unit.WEEK, "weeks": Unit.WEEK, "周": Unit.WEEK, "星期": Unit.WEEK,
}  # fmt: skip

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_SPAN = re.compile(r"(?:(\d{1,9}) ?个?)?\s*([^\W\d]+?)[内里]?", re.IGNORECASE)
_RELATIVE = re.compile(r"(\d{1,9} ?\S+?)(?: (ago|from now)|(前|后))", re.IGNORECASE)


def read_value(kind: Kind, text: str) -> Value | None:
    """Return the value that `text` means for a field of this kind, or None when it means none."""
    if kind in {Kind.TEXT, Kind.TAGS}:
        return text or None  # spaces at its ends were quoted, and are meant
    text = text.strip()
    match kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.YES_NO:
            return YES_NO.get(text.casefold())
        case _:
            return _day(text)


def read_span(text: str, *, ahead: bool) -> Ago | None:
    """Return the span that "30 days", "hour" or "30天" means, or None; `ahead` for "the next"."""
    found = _SPAN.fullmatch(text.strip())
    unit = UNIT_WORDS.get(found[2].casefold()) if found else None
    if not found or unit is None:
        return None
    amount = int(found[1] or 1)
    try:
        return Ago(amount, unit, ahead and amount > 0)
    except ValueError:  # further than any reading reaches: as unusable as a word
        return None


def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text) or sum(map(str.isdigit, text)) > MOST_DIGITS:
        return None
    return float(text) if "." in text else int(text)


def _day(text: str) -> Value | None:
    if (known := DAY_WORDS.get(text.casefold())) is not None:
        return known
    if _ISO_DAY.fullmatch(text):
        year, month, day = map(int, text.split("-"))
        try:
            return date(year, month, day) if year in YEARS else None
        except ValueError:  # no such day, such as 30 February
            return None
    if found := _RELATIVE.fullmatch(text):
        side = (found[2] or found[3]).casefold()
        return read_span(found[1], ahead=side in {"from now", "后"})
    return None
