"""Notices that the clock was moved, by comparing it with one that nobody can move.

Whoever judges others by what the clock says (that a worker has been silent, that a retry is due) would be wrong about
all of them at that moment: after a leap the signs of life in the database are of another time.
"""

from datetime import datetime, timedelta

LEAP = timedelta(seconds=5)
"""The clock was moved if it gained or lost so much between two looks. Time servers correct by milliseconds."""


class Leap:
    """Compares the clock with a monotonic one; after a leap it asks for patience with others."""

    def __init__(self, patience: timedelta) -> None:
        self._patience = patience.total_seconds()
        self._seen: tuple[datetime, float] | None = None
        self._steady_from = 0.0

    def look(self, now: datetime, monotonic: float) -> bool:
        """Say whether the clock was moved since the last look; the first look cannot know, and says that it was.

        `monotonic` is in seconds from anywhere.
        """
        seen, self._seen = self._seen, (now, monotonic)
        if seen is None:
            return True
        moved = abs(now - seen[0] - timedelta(seconds=monotonic - seen[1])) > LEAP
        if moved:
            self._steady_from = monotonic + self._patience
        return moved

    def steady(self, monotonic: float) -> bool:
        """Say whether others have had time to show signs of life by the clock as it is now."""
        return monotonic >= self._steady_from
