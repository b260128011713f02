"""One channel to send on: the real delivery, ledger and pace, and a platform that answers as a test wants."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from bot.texts import texts
from broadcast import because
from broadcast.delivery import Delivery
from broadcast.draft import Draft, from_row
from broadcast.limits import Pace
from broadcast.outgoing import Composer
from broadcast.pictures import place_pictures
from broadcast.quiet import QuietHours
from broadcast.surroundings import Surroundings
from broadcast.threads import DatabaseThread
from handlers.content import Content, Image, Message, Outgoing, Text
from handlers.contract import Capabilities
from handlers.messenger.capabilities import CAPABILITIES
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused
from handlers.templates import ListedTemplate
from storage import broadcasts, channels, entries, ledger
from storage.lifecycle import BroadcastStatus
from storage.models import Recipient
from tests.support.clock import Clock
from tests.support.people import saw

PATIENCE_SECONDS = 10.0


def refused(reason: str, fate: Fate, code: str = "", **facts: Any) -> Refused:
    """Return a refusal as a platform's table would give it."""
    return Refused(Failure(reason, fate, f"{reason} ({{code}})", **facts), code)


class FakePlatform:
    """Takes messages in, in `calls`, and answers with what `answer` returns for them."""

    capabilities: Capabilities = CAPABILITIES

    def __init__(self) -> None:
        self.calls: list[Outgoing] = []
        self.uploads: list[str] = []
        self.answer: Callable[[Outgoing], Outcome] = lambda _: Accepted(f"m{len(self.calls)}")
        self.seconds = 0.0
        self.open = 0

    async def send_bulk(self, _http: object, outgoing: Outgoing) -> Outcome:
        self.open += 1
        self.calls.append(outgoing)
        await asyncio.sleep(self.seconds)
        self.open -= 1
        return self.answer(outgoing)

    def send(self, outgoing: Outgoing) -> Outcome:
        self.calls.append(outgoing)
        return self.answer(outgoing)

    def templates(self) -> tuple[ListedTemplate, ...]:
        return ()

    def upload(self, image: Image) -> str:
        self.uploads.append(image.url)
        return f"handle{len(self.uploads)}"

    def upload_lifetime(self) -> timedelta:
        return timedelta(days=80)

    def heard(self, person: str) -> list[str]:
        """Return the texts a person was sent, in order."""
        return [call.message.text for call in self.calls if call.to == person and isinstance(call.message, Text)]


class Lab:
    """See the module. Times are the clock's; what is told to people is in `told`."""

    def __init__(self, clock: Clock, redis_url: str, rate: float = 5000) -> None:
        self.clock = clock
        self.rate = rate
        self.platform = FakePlatform()
        self.channel = channels.ensure("page", "messenger")
        self.told: list[tuple[str, Draft]] = []
        self.quiet: QuietHours | None = None
        self._redis_url = redis_url
        self._names = count(1)
        Redis.from_url(redis_url).flushall()

    def people(self, number: int) -> list[str]:
        """Make people whose windows are open."""
        people = [f"p{next(self._names)}" for _ in range(number)]
        for person in people:
            saw(self.channel, person, self.clock.now(), self.clock.now() + timedelta(hours=20))
        return people

    def broadcast(self, *messages: str | Message) -> int:
        """Make a broadcast to everyone there is now, and let it send."""
        said = tuple(Text(text=one) if isinstance(one, str) else one for one in messages or ("Hello!",))
        now = self.clock.now()
        row = broadcasts.create(
            self.channel, f"b{next(self._names)}", "boss", now, content=Content(messages=said).model_dump(mode="json")
        )
        broadcasts.move(row.id, BroadcastStatus.STARTING, "boss", now)
        ledger.plan(row.id, self.channel, None, {}, now)
        broadcasts.move(row.id, BroadcastStatus.SENDING, "boss", now, started_at=now)
        return int(row.id)

    def draft(self, broadcast: int) -> Draft:
        """Return a broadcast as it stands."""
        row = broadcasts.get(broadcast)
        assert row is not None
        return from_row(row)

    def why(self, broadcast: int) -> str:
        """Return why a broadcast stands still, in English."""
        return because.say(self.draft(broadcast).pause_reason, texts("en"))

    def status(self, broadcast: int) -> str:
        """Return where a broadcast is in its life."""
        return self.draft(broadcast).status.value

    def states(self, broadcast: int) -> Counter[str]:
        """Return how many rows are in each state."""
        return Counter(dict(entries.sums(broadcast).by_state))

    def rows(self, broadcast: int) -> list[Recipient]:
        """Return a broadcast's rows, by person."""
        return [*Recipient.select().where(Recipient.broadcast == broadcast).order_by(Recipient.subscriber)]

    def notify(self, what: str, draft: Draft) -> None:
        """Remember what was told."""
        self.told.append((what, draft))

    def deliver(self, *when: Callable[[], object], workers: Sequence[str] = ("w1",)) -> None:
        """Send until the first of `when` is true, then the next, and so on; each may also do something.

        With none it sends until no broadcast is being sent any more. Then it stops as on SIGTERM.
        """

        def over() -> bool:
            return not broadcasts.with_status(self.channel, BroadcastStatus.SENDING)

        asyncio.run(self._deliver(when or (over,), workers))

    async def _deliver(self, when: Sequence[Callable[[], object]], workers: Sequence[str]) -> None:
        redis = AsyncRedis.from_url(self._redis_url)
        threads = [DatabaseThread(worker) for worker in workers]
        deliveries = [Delivery(self.surroundings(*one, Pace(redis))) for one in zip(workers, threads, strict=True)]
        running = [asyncio.create_task(delivery.run()) for delivery in deliveries]
        try:
            for condition in when:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not condition():
                        await asyncio.sleep(0.01)
                        for delivery in deliveries:
                            delivery.wake()
        finally:
            for delivery in deliveries:
                delivery.stop()
            await asyncio.gather(*running)
            for thread in threads:
                thread.close()
            await redis.aclose()

    def surroundings(self, worker: str, database: DatabaseThread, pace: Pace) -> Surroundings:
        """Return what a worker's delivery on the channel works with."""

        async def prepare(draft: Draft) -> Composer | None:
            placed = await database.run(
                place_pictures,
                self.channel,
                self.platform,
                draft.content,
                self.clock.now(),  # type: ignore[arg-type]
            )
            return Composer(draft.id, placed)

        return Surroundings(
            channel_id=self.channel,
            platform=self.platform,  # type: ignore[arg-type]  # what delivery does not use is left out
            rate=self.rate,
            pace=pace,
            worker=worker,
            now=self.now,
            database=database,
            http=None,  # type: ignore[arg-type]  # the platform here makes no calls
            notify=self.notify,
            prepare=prepare,
            quiet=self.quiet,
        )

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock.now()
