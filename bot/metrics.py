"""Numbers for Prometheus, the same whichever process answers: of the ledger, and of what the web processes heard.

Counters kept in memory would be wrong with several web processes. `docs/reference/metrics.md` is made from `listed`,
and the example alerts may name nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import peewee as pw
import redis
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.hearing import Heard
from bot.wiring import Runtime
from broadcast import quota
from storage import broadcasts, channels, statistics
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


def _month_used(now: datetime) -> Iterator[Row]:
    """Yield the part of its month's messages each channel with such a limit has sent or promised."""
    for channel_id in channels.ids():
        taken = quota.today(channel_id, now)
        if taken.limits.messages_per_month:
            yield channel_id, (), taken.month.messages / taken.limits.messages_per_month


MEASURES: tuple[Measure, ...] = (
    Measure("clarion_broadcasts", "Broadcasts by status.", ("status",), lambda _now: statistics.broadcasts_by_status()),
    Measure(
        "clarion_recipients", "Recipients of unfinished and lately finished broadcasts, by ledger state.", ("state",),
        statistics.recipients_by_state,
    ),
    Measure(
        "clarion_forgotten_recipients",
        "Recipients of a lately finished broadcast who still stand as waiting for it; anything but 0 is a fault.", (),
        statistics.forgotten,
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
    Measure(
        "clarion_month_used_ratio",
        "Part of the channel's own `messages_per_month` that is sent or promised; 1 is all of it.", (), _month_used,
    ),
)  # fmt: skip
"""Everything that is read from the database for each channel."""

COUNTERS = {
    Heard.SIGNATURE_REFUSED: (
        "clarion_signatures_refused_total", "Webhooks refused because the platform did not sign them."
    ),
    Heard.EVENT_FAILED: (
        "clarion_events_failed_total",
        "Events from platforms whose handling ended in an error nobody foresaw; anything but 0 is a fault.",
    ),
    Heard.SENT_TWICE: (
        "clarion_sent_twice_total", "Echoes of a message that somebody had got already; anything but 0 is a fault."
    ),
}  # fmt: skip
"""Counted for each channel since Redis was last empty."""

LAG = (
    "clarion_inbox_lag_seconds",
    "How long after it happened the latest event was taken in; none for a minute: none.",
)
WORKERS = ("clarion_workers", "Workers heard of in the last 10 seconds.")
DATABASE = ("clarion_database_up", "1 while the database answers; 0, and nothing from the ledger, while it is away.")
QUEUE = ("clarion_queue_up", "1 while Redis answers; 0, and nothing that is counted there, while it is away.")


def listed() -> list[tuple[str, tuple[str, ...], str]]:
    """Return (name, labels, what it says) of every metric, for the documents and the alerts."""
    return [
        *((one.name, ("channel", *one.labels), one.help) for one in MEASURES),
        *((name, ("channel",), said) for name, said in (*COUNTERS.values(), LAG)),
        *((name, (), said) for name, said in (WORKERS, DATABASE, QUEUE)),
    ]


class _Everything(Collector):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Read everything once. What cannot be asked is told to be away, and the rest is told all the same."""
        yield from _or_away(DATABASE, pw.DatabaseError, self._ledger)
        yield from _or_away(QUEUE, redis.RedisError, self._heard)

    def _ledger(self) -> list[Metric]:
        now = self._runtime.now()
        names = {channel.id: name for name, channel in self._runtime.channels.items()}
        families: list[Metric] = []
        for measure in MEASURES:
            family = GaugeMetricFamily(measure.name, measure.help, labels=("channel", *measure.labels))
            for channel_id, others, value in measure.read(now):
                if channel_id in names:
                    family.add_metric([names[channel_id], *others], value)
            families.append(family)
        return [*families, GaugeMetricFamily(*WORKERS, value=statistics.workers_alive(now))]

    def _heard(self) -> list[Metric]:
        told = self._runtime.hearing.told([*self._runtime.channels])
        families: list[Metric] = []
        for what, (name, said) in COUNTERS.items():
            # From 0 on, or nobody could tell the first from none.
            counter = CounterMetricFamily(name, said, labels=("channel",))
            for channel in self._runtime.channels:
                counter.add_metric([channel], told.counts[what, channel])
            families.append(counter)
        lag = GaugeMetricFamily(*LAG, labels=("channel",))
        for channel, seconds in told.late.items():
            lag.add_metric([channel], seconds)
        return [*families, lag]


def _or_away(up: tuple[str, str], away: type[Exception], read: Callable[[], list[Metric]]) -> Iterator[Metric]:
    try:
        found = read()
    except away:
        yield GaugeMetricFamily(*up, value=0)
        return
    yield GaugeMetricFamily(*up, value=1)
    yield from found


def exposition(runtime: Runtime) -> bytes:
    """Return all metrics in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Everything(runtime))
    return generate_latest(registry)
