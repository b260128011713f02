"""Numbers for Prometheus, read from the database at each scrape: the same whichever process answers.

Counters kept in memory would be wrong with several web processes; the ledger already counts everything.
`docs/metrics.md` is made from `MEASURES`, and the example alerts may name nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.wiring import ChannelRuntime
from storage import broadcasts, statistics
from storage.lifecycle import BroadcastStatus
from storage.statistics import Row


@dataclass(frozen=True, slots=True)
class Measure:
    """One gauge: its name, what it says, its labels after `channel`, and how its rows are read."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[datetime], Iterable[Row]]


def _overdue(now: datetime) -> list[Row]:
    """Return how late the latest scheduled broadcast of each channel is, in seconds; 0 where none is."""
    late: dict[int, float] = {}
    for row in broadcasts.with_status(None, BroadcastStatus.SCHEDULED):
        if row.scheduled_for is not None:
            seconds = max(0.0, (now - row.scheduled_for).total_seconds())
            late[row.channel_id] = max(seconds, late.get(row.channel_id, 0.0))
    return [(channel_id, (), seconds) for channel_id, seconds in late.items()]


MEASURES: tuple[Measure, ...] = (
    Measure("clarion_broadcasts", "Broadcasts by status.", ("status",), lambda _now: statistics.broadcasts_by_status()),
    Measure(
        "clarion_recipients", "Recipients of unfinished and lately finished broadcasts, by ledger state.", ("state",),
        statistics.recipients_by_state,
    ),
    Measure("clarion_overdue_seconds", "How late the latest scheduled broadcast is.", (), _overdue),
    Measure(
        "clarion_replies_waiting", "Replies to people that are not sent yet.", (),
        lambda _now: statistics.replies_waiting(),
    ),
    Measure(
        "clarion_oldest_reply_seconds", "How long the oldest of them has waited.", (), statistics.oldest_reply_seconds
    ),
    Measure("clarion_channel_paused", "1 while a channel is paused.", (), statistics.paused),
)  # fmt: skip
"""Everything that is counted for each channel."""

WORKERS = ("clarion_workers", "Workers heard of in the last 10 seconds.")
"""The one number that belongs to no channel."""


class _Ledger(Collector):
    def __init__(self, channels: Mapping[str, ChannelRuntime], now: datetime) -> None:
        self._names = {channel.id: name for name, channel in channels.items()}
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Read everything once."""
        for measure in MEASURES:
            family = GaugeMetricFamily(measure.name, measure.help, labels=("channel", *measure.labels))
            for channel_id, others, value in measure.read(self._now):
                if channel_id in self._names:
                    family.add_metric([self._names[channel_id], *others], value)
            yield family
        workers = GaugeMetricFamily(*WORKERS)
        workers.add_metric([], statistics.workers_alive(self._now))
        yield workers


def exposition(channels: Mapping[str, ChannelRuntime], now: datetime) -> bytes:
    """Return all metrics in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Ledger(channels, now))
    return generate_latest(registry)
