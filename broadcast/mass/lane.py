"""One channel's mass broadcasts on their way: a handful of calls that each reach thousands."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from redis import RedisError

from broadcast.because import Reason
from broadcast.draft import from_row
from broadcast.limits import Pace
from broadcast.mass.cut import cut
from broadcast.mass.results import ask_about_silent_jobs
from broadcast.mass.roads import MASS
from broadcast.mass.steps import Steps
from broadcast.mass.tagging import remove_tags
from broadcast.sweep import SYSTEM, Notify, finish, hold
from broadcast.threads import DatabaseThread
from handlers.contract import Platform
from handlers.many import SendsToMany
from storage import broadcasts, channels, mass_jobs, workers
from storage.database import AWAY, transaction
from storage.lifecycle import BroadcastStatus
from storage.mass_models import MassJob

CALLS_PER_SECOND = 1.0
"""60 mass calls a minute (WeChat Batch_Sends page, checked 2026-11-23), shared by all workers."""

IDLE_SECONDS = 1.0
AFTERWARDS_EVERY = timedelta(seconds=5)
TAG_USED_WITHIN = timedelta(hours=1)
"""A call that was heard has found its tag's people after so long, even if we did not hear its answer."""

_log = structlog.get_logger()


class MassLane:
    """Takes a channel's mass jobs on until told to stop. Its calls and its database work share one thread."""

    def __init__(
        self,
        channel_id: int,
        platform: Platform,
        pace: Pace,
        worker: str,
        now: Callable[[], datetime],
        notify: Notify,
    ) -> None:
        assert isinstance(platform, SendsToMany)
        self._channel_id = channel_id
        self._mass = platform.mass
        self._pace = pace
        self._worker = worker
        self._now = now
        self._notify = notify
        self._stopping = False
        self._steps = Steps(channel_id, platform, platform.mass, now, notify, lambda: self._stopping)
        self._woken = asyncio.Event()
        self._afterwards = now()

    def wake(self) -> None:
        """Look for work now."""
        self._woken.set()

    def stop(self) -> None:
        """Begin no further call; `run` returns when the one under way is recorded."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped."""
        thread = DatabaseThread(f"mass-{self._channel_id}")
        try:
            while not self._stopping:
                job = None
                try:
                    job = await thread.run(self._next)
                    if job is not None:
                        await self._wait_for_slot()
                        await thread.run(self._take, job)
                except (RedisError, *AWAY) as error:
                    _log.warning("mass_waits", channel=self._channel_id, error=type(error).__name__)
                except Exception:  # noqa: BLE001 - a mistake of ours on one broadcast must not end the lane
                    _log.exception("mass_failed", channel=self._channel_id)
                    job = None
                if job is None:
                    await self._rest()
        finally:
            thread.close()

    async def _wait_for_slot(self) -> None:
        """Wait for a slot of the channel's mass calls."""
        while True:
            # Under the negative id: these calls are counted apart from the channel's single ones.
            grant = await self._pace.bulk(-self._channel_id, CALLS_PER_SECOND, 1)
            await asyncio.sleep(grant.wait)
            if grant.count:
                return

    def _take(self, job: MassJob) -> None:
        """Take a job on, unless the lane was told to stop while it waited for the slot."""
        if self._stopping:
            mass_jobs.release(job)
        else:
            self._steps.take(job)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
        self._woken.clear()

    def _next(self) -> MassJob | None:
        """Cut what has begun to send, end what is over, and take the next job that needs a call."""
        now = self._now()
        living = workers.living(now)
        for job in mass_jobs.interrupted(self._channel_id, self._worker, living):
            with transaction():
                self._steps.record.interrupted(job)
        if now - self._afterwards > AFTERWARDS_EVERY:
            self._afterwards = now
            ask_about_silent_jobs(self._channel_id, self._mass, now, self._notify)
            remove_tags(self._channel_id, self._mass, now - TAG_USED_WITHIN)
        rows = broadcasts.with_status(self._channel_id, BroadcastStatus.SENDING)
        sending = [from_row(row) for row in rows if row.road == MASS]
        reason, until = channels.paused(self._channel_id, now)
        if reason:
            for draft in sending if until is None else ():  # somebody has to mend it first
                with transaction():
                    hold(draft, SYSTEM, Reason(reason), now, self._notify)
            return None
        for draft in sending:
            cut(draft, self._mass, now)
            if not mass_jobs.open_jobs(draft.id):
                finish(draft, now, self._notify)
        return mass_jobs.claim(self._channel_id, self._worker, living, now)
