"""What web processes hear and no ledger keeps, added up over all of them in Redis.

In the memory of one process a count would be wrong with several. After Redis was wiped it begins at nothing again, as
a counter may.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import redis
import structlog

COUNTS_KEY, LATE_KEY = "clarion:heard", "clarion:late:"

EVERY_SECONDS = 1.0
"""How often a process writes down what it heard, at most, so that a flood or a Redis that hangs costs little."""

LATE_KEPT_SECONDS = 60
"""How long it is told how late an event came when no other came since."""

_log = structlog.get_logger()


class Heard(StrEnum):
    """What is counted."""

    SIGNATURE_REFUSED = "signature_refused"  # a webhook that the platform did not sign
    EVENT_FAILED = "event_failed"  # an event whose handling ended in an error nobody foresaw
    SENT_TWICE = "sent_twice"  # an echo of a message that another message id is in the ledger for


@dataclass(frozen=True, slots=True)
class Told:
    """What all web processes have heard, by channel: each count, and how many seconds late events came."""

    counts: Mapping[tuple[Heard, str], int]
    late: Mapping[str, float]


class Hearing:
    """Counts for one process; safe to use from threads. `monotonic` returns seconds."""

    def __init__(self, connection: redis.Redis, monotonic: Callable[[], float]) -> None:
        self._redis = connection
        self._monotonic = monotonic
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._late: dict[str, float] = {}
        self._written = float("-inf")

    def count(self, what: Heard, channel: str, times: int = 1) -> None:
        """Add to a count. Never raises: while Redis is away the counts wait in this process."""
        with self._lock:
            self._counts[_field(what, channel)] += times
        self._write()

    def late(self, channel: str, seconds: float) -> None:
        """Tell how long after it happened an event was taken in. Never raises."""
        with self._lock:
            self._late[channel] = max(seconds, self._late.get(channel, 0.0))
        self._write()

    def told(self, channels: list[str]) -> Told:
        """Return what all processes have heard. Raises `redis.RedisError`."""
        kinds = [(what, name) for what in Heard for name in channels]
        if not kinds:
            return Told({}, {})
        counts = self._redis.hmget(COUNTS_KEY, [_field(what, name) for what, name in kinds])
        late = self._redis.mget([LATE_KEY + name for name in channels])
        return Told(
            {kind: int(times or 0) for kind, times in zip(kinds, counts, strict=True)},
            {name: float(seconds) for name, seconds in zip(channels, late, strict=True) if seconds is not None},
        )

    def _write(self) -> None:
        with self._lock:
            if self._monotonic() - self._written < EVERY_SECONDS:
                return
            self._written = self._monotonic()
            counts, self._counts = self._counts, Counter()
            late, self._late = self._late, {}
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for field, times in counts.items():
                    pipeline.hincrby(COUNTS_KEY, field, times)
                for channel, seconds in late.items():
                    pipeline.set(LATE_KEY + channel, seconds, ex=LATE_KEPT_SECONDS)
                pipeline.execute()
        except redis.RedisError as error:
            with self._lock:
                self._counts += counts
            _log.warning("counts_wait", error=type(error).__name__)


def _field(what: Heard, channel: str) -> str:
    return f"{what.value} {channel}"
