"""A broadcast that comes to each at one time of day where they live: when it starts, and for how many that is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.when.late import too_late
from broadcast.when.local import by_instant
from storage import subscribers


@dataclass(frozen=True, slots=True)
class EachAt:
    """It starts at `start` (aware), where it is that time first; for `passed` people it has been too long ago then."""

    start: datetime
    passed: int


def each_at(channel_id: int, wall: datetime, zone: ZoneInfo, late: timedelta, now: datetime) -> EachAt:
    """Look where the subscribers of a channel live; `wall` (naive) has to be still to come in `zone`.

    Whose zone is not known goes by `zone`. The first zone is looked for among those in which it is not `wall` yet.
    """
    people = subscribers.zones(channel_id)
    moments = by_instant(wall, (*people, zone.key), zone)
    start = next(moment for moment in moments if moment > now)
    gone = [name for moment, names in moments.items() if too_late(moment, start, late) for name in names]
    return EachAt(start, sum(people.get(name, 0) for name in gone))
