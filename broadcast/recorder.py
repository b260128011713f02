"""Writes outcomes into the ledger, many at a time, and draws the conclusions that go beyond one row."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import peewee as pw
import structlog

from broadcast import verdict
from broadcast.pictures import forget_pictures
from broadcast.queue import Queue
from broadcast.sweep import SYSTEM, Notify
from broadcast.threads import DatabaseThread
from handlers.outcomes import Fate, Outcome, Refused
from storage import broadcasts, channels, ledger, subscribers
from storage.database import transaction
from storage.ledger import Claim
from storage.lifecycle import BroadcastStatus, IllegalMove, RecipientState

GATHER_SECONDS = 0.01
"""Outcomes are gathered for so long before they are committed together."""

SAME_FAILURES = 20
"""After so many equal failures in a row the broadcast is held and its admin asked: it is not about one person."""

_RETRY_WRITE_SECONDS = 0.5
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Result:
    """One call that came back, or never left."""

    queue: Queue
    claim: Claim
    outcome: Outcome


class Recorder:
    """Takes results from the calls and commits them. Results wait in memory while the database is away."""

    def __init__(
        self, channel_id: int, worker: str, now: Callable[[], datetime], database: DatabaseThread, notify: Notify
    ) -> None:
        self._channel_id = channel_id
        self._worker = worker
        self._now = now
        self._database = database
        self._notify = notify
        self._results: list[Result] = []
        self._arrived = asyncio.Event()
        self.held = asyncio.Event()
        """Set when something was paused: what is held in memory must be looked at again."""

    def add(self, result: Result) -> None:
        """Take a result; it is committed within `GATHER_SECONDS`."""
        self._results.append(result)
        self._arrived.set()

    @property
    def empty(self) -> bool:
        """Whether everything taken is committed."""
        return not self._results

    async def run(self) -> None:
        """Commit results as they come, until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await asyncio.sleep(GATHER_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Commit everything taken so far, however long the database takes to come back."""
        batch = self._results[:]
        while batch:
            try:
                held = await self._database.run(self._write, batch)
            except pw.DatabaseError as error:
                _log.error("ledger_write_failed", waiting=len(self._results), error=str(error))
                await asyncio.sleep(_RETRY_WRITE_SECONDS)
                continue
            del self._results[: len(batch)]
            for result in batch:
                self._go_on(result)
            if held:
                self.held.set()
            batch = self._results[:]

    def _go_on(self, result: Result) -> None:
        queue, claim = result.queue, result.claim
        queue.in_flight -= 1
        if not isinstance(result.outcome, Refused) and claim.step + 1 < queue.composer.steps:
            queue.claims.appendleft(replace(claim, step=claim.step + 1, attempts=0))

    def _write(self, batch: list[Result]) -> bool:
        """Commit a batch; say whether anything was paused by it."""
        now = self._now()
        held = False
        with transaction():
            for queue in {id(result.queue): result.queue for result in batch}.values():
                results = [result for result in batch if result.queue is queue]
                self._write_rows(queue, results, now)
                held |= self._draw_conclusions(queue, results, now)
        return held

    def _write_rows(self, queue: Queue, results: list[Result], now: datetime) -> None:
        accepted: list[tuple[int, int, str]] = []
        ended: dict[str, list[tuple[int, str, str]]] = {}
        later: dict[bool, list[tuple[int, datetime, str, str]]] = {}
        for result in results:
            person = result.claim.subscriber_id
            match verdict.judge(result.outcome, result.claim.attempts, now):
                case verdict.Sent(message_id):
                    accepted.append((person, result.claim.step, message_id))
                case verdict.Ended(state, reason, code):
                    ended.setdefault(state, []).append((person, reason, code))
                case verdict.Later(due, reason, code, tried):
                    later.setdefault(tried, []).append((person, due, reason, code))
        broadcast_id = queue.draft.id
        ledger.record_accepted(broadcast_id, queue.composer.steps, accepted, now)
        for state, rows in ended.items():
            ledger.record_refused(broadcast_id, self._worker, RecipientState(state), rows, now)
        for tried, due_rows in later.items():
            ledger.put_back(broadcast_id, self._worker, due_rows, now, tried=tried)

    def _draw_conclusions(self, queue: Queue, results: list[Result], now: datetime) -> bool:
        """Act on what goes beyond one row: people who left, a channel or a broadcast that must wait."""
        held = False
        people: dict[str, list[int]] = {}
        for result in results:
            self._follow_run(queue, result.outcome)
            if not isinstance(result.outcome, Refused):
                continue
            failure, person = result.outcome.failure, result.claim.subscriber_id
            match failure.fate:
                case Fate.UNSUBSCRIBE if failure.reason == "unreachable":
                    people.setdefault("gone", []).append(person)
                case Fate.UNSUBSCRIBE:
                    people.setdefault("out", []).append(person)
                case Fate.PAUSE:
                    until = None if failure.wait_seconds is None else now + timedelta(seconds=failure.wait_seconds)
                    channels.pause(self._channel_id, failure.reason, until)
                    held = True
                case Fate.STOP:
                    held |= self._hold(queue, failure.reason, now)
                case Fate.RETRY if failure.reason == verdict.EXPIRED_PICTURE:
                    forget_pictures(self._channel_id, queue.draft.content)
                    queue.outdated = held = True
                case _ if failure.reason == "unreachable":
                    people.setdefault("strike", []).append(person)
        subscribers.unsubscribe(people.get("out", []), now)
        subscribers.lost(people.get("gone", []))
        subscribers.strike(people.get("strike", []))
        if queue.same_count >= SAME_FAILURES:
            held |= self._hold(queue, queue.same_code, now)
        return held

    def _follow_run(self, queue: Queue, outcome: Outcome) -> None:
        code = ""
        if isinstance(outcome, Refused) and outcome.failure.fate in {Fate.GIVE_UP, Fate.RETRY}:
            code = f"{outcome.failure.reason} {outcome.code}".strip()
        queue.same_count = queue.same_count + 1 if code and code == queue.same_code else int(bool(code))
        queue.same_code = code

    def _hold(self, queue: Queue, reason: str, now: datetime) -> bool:
        """Pause the broadcast and ask; False when it was not sending any more."""
        try:
            broadcasts.move(
                queue.draft.id, BroadcastStatus.PAUSED, SYSTEM, now,
                only_from=BroadcastStatus.SENDING, pause_reason=reason,
            )  # fmt: skip
        except IllegalMove:
            return False
        self._notify("paused", replace(queue.draft, pause_reason=reason))
        return True
