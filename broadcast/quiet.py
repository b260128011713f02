"""Quiet hours: when broadcasts do not disturb people, each by the clock where they live.

Pure: what time it is and where somebody lives come in, and until when to wait comes out.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from broadcast.when.instants import gap, instants
from broadcast.when.local import zone_of

REASON = "quiet_hours"
"""Why a row of the ledger waits."""

_WRITTEN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to before `end`, over midnight if it ends earlier than it begins.

    `zone` is where people are whose own time zone is not known.
    """

    begin: time
    end: time
    zone: tzinfo

    def __str__(self) -> str:
        """Say them as they are written in the settings."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def until(self, now: datetime, where: str) -> datetime | None:
        """Return when (aware, UTC) it may be sent to somebody who is to wait; None when it is not quiet there.

        `where` is the time zone of a profile: an IANA name, an offset like UTC+08:00, or anything else for unknown.
        An end that the clocks skip is the moment they jump; one that they show twice is the next of the two.
        """
        zone = zone_of(where) or self.zone
        local = now.astimezone(zone)
        at = local.time()
        over_midnight = self.end < self.begin
        if not ((at >= self.begin or at < self.end) if over_midnight else self.begin <= at < self.end):
            return None
        day = local.date() + timedelta(days=1) if over_midnight and at >= self.begin else local.date()
        wall = datetime.combine(day, self.end)
        ends = instants(wall, zone) or gap(wall, zone)[:1]
        return next((moment for moment in ends if moment > now), None)


def quiet_hours(written: str, zone: tzinfo) -> QuietHours | None:
    """Read quiet hours like 22:00-08:00; None for ''. Raises `ValueError` with a sentence for anything else."""
    if not written.strip():
        return None
    found = _WRITTEN.fullmatch(written)
    try:
        if found is None:
            raise ValueError  # noqa: TRY301 - the same sentence as for 25:00
        begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except ValueError:
        raise ValueError(f"{written!r} are no quiet hours; expected two times like 22:00-08:00") from None
    if begin == end:
        raise ValueError(f"{written!r} begins when it ends; leave it empty for no quiet hours")
    return QuietHours(begin, end, zone)
