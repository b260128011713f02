"""A clock that notices when it is moved, by comparing itself with one that nobody can move.

Whoever judges others by what the clock says (that a worker has been silent, that a retry is due) would be wrong about
all of them at that moment: after a leap the signs of life in the database are of another time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

LEAP = timedelta(seconds=5)
"""The clock was moved if it gained or lost so much between two readings. Time servers correct by milliseconds."""


class WatchedClock:
    """Tells the time to everything that writes it down, so that no leap, however short, is written and not noticed.

    `monotonic` answers seconds from anywhere. May be read from any thread. After a leap it asks for `patience`: with
    others, who have yet to show signs of life by the clock as it is now, and with what this process read before the
    leap and has yet to commit.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float], patience: timedelta) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._patience = patience.total_seconds()
        self._offset: float | None = None
        self._steady_from = monotonic()
        self._settled_from = self._steady_from + self._patience

    def __call__(self) -> datetime:
        """Return the present moment in UTC."""
        now, monotonic = self._clock(), self._monotonic()
        offset = now.timestamp() - monotonic
        seen, self._offset = self._offset, offset
        if seen is not None and abs(offset - seen) > LEAP.total_seconds():
            self._steady_from = self._settled_from = monotonic + self._patience
        return now

    def settled(self) -> bool:
        """Say whether what was written by a clock since moved has been seen; a process just started cannot know."""
        return self._monotonic() >= self._settled_from

    def steady(self) -> bool:
        """Say whether others have had time to show signs of life by the clock as it is now."""
        return self._monotonic() >= self._steady_from
