"""Days and months as the platform counts quotas: in China time, UTC+8 all year."""

from datetime import UTC, datetime, timedelta

_SHIFT = timedelta(hours=8)
_DAY_MS = 24 * 60 * 60 * 1000
_SHIFT_MS = int(_SHIFT.total_seconds() * 1000)


def china_day(millis: int) -> int:
    """Return the number of the day in China, for comparing."""
    return (millis + _SHIFT_MS) // _DAY_MS


def china_month(millis: int) -> int:
    """Return the month in China as 202611, for comparing."""
    there = datetime.fromtimestamp(millis / 1000, UTC) + _SHIFT
    return there.year * 100 + there.month
