"""Numbers for Prometheus, read from the database at each scrape: the same whichever process answers.

Counters kept in memory would be wrong with several web processes; the ledger already counts everything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.wiring import ChannelRuntime
from storage import statistics


class _Ledger(Collector):
    def __init__(self, channels: Mapping[str, ChannelRuntime], now: datetime) -> None:
        self._names = {channel.id: name for name, channel in channels.items()}
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Read everything once."""
        yield self._family(
            "clarion_broadcasts", "Broadcasts by status.", ("channel", "status"), statistics.broadcasts_by_status()
        )
        yield self._family(
            "clarion_recipients", "Recipients of unfinished and lately finished broadcasts, by ledger state.",
            ("channel", "state"), statistics.recipients_by_state(self._now),
        )  # fmt: skip
        yield self._family(
            "clarion_replies_waiting", "Replies to people that are not sent yet.", ("channel",),
            statistics.replies_waiting(),
        )  # fmt: skip
        yield self._family(
            "clarion_oldest_reply_seconds", "How long the oldest of them has waited.", ("channel",),
            statistics.oldest_reply_seconds(self._now),
        )  # fmt: skip
        yield self._family(
            "clarion_channel_paused", "1 while a channel is paused.", ("channel",), statistics.paused(self._now)
        )
        workers = GaugeMetricFamily("clarion_workers", "Workers heard of lately.")
        workers.add_metric([], statistics.workers_alive(self._now))
        yield workers

    def _family(
        self, name: str, help_text: str, labels: tuple[str, ...], rows: Iterable[tuple[int, tuple[str, ...], float]]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, help_text, labels=labels)
        for channel_id, others, value in rows:
            if channel_id in self._names:
                family.add_metric([self._names[channel_id], *others], value)
        return family


def exposition(channels: Mapping[str, ChannelRuntime], now: datetime) -> bytes:
    """Return all metrics in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Ledger(channels, now))
    return generate_latest(registry)
