"""How full Meta's gauges are, read from the headers beside an answer.

Source: Graph API, Rate Limits (`x-app-usage`, `x-business-use-case-usage`; percentages, and minutes
until calls are taken again), checked 2026-11-23.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from handlers.outcomes import Usage

APP_USAGE = "x-app-usage"
BUSINESS_USAGE = "x-business-use-case-usage"
GAUGES = ("call_count", "total_time", "total_cputime")
_SENSIBLE = 1_000_000  # percent or minutes; beyond it stand NaN, infinity and numbers no float holds
OTHER_TRADES = frozenset({"ads_insights", "ads_management", "custom_audience", "instagram", "leadgen"})


def read_usage(headers: Mapping[str, str]) -> Usage | None:
    """Return the fullest gauge that concerns messages, or None where none was sent.

    `headers` finds names whatever their case. What cannot be read counts as not sent: a gauge is
    advice, and must never turn a sent message into an error.
    """
    app, business = headers.get(APP_USAGE), headers.get(BUSINESS_USAGE)
    if app is None and business is None:
        return None
    readings = [*_app_readings(app), *_business_readings(business)]
    percents = [value for reading in readings for value in _numbers(reading, GAUGES)]
    minutes = [value for reading in readings for value in _numbers(reading, ("estimated_time_to_regain_access",))]
    if not percents:
        return None
    wait = max(minutes, default=0.0) * 60
    return Usage(max(percents), wait if wait > 0 else None)


def _app_readings(header: str | None) -> Iterator[dict[str, Any]]:
    reading = _loads(header)
    if isinstance(reading, dict):
        yield reading


def _business_readings(header: str | None) -> Iterator[dict[str, Any]]:
    objects = _loads(header)
    if not isinstance(objects, dict):
        return
    for readings in objects.values():
        for reading in readings if isinstance(readings, list) else ():
            if isinstance(reading, dict) and str(reading.get("type")) not in OTHER_TRADES:
                yield reading


def _loads(header: str | None) -> Any:
    try:
        return json.loads(header or "null")
    except (ValueError, RecursionError):
        return None


def _numbers(reading: dict[str, Any], names: tuple[str, ...]) -> Iterator[float]:
    for name in names:
        value = reading.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _SENSIBLE:
            yield float(value)
