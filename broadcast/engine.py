"""The engine of a worker: replies and broadcasts of every channel, and the clockwork around them, on one event loop."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis

from broadcast import because, sweep
from broadcast.because import NO_REASON
from broadcast.delivery import IN_FLIGHT_MOST, Delivery
from broadcast.draft import Draft
from broadcast.leap import LEAP, WatchedClock
from broadcast.limits import Pace
from broadcast.links import Links
from broadcast.mass.lane import MassLane
from broadcast.outgoing import Composer
from broadcast.pictures import place_early, place_pictures, place_reply
from broadcast.profiles import read_people
from broadcast.quiet import QuietHours
from broadcast.replies import Place, Replies
from broadcast.report_picture import ReportPictures, is_reports
from broadcast.retry import with_retries
from broadcast.surroundings import Surroundings
from broadcast.sweep import SYSTEM, Notify, Objection
from broadcast.templates import read_templates
from broadcast.threads import DatabaseThread
from handlers.content import Outgoing
from handlers.contract import Platform, PlatformError, Problem
from handlers.http import bulk_session
from handlers.many import SendsToMany
from storage import waits, workers
from storage.database import AWAY

SWEEP_SECONDS = 1.0
PROFILES_SECONDS = 2.0
PURGE_EVERY = timedelta(hours=1)
NOT_PREPARED = Problem("not_prepared", "It could not be made ready to send; the log of the worker says why.")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel to send on."""

    id: int
    platform: Platform
    rate: float
    media_rate: float | None = None
    quiet: QuietHours | None = None


