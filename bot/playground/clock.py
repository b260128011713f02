"""The clock that can be moved: one file for all processes of the product, and the same step for every platform."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.playground.accounts import Account

_MORNING = 9  # o'clock


def _next_morning(now: datetime) -> datetime:
    return (now + timedelta(days=1)).replace(hour=_MORNING, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Step:
    """One way to move on: its words on the button, and the moment it leads to."""

    title: str
    target: Callable[[datetime], datetime]


STEPS: Mapping[str, Step] = {
    "hour": Step("+1 hour", lambda now: now + timedelta(hours=1)),
    "morning": Step("Tomorrow 9:00", _next_morning),
    "day": Step("+1 day", lambda now: now + timedelta(days=1)),
    "week": Step("+1 week", lambda now: now + timedelta(days=7)),
}


class Clock:
    """Moves the time of a whole demo forward. Safe to use from several threads.

    `file` says how many seconds the product's processes are ahead of the machine; `now` is their present moment.
    """

    def __init__(self, file: Path, accounts: Sequence[Account], now: Callable[[], datetime]) -> None:
        self._file, self._accounts, self.now = file, accounts, now
        self._lock = threading.Lock()

    @property
    def ahead_seconds(self) -> float:
        """How far the clock was moved in all."""
        return float(self._file.read_text("utf-8"))

    def move(self, step: Step, stop_at: datetime | None) -> None:
        """Take a step, which ends at `stop_at` where that comes first.

        The platforms go first: they would call what the product writes to them stale the other way round.
        """
        with self._lock:
            now = self.now()
            target = step.target(now)
            if stop_at is not None and now < stop_at < target:
                target = stop_at
            by = (target - now).total_seconds()
            for account in self._accounts:
                account.simulator().post("clock", {"advance_seconds": by})
            # Written beside and put in its place, so that nobody reads half a number.
            beside = self._file.with_suffix(".new")
            beside.write_text(repr(self.ahead_seconds + by), "utf-8")
            beside.replace(self._file)
