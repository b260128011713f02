"""One channel's broadcasts on their way: claim, wait for a slot, commit the intent, call, record.

A pipeline on one event loop. Rows are claimed about a second's worth at a time; just before their slots come, a handful
is looked at again and committed as `sending`; only then do the calls leave, each in a task of its own. Outcomes are
gathered for some milliseconds and committed together. So the rows in doubt after a kill are those whose calls
were in flight, and the database commits tens of times a second whatever the rate.
"""

import asyncio
import contextlib

import structlog
from redis import RedisError

from broadcast import intent
from broadcast.because import Reason
from broadcast.departures import Departures
from broadcast.draft import Draft, from_row, rate_of
from broadcast.limits import BULK_SHARE
from broadcast.mass.roads import MASS
from broadcast.outgoing import Composer
from broadcast.queue import Queue
from broadcast.recorder import Recorder, Result
from broadcast.surroundings import Surroundings
from broadcast.sweep import SYSTEM, finish, hold
from broadcast.trouble import Trouble
from handlers.outcomes import Failure, Fate, Outcome, Refused, Uncertain, Usage
from storage import broadcasts, channels, ledger
from storage.database import AWAY, transaction
from storage.ledger import Claim
from storage.lifecycle import BroadcastStatus

BLOCK_SECONDS = 0.03
"""Slots are reserved for so much time at once: small enough that a pause or a reply is felt at once."""

LEAD_SECONDS = 0.015
"""The intent is committed so long before the first slot of a block: about what a commit takes."""

BLOCK_MOST = 64
CLAIM_MOST = 500
IN_FLIGHT_MOST = 600
"""Calls at once: two seconds of the fastest documented Page (300/s) with room to spare."""

LATE_SECONDS = 5.0
"""A call that has not left so long after its intent was committed is not made: its lease may be gone."""

IDLE_SECONDS = 1.0
"""With nothing to do, look again after so long even if no wake-up came."""

LOOK_AGAIN_SECONDS = 0.5
"""How old the list of broadcasts being sent may get."""

NAP_SECONDS = 0.25
"""The longest single wait for a slot: a pause of the whole channel may take minutes, a stop may not."""

EASE_SECONDS = 0.5
"""How often the other workers are told that the platform's gauge is high."""

_NOT_MADE = Failure("not_made", Fate.PAUSE, "The call was not made in time.", wait_seconds=0)
_NOT_COMPOSED = Failure("not_composed", Fate.GIVE_UP, "This message could not be put together ({code}).")
_log = structlog.get_logger()


