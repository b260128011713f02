"""Writes outcomes into the ledger, many at a time, and draws the conclusions that go beyond one row."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from broadcast import because, verdict
from broadcast.pictures import forget_pictures
from broadcast.queue import Queue
from broadcast.sweep import SYSTEM, Notify, hold, hold_channel
from broadcast.threads import DatabaseThread
from handlers.outcomes import Accepted, Fate, Outcome, Refused
from storage import ledger, subscribers
from storage.database import AWAY, transaction
from storage.ledger import Claim
from storage.lifecycle import RecipientState

GATHER_SECONDS = 0.03
"""Outcomes are gathered for so long before they are committed together. Less costs a commit for every few of them (at
300/s 0.01 s took a quarter more CPU a message); more leaves more in doubt when the worker is killed meanwhile."""

UNTIL_THEY_WRITE = frozenset({"outside_window", "allowance_spent"})
"""Reasons for which nothing reaches a person before they have written again."""

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
        self._stopping = False
        self.held = asyncio.Event()
        """Set when something was paused: what is held in memory must be looked at again."""

    def add(self, result: Result) -> None:
        """Take a result; it is committed within `GATHER_SECONDS`."""
        queue = result.queue
        trouble = queue.template_trouble if result.claim.by_template else queue.trouble
        trouble.follow(result.outcome, result.claim.attempts)
        self._results.append(result)
        self._arrived.set()

    def stop(self) -> None:
        """Let `run` return once everything taken is committed. Nothing may be added after this."""
        self._stopping = True
        self._arrived.set()

    async def run(self) -> None:
        """Commit results as they come, until stopped."""
        while not self._stopping:
            await self._arrived.wait()
            self._arrived.clear()
            await asyncio.sleep(GATHER_SECONDS)
            await self._flush()
        await self._flush()

    async def _flush(self) -> None:
        """Commit everything taken so far, however long the database takes to come back."""
        while batch := self._results[:]:
            held = await self._commit(batch)
            del self._results[: len(batch)]
            strays = [result for result in batch if not self._go_on(result)]
            if strays:
                await self._patiently(self._return, strays)
            if held:
                self.held.set()

    async def _commit(self, batch: list[Result]) -> bool:
        """Commit results together; one by one when one of them cannot be written, which is then in doubt."""
        try:
            return await self._patiently(self._write, batch)
        except Exception as error:  # noqa: BLE001 - one result must not keep the others from being written
            if len(batch) > 1:
                return any([await self._commit([result]) for result in batch])
            _log.exception("result_unwritable", broadcast=batch[0].queue.draft.id)
            return await self._patiently(self._doubt, batch[0], type(error).__name__)

    async def _patiently(self, work: Callable[..., bool], *arguments: object) -> bool:
        while True:
            try:
                return await self._database.run(work, *arguments)
            except AWAY as error:
                _log.error("ledger_write_failed", waiting=len(self._results), error=str(error))
                await asyncio.sleep(_RETRY_WRITE_SECONDS)

    def _go_on(self, result: Result) -> bool:
        """Line up the next message for the same person; False when its queue takes nothing any more."""
        queue, claim = result.queue, result.claim
        queue.calling.discard(claim)
        queue.outdated |= verdict.expired(result.outcome)
        last = claim.by_template or claim.step + 1 >= queue.composer.steps
        if not isinstance(result.outcome, Accepted) or last:
            return True
        if not queue.closed:
            queue.claims.appendleft(replace(claim, step=claim.step + 1, attempts=0))
        return not queue.closed

    def _return(self, strays: list[Result]) -> bool:
        for result in strays:
            ledger.give_back(result.queue.draft.id, self._worker, [result.claim.subscriber_id], self._now())
        return True

    def _doubt(self, result: Result, why: str) -> bool:
        row = (*_call(result.claim), "not_recorded", why)
        ledger.record_refused(result.queue.draft.id, self._worker, RecipientState.UNKNOWN, [row], self._now())
        return False

    def _write(self, batch: list[Result]) -> bool:
        """Commit a batch; say whether anything was paused by it."""
        now = self._now()
        held = False
        with transaction():
            for queue in {id(result.queue): result.queue for result in batch}.values():
                results = [result for result in batch if result.queue is queue]
                # Broadcast before rows: the order in which a cancel locks them too.
                held |= self._draw_conclusions(queue, results, now)
                self._write_rows(queue, results, now)
        return held

    def _write_rows(self, queue: Queue, results: list[Result], now: datetime) -> None:
        accepted: list[tuple[int, int, str]] = []
        ended: dict[str, list[tuple[int, int, datetime, str, str]]] = {}
        later: dict[bool, list[tuple[int, int, datetime, datetime, str, str]]] = {}
        closed: list[tuple[int, datetime]] = []
        for result in results:
            person, step, at = call = _call(result.claim)
            match verdict.judge(result.outcome, result.claim.attempts, now):
                case verdict.Ended(_, "outside_window" as reason, code) if _may_get_template(result):
                    closed.append((person, at))
                    later.setdefault(True, []).append((*call, now, reason, code))
                case verdict.Sent(message_id):
                    accepted.append((person, step, message_id))
                case verdict.Ended(state, reason, code):
                    if reason in UNTIL_THEY_WRITE:
                        closed.append((person, at))
                    ended.setdefault(state, []).append((*call, reason, code))
                case verdict.Later(due, reason, code, tried):
                    later.setdefault(tried, []).append((*call, due, reason, code))
        subscribers.close_windows(closed, now)  # so that the next forecast knows
        broadcast_id = queue.draft.id
        ledger.record_accepted(broadcast_id, self._worker, queue.composer.steps, accepted, now)
        for state, rows in ended.items():
            ledger.record_refused(broadcast_id, self._worker, RecipientState(state), rows, now)
        for tried, due_rows in later.items():
            ledger.put_back(broadcast_id, self._worker, due_rows, now, tried=tried)

    def _draw_conclusions(self, queue: Queue, results: list[Result], now: datetime) -> bool:
        """Act on what goes beyond one row: people who left, a channel or a broadcast that must wait."""
        held = False
        people: dict[str, list[int]] = {}
        for result in results:
            if not isinstance(result.outcome, Refused):
                continue
            failure, person = result.outcome.failure, result.claim.subscriber_id
            match failure.fate:
                case Fate.UNSUBSCRIBE if failure.reason == "unreachable":
                    people.setdefault("gone", []).append(person)
                case Fate.UNSUBSCRIBE:
                    people.setdefault("out", []).append(person)
                case Fate.PAUSE if failure.wait_seconds != 0:  # 0: there is nothing to wait for
                    until = None if failure.wait_seconds is None else now + timedelta(seconds=failure.wait_seconds)
                    hold_channel(queue.draft, because.refusal(result.outcome), until, now, self._notify)
                    held = True
                case Fate.STOP:
                    held |= hold(queue.draft, SYSTEM, because.refusal(result.outcome), now, self._notify)
                case Fate.RETRY if verdict.expired(result.outcome) and not queue.outdated:
                    forget_pictures(self._channel_id, queue.draft.content)
                    held = True
                case _ if failure.reason == "unreachable":
                    people.setdefault("strike", []).append(person)
        subscribers.unsubscribe(people.get("out", []), now)
        subscribers.lost(people.get("gone", []))
        subscribers.strike(people.get("strike", []))
        if reason := queue.trouble.reason or queue.template_trouble.reason:
            held |= hold(queue.draft, SYSTEM, reason, now, self._notify)
        return held


def _call(claim: Claim) -> tuple[int, int, datetime]:
    """Return what tells a call from any other: (subscriber id, step, marked at)."""
    assert claim.marked_at is not None  # nobody is called before that
    return claim.subscriber_id, claim.step, claim.marked_at


def _may_get_template(result: Result) -> bool:
    """Say whether somebody whose window is closed after all is to get the template: once, and before any message."""
    claim = result.claim
    return result.queue.composer.has_template and not (claim.by_template or claim.step or claim.attempts)
