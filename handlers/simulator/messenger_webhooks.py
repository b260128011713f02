"""Posts what happens on the Page to the app's webhook, as the platform does: signed, batched, retried."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp

from handlers.simulator import messenger_events as events
from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_record import Sent
from handlers.simulator.stream import Stream

Json = dict[str, Any]

# Messenger Platform, webhooks (May 5, 2026): failures for 1 h unsubscribe the app from the Page.
DISABLED_AFTER_MS = int(timedelta(hours=1).total_seconds() * 1000)

_NOT_SUBSCRIBED = -1
_NO_ANSWER = 0


class _Lane:
    """A share of the people whose notifications are posted one after the other, so in order."""

    def __init__(self) -> None:
        self.waiting: deque[Sent] = deque()
        self.wake = asyncio.Event()
        self.posting = 0


class Webhooks:
    """The notifications of one Page, on their way to one URL.

    A person always falls into the same lane, so the echo of a message comes before its receipts and
    messages keep their order, while lanes work beside each other. What waits is kept in short form and is
    bounded: above `webhook_queue_most` sends, what comes is dropped and counted.
    """

    def __init__(self, config: MessengerConfig, clock: VirtualClock, faults: FaultBoard, stream: Stream) -> None:
        self._config, self._clock, self._faults, self._stream = config, clock, faults, stream
        self.fields = set(config.subscribed_fields)
        self.posted = self.failed = self.retried = self.dropped = self.events = 0
        self._failing_since: int | None = None
        self.disabled = False
        self._receipts = 0
        self._lanes: list[_Lane] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Start the lanes. Needs a running loop."""
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._config.webhook_timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._lanes = [_Lane() for _ in range(self._config.webhook_lanes)]
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def close(self) -> None:
        """Stop the lanes; what still waits is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def subscribe(self, fields: Iterable[str]) -> None:
        """Subscribe the app to these fields, also after the platform has unsubscribed it."""
        self.fields = set(fields)
        self.disabled = False
        self._failing_since = None

    @property
    def pending(self) -> int:
        """How many sends have notifications that are not through yet."""
        return sum(len(lane.waiting) + lane.posting for lane in self._lanes)

    def sent(self, sent: Sent) -> None:
        """Queue the echo and the receipts of an accepted message."""
        if not self._config.webhook_url:
            return
        if self.pending >= self._config.webhook_queue_most:
            self.dropped += 1
            return
        lane = self._lanes[sent.number % len(self._lanes)]
        lane.waiting.append(sent)
        lane.wake.set()

    async def settle(self, within_seconds: float) -> bool:
        """Wait until nothing is pending; say whether that came about in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                while self.pending:  # noqa: ASYNC110 - a test's wait; the hot path signals nothing
                    await asyncio.sleep(0.002)
        return not self.pending

    async def tell(self, items: Sequence[Json]) -> int:
        """Post events in one notification and return the app's last status.

        0 stands for no answer at all, -1 for events the app is not subscribed to.
        """
        wanted = [item for item in items if (field := events.field_of(item)) in self.fields or not field]
        if not wanted or self.disabled or not self._config.webhook_url:
            return _NOT_SUBSCRIBED
        struck = self._faults.draw("webhook")
        if "reordered_webhooks" in struck:
            wanted.reverse()
        body = events.envelope(wanted, self._config.page_id, self._clock.millis(), self._config.items_per_entry)
        status = await self._notify(body, len(wanted))
        if "doubled_webhook" in struck:
            status = await self._notify(body, len(wanted))
        return status

    def items(self, sent: Sent) -> list[Json]:
        """Return echo, delivery and read of one message, those that this Page is set to give."""
        page, items = self._config.page_id, []
        if self._config.echoes:
            items += [events.echo(sent, page, self._config.app_id)] * sent.echoes
        if self._config.deliveries:
            self._receipts += 1
            items.append(events.delivery(sent, page, with_mids=self._receipts % 2 == 1))
        if self._config.reads:
            items.append(events.read(sent, page))
        return items

    async def verify(self, token: str) -> Json:
        """Ask the app's webhook for its handshake, as the dashboard does when the URL is entered."""
        assert self._http is not None
        challenge = "1158201444"
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
        async with self._http.get(self._config.webhook_url, params=query) as response:
            return {"status": response.status, "verified": await response.text() == challenge}

    async def _work(self, lane: _Lane) -> None:
        while True:
            await lane.wake.wait()
            lane.wake.clear()
            while lane.waiting:
                items: list[Json] = []
                while lane.waiting and len(items) < self._config.events_per_post:
                    items += self.items(lane.waiting.popleft())
                    lane.posting += 1
                await self.tell(items)
                lane.posting = 0

    async def _notify(self, body: bytes, count: int) -> int:
        headers = {"Content-Type": "application/json"}
        if self._config.app_secret:
            headers |= events.signatures(body, self._config.app_secret)
        status = await self._post(body, headers)
        for pause in self._config.webhook_retry_seconds:
            if status == 200:
                break
            self.retried += 1
            await asyncio.sleep(pause)
            status = await self._post(body, headers)
        self._judge(status, count)
        return status

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        assert self._http is not None
        try:
            async with self._http.post(self._config.webhook_url, data=body, headers=headers) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return _NO_ANSWER

    def _judge(self, status: int, count: int) -> None:
        self._stream.tell("webhook", {"status": status, "events": count, "at": self._clock.millis()})
        if status == 200:
            self.posted += 1
            self.events += count
            self._failing_since = None
            return
        self.failed += 1
        now = self._clock.millis()
        if self._failing_since is None:
            self._failing_since = now
        elif now - self._failing_since >= DISABLED_AFTER_MS:
            self.disabled = True
            self.fields = set()
