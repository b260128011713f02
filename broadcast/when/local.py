"""One wall clock for everybody, each where they live: from a time without a zone to an instant for each zone.

Nobody can be asked what is meant where clocks jump, so it is decided here: a time that a zone skips is the moment of
the jump, and of a time that a zone shows twice it is the first.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from broadcast.when.instants import gap, instants

LAST_OFFSET = timedelta(hours=-12)
"""Where a day ends last (UTC-12, IANA time zone database 2026)."""

_OFFSET = re.compile(r"UTC([+-])(\d{2}):(\d{2})")


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo | None:
    """Return the time zone of a profile, an IANA name or an offset like UTC+08:00; None for anything else."""
    found = _OFFSET.fullmatch(name)
    if found is not None and int(found[2]) < 24 and int(found[3]) < 60:
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-ahead if found[1] == "-" else ahead)
    return ZoneInfo(name) if name in _known() else None


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())  # reads the disk at every call


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return when (aware, UTC) clocks in `zone` show the naive `wall`, as the module decides it."""
    shown = instants(wall, zone)
    return shown[0] if shown else gap(wall, zone)[0]


def by_instant(wall: datetime, names: Iterable[str], otherwise: tzinfo) -> Mapping[datetime, tuple[str, ...]]:
    """Return the names of zones by the instant at which it is `wall` there, soonest first.

    A name that is no zone counts as `otherwise`.
    """
    found: dict[datetime, list[str]] = {}
    for name in sorted(set(names)):
        found.setdefault(instant(wall, zone_of(name) or otherwise), []).append(name)
    return {moment: tuple(found[moment]) for moment in sorted(found)}


def last_instant(wall: datetime) -> datetime:
    """Return when it has become `wall` everywhere."""
    return wall.replace(tzinfo=UTC) - LAST_OFFSET
