"""Replies on their way: whatever a person is waiting for, sent before anything in bulk."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from redis import RedisError

from broadcast import verdict
from broadcast.limits import Pace
from broadcast.pictures import forget_pictures
from broadcast.report_picture import is_reports
from broadcast.threads import DatabaseThread
from handlers.content import Articles, Content, Image, Outgoing
from handlers.contract import Platform, PlatformError
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused, Uncertain
from storage import outbox
from storage.database import AWAY
from storage.lifecycle import OutboxState
from storage.outbox import Waiting

AT_ONCE = 16
IDLE_SECONDS = 1.0
ATTEMPTS = 2
"""A reply whose answer was lost is said once more, unless the platform's echo proves that it arrived."""

PATIENCE = 10
"""So often a reply is tried while the whole channel is refused, at growing distances: for about half an hour."""

ECHO_GRACE = timedelta(seconds=5)
MARK = "r:"
"""What the metadata of a reply begins with; its outbox id follows."""

NO_PICTURE = Failure("picture_unsent", Fate.GIVE_UP, "The picture could not be shown; the words say the same.")
"""The picture of a report is tried once: its text was said before it, and the person's next answers wait behind it."""

_log = structlog.get_logger()

Place = Callable[[Outgoing], Awaitable[Outgoing]]
"""Puts the picture of a report into a message, and pictures on the platform; may raise `PlatformError`."""


async def _as_it_is(outgoing: Outgoing) -> Outgoing:
    return outgoing


class Replies:
    """Sends one channel's replies, each person's in order."""

    def __init__(
        self,
        channel_id: int,
        platform: Platform,
        rate: float,
        pace: Pace,
        worker: str,
        now: Callable[[], datetime],
        database: DatabaseThread,
        place: Place = _as_it_is,
    ) -> None:
        self._channel_id = channel_id
        self._platform = platform
        self._rate = rate
        self._pace = pace
        self._worker = worker
        self._now = now
        self._database = database
        self._place = place
        self._woken = asyncio.Event()
        self._stopping = False
        self._calls: set[asyncio.Task[None]] = set()
        self._held: set[int] = set()
        self._unsure = False

    def wake(self) -> None:
        """Look for replies now."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing new; `run` returns when what is being said is said."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped."""
        while not self._stopping:
            rows = await self._claim()
            for row in rows:
                self._held.add(row.id)
                call = asyncio.create_task(self._send(row))
                self._calls.add(call)
                call.add_done_callback(self._done)
            if not rows or len(self._calls) >= AT_ONCE:
                await self._rest()
        if self._calls:
            await asyncio.wait(self._calls)

    async def _claim(self) -> list[Waiting]:
        try:
            if self._unsure:
                await self._database.run(
                    outbox.recover, self._channel_id, self._worker, frozenset(self._held), self._now()
                )
                self._unsure = False
            room = AT_ONCE - len(self._calls)
            return await self._database.run(outbox.claim, self._channel_id, self._worker, room, self._now())
        except AWAY as error:
            _log.warning("replies_wait", channel=self._channel_id, error=type(error).__name__)
            self._unsure = True
            return []

    def _done(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        self._woken.set()  # the next reply to the same person waited for this one

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
        self._woken.clear()

    async def _send(self, row: Waiting) -> None:
        try:
            await self._pace.reply(self._channel_id, self._rate)
        except RedisError:
            _log.warning("replies_unpaced", channel=self._channel_id)  # a person waits; Redis need not
        try:
            outgoing = Outgoing.model_validate({**row.payload, "metadata": f"{MARK}{row.id}"})
            outcome: Outcome = await self._show(outgoing) if is_reports(outgoing) else await self._tell(outgoing)
        except Exception as error:  # noqa: BLE001 - one bad reply must not end the lane
            _log.exception("reply_failed", channel=self._channel_id)
            outcome = Uncertain(type(error).__name__)
        await self._remember(row, outcome)

    async def _tell(self, outgoing: Outgoing) -> Outcome:
        """Send a message, its pictures first put where they are used from; one that is there no longer, once more."""
        if not isinstance(outgoing.message, Image | Articles):
            return await self._say(outgoing)
        try:
            outcome = await self._say(await self._place(outgoing))
        except PlatformError as error:
            return Refused(error.failure or NO_PICTURE, error.code)
        if verdict.expired(outcome):
            await self._database.run(forget_pictures, self._channel_id, Content(messages=(outgoing.message,)))
        return outcome

    async def _say(self, outgoing: Outgoing) -> Outcome:
        return await asyncio.to_thread(self._platform.send, outgoing)

    async def _show(self, outgoing: Outgoing) -> Outcome:
        """Send the picture of a report; whatever keeps it from being seen, its text stands alone."""
        try:
            outcome = await self._say(await self._place(outgoing))
        except PlatformError as error:
            _log.warning("report_picture_unsent", channel=self._channel_id, why=str(error))
            return Refused(NO_PICTURE)
        if isinstance(outcome, Accepted):
            return outcome
        why = outcome.failure.reason if isinstance(outcome, Refused) else outcome.why
        _log.warning("report_picture_unsent", channel=self._channel_id, why=why)
        return Refused(NO_PICTURE)

    async def _remember(self, row: Waiting, outcome: Outcome) -> None:
        """Record what a reply came to, however long the database takes to come back."""
        while True:
            try:
                await self._database.run(self._record, row, outcome)
            except AWAY as error:
                _log.error("reply_unrecorded", channel=self._channel_id, error=str(error))
                await asyncio.sleep(IDLE_SECONDS)
            else:
                self._held.discard(row.id)
                return

    def _record(self, row: Waiting, outcome: Outcome) -> None:
        now = self._now()
        match verdict.judge(outcome, row.attempts, now):
            case verdict.Sent(message_id):
                outbox.finish(row.id, OutboxState.SENT, now, message_id=message_id)
            case verdict.Later(_, reason, tried=False):
                assert isinstance(outcome, Refused)
                if outcome.failure.fate is Fate.STOP or row.attempts >= PATIENCE:
                    # What it says is wrong, and nobody will mend it; the person's next answers wait behind it.
                    outbox.finish(row.id, OutboxState.FAILED, now, reason=reason)
                    return
                outbox.retry(row.id, now + verdict.backoff(outcome.failure, row.attempts), reason, now)
            case verdict.Later(due, reason):
                outbox.retry(row.id, due, reason, now)
            case verdict.Ended("unknown", reason) if row.attempts + 1 < ATTEMPTS:
                outbox.retry(row.id, now + ECHO_GRACE, reason, now)
            case verdict.Ended(_, reason):
                outbox.finish(row.id, OutboxState.FAILED, now, reason=reason)
