"""The simulators' time: it runs like the real one, or stands still, and can be moved forward on request."""

import time
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """A clock that tests and the playground may move forward, never back.

    With `start` it begins there, otherwise at the machine's time. A clock that is not `running` moves
    only when it is advanced, which makes a test's instants exact.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        real = _real_millis()
        begin = real if start is None else int(start.timestamp() * 1000)
        self._running = running
        self._offset = begin - real if running else begin

    def millis(self) -> int:
        """Return the time in milliseconds since 1970-01-01 UTC, as webhooks carry it."""
        return _real_millis() + self._offset if self._running else self._offset

    def now(self) -> datetime:
        """Return the time as an aware UTC datetime."""
        return from_millis(self.millis())

    def advance(self, by: timedelta) -> None:
        """Move forward. Raises `ValueError` for a negative step: time on a platform never goes back."""
        if by < timedelta(0):
            raise ValueError(f"The clock only moves forward; {by.total_seconds():g} s was asked for.")
        self._offset += int(by.total_seconds() * 1000)


def from_millis(millis: int) -> datetime:
    """Return the aware UTC datetime of a platform time stamp in milliseconds."""
    return datetime.fromtimestamp(millis / 1000, UTC)


def _real_millis() -> int:
    return int(time.time() * 1000)
