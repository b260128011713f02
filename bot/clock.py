"""What time it is: the machine's clock, or one that is ahead of it by what a file says.

The file is how a rehearsal moves the clock of all processes at once; production names none.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

VARIABLE = "CLARION_CLOCK_FILE"
"""Names a file that holds how many seconds the clock is ahead."""


def clock() -> Callable[[], datetime]:
    """Return the clock of this process: a function that answers the present moment in UTC."""
    name = os.environ.get(VARIABLE)
    if not name:
        return lambda: datetime.now(UTC)
    return _Moved(Path(name)).now


class _Moved:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = 0
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment; the file is read again when it was written again."""
        try:
            written_at = self._path.stat().st_mtime_ns
            if written_at != self._read_at:
                self._ahead = timedelta(seconds=float(self._path.read_text(encoding="utf-8")))
                self._read_at = written_at
        except (OSError, ValueError):
            pass  # being written this very moment: what was read before still holds
        return datetime.now(UTC) + self._ahead