class Delivery:
    """Sends one channel's broadcasts until told to stop. Make it and run it inside the event loop."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._queues: dict[int, Queue] = {}
        self._closed: list[Queue] = []
        self._unsure: set[int] = set()
        self._looked = 0.0
        self._departures = Departures()
        self._calls: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(IN_FLIGHT_MOST)
        self._recorder = Recorder(around.channel_id, around.worker, around.now, around.database, around.notify)
        self._preparing: dict[int, asyncio.Task[Composer | None]] = {}
        self._usage: Usage | None = None
        self._eased = 0.0
        self._stopping = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for work now."""
        self._looked = 0.0
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing new; `run` returns when the calls in flight are recorded."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped, then finish the calls in flight and give back what was not begun."""
        recording = asyncio.create_task(self._recorder.run())
        try:
            while not self._stopping:
                busy = False
                try:
                    busy = await self._round()
                except (RedisError, *AWAY) as error:
                    # Either may be away for a while. Nothing is lost: what we hold is in the ledger.
                    _log.warning("delivery_waits", channel=self._around.channel_id, error=type(error).__name__)
                except Exception:  # noqa: BLE001 - a mistake of ours on one channel must not end the others
                    _log.exception("delivery_failed", channel=self._around.channel_id)
                if not busy:
                    await self._rest()
        finally:
            await self._end(recording)

    async def _end(self, recording: asyncio.Task[None]) -> None:
        """Finish the calls in flight, record them, and give back what was not begun."""
        for preparing in self._preparing.values():
            preparing.cancel()
        for queue in self._queues.values():
            queue.closed = True
        if self._calls:
            await asyncio.wait(self._calls)
        self._recorder.stop()
        await recording
        try:
            await self._drop([*self._queues])
        except AWAY as error:
            # They are taken from us once our signs of life stop.
            _log.warning("claims_kept", channel=self._around.channel_id, error=type(error).__name__)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
        self._woken.clear()

    async def _round(self) -> bool:
        """Send one block of each broadcast in turn, so that a small one is not stuck behind a large one."""
        loop = asyncio.get_running_loop()
        if self._recorder.held.is_set() or loop.time() - self._looked > LOOK_AGAIN_SECONDS:
            self._recorder.held.clear()
            await self._look()
            self._looked = loop.time()
        busy = False
        for queue in [*self._queues.values()]:
            if self._recorder.held.is_set() or self._stopping:
                break
            busy |= await self._send_block(queue)
        return busy

    async def _look(self) -> None:
        """Read which broadcasts are sending; give back what is held of those that no longer are."""
        await self._recover()
        active = {draft.id: draft for draft in await self._around.database.run(self._active)}
        over = [key for key, queue in self._queues.items() if key not in active or queue.outdated or queue.closed]
        await self._drop(over)
        for broadcast_id, draft in active.items():
            if broadcast_id not in self._queues:
                await self._open(draft)

    async def _open(self, draft: Draft) -> None:
        """Begin with a broadcast once what it shows is on the platform, without keeping the others waiting."""
        preparing = self._preparing.get(draft.id)
        if preparing is None:
            preparing = self._preparing[draft.id] = asyncio.create_task(self._around.prepare(draft))
            preparing.add_done_callback(lambda _: self.wake())
            await asyncio.sleep(0)
        if preparing.done():
            del self._preparing[draft.id]
            composer = preparing.result()
            if composer is not None:
                # Whom a template is for is refused first; and who let a broadcast go on has seen what came of it.
                begins = draft.updated_at == draft.started_at and not composer.has_template
                self._queues[draft.id] = Queue(draft, composer, trouble=Trouble(begins=begins))

    def _active(self) -> list[Draft]:
        """Return what is to be sent now; ask the admins where the channel waits for somebody to mend it."""
        around, now = self._around, self._around.now()
        rows = broadcasts.with_status(around.channel_id, BroadcastStatus.SENDING)
        sending = [from_row(row) for row in rows if row.road != MASS]
        reason, until = channels.paused(around.channel_id, now) if sending else ("", None)
        if not reason:
            return sending
        if until is None:
            for draft in sending:
                with transaction():
                    hold(draft, SYSTEM, Reason(reason), now, around.notify)
        return []

    async def _drop(self, broadcast_ids: list[int]) -> None:
        for broadcast_id in broadcast_ids:
            queue = self._queues[broadcast_id]
            queue.closed = True
            self._unsure.add(broadcast_id)
            ids = [claim.subscriber_id for claim in queue.claims]
            await self._around.database.run(
                ledger.give_back, broadcast_id, self._around.worker, ids, self._around.now()
            )
            self._unsure.discard(broadcast_id)
            del self._queues[broadcast_id]
            self._closed.append(queue)

    async def _recover(self) -> None:
        """Give back what the ledger has under our name and we do not know of: a commit may have been cut off."""
        self._closed = [queue for queue in self._closed if queue.calling]
        for broadcast_id in [*self._unsure]:
            held: set[int] = set()
            for queue in (*self._queues.values(), *self._closed):
                if queue.draft.id == broadcast_id:
                    waiting = [] if queue.closed else queue.claims
                    held |= {claim.subscriber_id for claim in (*queue.calling, *waiting)}
            around = self._around
            lost = await around.database.run(ledger.recover, broadcast_id, around.worker, held, around.now())
            if lost:
                _log.warning("claims_recovered", broadcast=broadcast_id, rows=lost)
            self._unsure.discard(broadcast_id)

    async def _send_block(self, queue: Queue) -> bool:
        """Send the next few messages of a broadcast; False when there is nothing to do for it now."""
        if not queue.claims and not await self._refill(queue):
            return False
        if not queue.claims:
            return True  # all who were claimed have quiet hours; others may not
        await self._ease()
        loop, rate = asyncio.get_running_loop(), self._rate(queue)
        if (behind := self._departures.behind()) > 0:
            await asyncio.sleep(min(behind, NAP_SECONDS))
        size = min(BLOCK_MOST, max(1, int(rate * BLOCK_SECONDS)), len(queue.claims))
        for _ in range(size):
            await self._room.acquire()
        go: list[Claim] = []
        first = every = 0.0
        try:
            grant = await self._around.pace.bulk(self._around.channel_id, rate, size)
            first = loop.time() + grant.wait
            every = grant.every
            await asyncio.sleep(min(grant.wait - LEAD_SECONDS, NAP_SECONDS))
            if grant.count and not self._recorder.held.is_set() and not self._stopping:
                go = await self._begin(queue, min(size, grant.count))
        finally:
            for _ in range(size - len(go)):
                self._room.release()
        for number, claim in enumerate(go):
            call = asyncio.create_task(self._call(queue, claim, first + number * every, every * BULK_SHARE))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return True

    def _rate(self, queue: Queue) -> float:
        return rate_of(queue.draft, self._around.rate, self._around.media_rate)

    async def _ease(self) -> None:
        """Tell all workers what the platform's gauge said, at once when it is full and from time to time otherwise."""
        usage, now = self._usage, asyncio.get_running_loop().time()
        if usage is not None and (usage.percent >= 100 or now - self._eased >= EASE_SECONDS):
            await self._around.pace.ease(self._around.channel_id, usage)
            self._usage, self._eased = None, now

    async def _begin(self, queue: Queue, size: int) -> list[Claim]:
        """Commit the intent to send to the next `size` people; return those who may still be written to."""
        block = [queue.claims.popleft() for _ in range(size)]
        go = None
        self._unsure.add(queue.draft.id)
        try:
            go = await self._around.database.run(intent.mark, self._around, queue, block)
            self._unsure.discard(queue.draft.id)
        finally:
            if go is None:  # no longer sending: the next look gives the rest back; or cut off: it recovers these
                if queue.draft.id not in self._unsure:
                    queue.claims.extendleft(reversed(block))
                self._looked = 0.0
        queue.calling.update(go or ())
        return go or []

    async def _refill(self, queue: Queue) -> bool:
        """Claim more rows; when there are none and nothing is in flight, the broadcast is over."""
        around = self._around
        most = min(CLAIM_MOST, max(1, int(self._rate(queue))))
        self._unsure.add(queue.draft.id)
        try:
            taken, claims = await around.database.run(intent.claim, around, queue, most)
            queue.claims.extend(claims)
            self._unsure.discard(queue.draft.id)
        finally:
            if queue.draft.id in self._unsure:
                self._looked = 0.0
        if taken:
            return True
        if not queue.calling and await around.database.run(finish, queue.draft, around.now(), around.notify):
            del self._queues[queue.draft.id]
        return False

    async def _call(self, queue: Queue, claim: Claim, slot: float, apart: float) -> None:
        """Make one call in its slot, and `apart` seconds at least from those before it; hand its outcome on."""
        loop = asyncio.get_running_loop()
        await _until(slot)
        await _until(self._departures.moment(slot, loop.time(), apart))
        outcome: Outcome = Refused(_NOT_MADE)
        if loop.time() - slot <= LATE_SECONDS:
            outcome = await self._send(queue, claim)
        self._room.release()
        if not isinstance(outcome, Uncertain) and outcome.usage is not None:
            self._usage = _fuller(self._usage, outcome.usage)
        self._recorder.add(Result(queue, claim, outcome))

    async def _send(self, queue: Queue, claim: Claim) -> Outcome:
        """Compose and call. A mistake of ours costs one row, in doubt if the call may have left, and never more."""
        try:
            if claim.by_template:
                outgoing = queue.composer.compose_template(claim.subscriber_id, claim.to, claim.fills)
            else:
                outgoing = queue.composer.compose(claim.subscriber_id, claim.to, claim.step, claim.fills)
        except Exception as error:  # noqa: BLE001 - see above
            _log.exception("compose_failed", broadcast=queue.draft.id)
            return Refused(_NOT_COMPOSED, type(error).__name__)
        try:
            return await self._around.platform.send_bulk(self._around.http, outgoing)
        except Exception as error:  # noqa: BLE001 - see above
            _log.exception("call_failed", broadcast=queue.draft.id)
            return Uncertain(type(error).__name__)


async def _until(moment: float) -> None:
    """Wait for a moment of the event loop's clock."""
    if (delay := moment - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(delay)


def _fuller(one: Usage | None, other: Usage) -> Usage:
    """Return what asks for more patience of two readings."""
    if one is None:
        return other
    return max(one, other, key=lambda usage: (usage.regain_seconds or 0.0, usage.percent))