class Engine:
    """Runs until stopped. `wake` may be called from any thread.

    `links` makes the addresses of counted links, `pictures` those of reports. `chore` is what else has to happen
    because time has passed; it is called every second from the sweep's thread and must be safe to run in several
    workers at once.
    """

    def __init__(
        self,
        channels: tuple[Channel, ...],
        redis: Redis,
        now: Callable[[], datetime],
        notify: Notify,
        *,
        links: Links | None = None,
        pictures: ReportPictures | None = None,
        chore: Callable[[], None] = lambda: None,
        objection: Objection = lambda _draft: NO_REASON,
    ) -> None:
        self._channels = channels
        self._links = links
        self._pictures = pictures
        self._chore = chore
        self._objection = objection
        self._redis = redis
        self._now = WatchedClock(now, time.monotonic, workers.SILENT_AFTER)
        self._notify = notify
        self.worker = uuid.uuid4().hex
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes: list[Replies | Delivery | MassLane] = []
        self._threads: list[DatabaseThread] = []
        self._swept = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Look for work now, from whichever thread this is called."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._swept.set()
        for lane in self._lanes:
            lane.wake()

    def stop(self) -> None:
        """Begin nothing new; `run` returns when the calls in flight are done and recorded."""
        self._stopping.set()
        self._swept.set()
        for lane in self._lanes:
            lane.stop()

    async def run(self) -> None:
        """Send, sweep and show signs of life until stopped."""
        self._loop = asyncio.get_running_loop()
        live, clockwork, reader = self._thread("live"), self._thread("sweep"), self._thread("slow")
        pace = Pace(self._redis)
        await self._first_beat(live)
        async with AsyncExitStack() as sessions:
            for channel in self._channels:
                slow = self._thread(f"pictures-{channel.id}")
                place = self._placer(channel, slow)
                self._lanes.append(
                    Replies(channel.id, channel.platform, channel.rate, pace, self.worker, self._now, live, place)
                )
                self._lanes.append(
                    Delivery(
                        Surroundings(
                            channel_id=channel.id,
                            platform=channel.platform,
                            rate=channel.rate,
                            media_rate=channel.media_rate,
                            pace=pace,
                            worker=self.worker,
                            now=self._now,
                            database=self._thread(f"bulk-{channel.id}"),
                            http=await sessions.enter_async_context(bulk_session(IN_FLIGHT_MOST)),
                            notify=self._notify,
                            prepare=self._preparer(channel, slow),
                            quiet=channel.quiet,
                        )
                    )
                )
                if isinstance(channel.platform, SendsToMany):
                    self._lanes.append(
                        MassLane(channel.id, channel.platform, pace, self.worker, self._now, self._notify)
                    )
            if self._stopping.is_set():  # told to while we waited for the database
                self.stop()
            try:
                async with asyncio.TaskGroup() as group:
                    beating = group.create_task(self._beat(live))
                    sweeping = group.create_task(self._sweep(clockwork))
                    reading = group.create_task(self._read_profiles(reader))
                    lanes = [group.create_task(lane.run()) for lane in self._lanes]
                    await asyncio.wait(lanes, return_when=asyncio.ALL_COMPLETED)
                    beating.cancel()
                    sweeping.cancel()
                    reading.cancel()
            finally:
                await self._leave(live)

    def _thread(self, name: str) -> DatabaseThread:
        thread = DatabaseThread(name)
        self._threads.append(thread)
        return thread

    async def _first_beat(self, database: DatabaseThread) -> None:
        """Be known before anything is claimed; a database that is away now may be back in a moment."""
        while not self._stopping.is_set():
            try:
                await database.run(self._show_life)
            except AWAY as error:
                _log.warning("database_away", error=str(error))
                await asyncio.sleep(SWEEP_SECONDS)
            else:
                return

    def _show_life(self) -> None:
        """Write a sign of life, with the moment it is written: one that waited for the database would look old."""
        workers.beat(self.worker, self._now())

    async def _leave(self, database: DatabaseThread) -> None:
        try:
            await database.run(workers.leave, self.worker)
        except AWAY as error:
            _log.warning("leave_failed", error=str(error))  # silence will say the same, later
        for thread in self._threads:
            thread.close()

    async def _beat(self, database: DatabaseThread) -> None:
        while True:
            try:
                await database.run(self._show_life)
            except AWAY as error:
                _log.warning("heartbeat_failed", error=str(error))
            await asyncio.sleep(workers.BEAT_EVERY.total_seconds())

    async def _sweep(self, database: DatabaseThread) -> None:
        purged = self._now()
        while not self._stopping.is_set():
            wait = SWEEP_SECONDS
            try:
                now = self._now()
                await database.run(sweep.start_due, now, self._notify)
                await database.run(sweep.begin_sending, self._now, self._notify, self._objection)
                await self._take_over(database)
                await database.run(sweep.settle, self._now())
                await database.run(self._chore)
                if now - purged > PURGE_EVERY:
                    await database.run(sweep.purge, now)
                    purged = now
                for lane in self._lanes:
                    lane.wake()
                wait = (await database.run(sweep.next_moment, self._now(), timedelta(seconds=wait))).total_seconds()
            except AWAY as error:
                _log.warning("sweep_failed", error=str(error))
            except Exception:  # noqa: BLE001 - the clockwork goes on: everything else depends on it
                _log.exception("sweep_failed")
            await self._until_woken(wait)

    async def _take_over(self, database: DatabaseThread) -> None:
        """Take rows from workers that went silent, unless it is the clock that was moved."""
        now = self._now()
        if not self._now.settled() and (rows := await database.run(waits.follow_clock, now, LEAP)):
            _log.warning("clock_set_back", rows=rows)
        if not self._now.steady():
            return
        back, doubtful = await database.run(sweep.take_over, self.worker, now)
        if back or doubtful:
            _log.warning("took_over", back=back, doubtful=doubtful)

    async def _read_profiles(self, database: DatabaseThread) -> None:
        while True:
            for channel in self._channels:
                try:
                    await database.run(place_early, channel.id, channel.platform, self._now())
                    await database.run(read_templates, channel.id, channel.platform, self._now())
                    await database.run(read_people, channel.id, channel.platform, self._now())
                except AWAY as error:
                    _log.warning("profiles_wait", error=str(error))
                except Exception:  # noqa: BLE001 - nobody waits for these
                    _log.exception("profiles_failed", channel=channel.id)
            await asyncio.sleep(PROFILES_SECONDS)

    async def _until_woken(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._swept.wait(), seconds)
        self._swept.clear()

    def _placer(self, channel: Channel, database: DatabaseThread) -> Place:
        async def place(outgoing: Outgoing) -> Outgoing:
            reports = self._pictures.place if self._pictures is not None and is_reports(outgoing) else place_reply
            return await database.run(reports, channel.id, channel.platform, outgoing, self._now())

        return place

    def _preparer(
        self, channel: Channel, database: DatabaseThread
    ) -> Callable[[Draft], Coroutine[Any, Any, Composer | None]]:
        async def prepare(draft: Draft) -> Composer | None:
            try:
                content = await with_retries(
                    lambda: database.run(place_pictures, channel.id, channel.platform, draft.content, self._now())
                )
                return Composer(draft.id, content, self._links, taps=channel.platform.capabilities.choices)
            except PlatformError as error:
                why = because.error(error)
            except AWAY:
                raise
            except Exception:  # noqa: BLE001 - held, and its admin asked
                _log.exception("prepare_failed", broadcast=draft.id)
                why = because.problem(NOT_PREPARED)
            await database.run(sweep.hold, draft, SYSTEM, why, self._now(), self._notify)
            return None

        return prepare
