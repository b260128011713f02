"""A clock for tests."""

from datetime import datetime, timedelta


class Clock:
    """Stands still until moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the present moment."""
        return self._now

    def advance(self, **by: float) -> None:
        """Let time pass: `advance(minutes=5)`."""
        self._now += timedelta(**by)
