"""What days and relative times mean at a given moment: half-open ranges, for both the query and the oracle.

`now` is an aware datetime; its zone says when days begin. `start` is the first value inside, `end` the
first one after; None is open. Moments are whole milliseconds, as they are stored.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from broadcast.audience.nodes import MINUTES, Ago, Comparison, Op, Today, Value

_T = TypeVar("_T")
_MILLISECOND = timedelta(milliseconds=1)
_DAY = timedelta(days=1)


def whole_ms(moment: datetime) -> datetime:
    """Return the moment in UTC with everything below a millisecond cut off."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _instant(value: Ago, now: datetime) -> datetime:
    away = timedelta(minutes=value.amount * MINUTES[value.unit])
    return whole_ms(now) + away if value.ahead else whole_ms(now) - away


def since(within: Ago, now: datetime) -> datetime:
    """Return the first moment of "in the last …"."""
    return _instant(within, now)


def day(value: Value, now: datetime) -> date:
    """Return the calendar day of a day or relative time, in the zone of `now`."""
    match value:
        case date():
            return value
        case Today(days):
            return now.date() + timedelta(days=days)
        case Ago():
            return _instant(value, now).astimezone(now.tzinfo).date()
        case _:
            raise TypeError(f"{value!r} is no day")


def _moments(value: Value, now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of the value and the first after it."""
    if isinstance(value, Ago):
        moment = _instant(value, now)
        return moment, moment + _MILLISECOND
    that = day(value, now)
    midnight, next_midnight = (
        datetime.combine(each, time.min, tzinfo=now.tzinfo).astimezone(UTC) for each in (that, that + _DAY)
    )
    return midnight, next_midnight


def moment_range(comparison: Comparison, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the moments for which the comparison holds."""
    return _between(comparison.op, [_moments(value, now) for value in _ends(comparison)])


def day_range(comparison: Comparison, now: datetime) -> tuple[date | None, date | None]:
    """Return the days for which the comparison holds."""
    days = [day(value, now) for value in _ends(comparison)]
    return _between(comparison.op, [(each, each + _DAY) for each in days])


def _ends(comparison: Comparison) -> tuple[Value, ...]:
    """Return the comparison's values, with "in the last …" spelled out as its two ends."""
    if comparison.op is not Op.WITHIN:
        return comparison.values
    (span,) = comparison.values
    here = Ago(0, span.unit) if isinstance(span, Ago) else span
    return (here, span) if isinstance(span, Ago) and span.ahead else (span, here)


def _between(op: Op, spans: list[tuple[_T, _T]]) -> tuple[_T | None, _T | None]:
    """Turn each value's own span (first inside, first after) into the range the operator asks for."""
    (start, end), last_end = spans[0], spans[-1][1]
    match op:
        case Op.BELOW:
            return None, start
        case Op.AT_MOST:
            return None, end
        case Op.ABOVE:
            return end, None
        case Op.AT_LEAST:
            return start, None
        case _:  # IS, BETWEEN, WITHIN
            return start, last_end
