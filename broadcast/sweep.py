"""What has to happen because time has passed: due schedules, undo periods that end, workers that went silent.

Everything is found in the database, so a lost wake-up, a wiped Redis or a restart only costs seconds. Each
function may run in several workers at once: moves are guarded, the loser finds nothing to do.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from broadcast import because, canary
from broadcast.audience.problems import FilterProblem
from broadcast.because import NO_REASON, Reason
from broadcast.draft import Draft, from_row
from broadcast.plan import plan
from broadcast.when.late import too_late
from broadcast.when.local import last_instant
from handlers.contract import Problem
from storage import broadcasts, channels, entries, inbox, ledger, outbox, workers
from storage import canary as first_people
from storage.database import AWAY, transaction
from storage.lifecycle import BroadcastStatus, IllegalMove

SYSTEM = "clarion"
"""Who did it, in the audit, when no person did."""

REPLIES_KEPT = timedelta(hours=24)
NEWS_KEPT = timedelta(days=30)
"""What could not be said to an admin waits so long for their next message."""


TOLD_AGAIN = timedelta(hours=1)
"""A platform that asks to slow down may do so every minute: that is told again after so long without."""

EVIDENCE_WAIT = timedelta(seconds=10)
"""Before a broadcast of several messages ends, evidence for what is in doubt is waited for so long."""

EVIDENCE_KEPT = timedelta(days=30)
"""Broadcasts that ended longer ago are not looked at any more; no platform repeats its events for so long."""

NOT_PLANNED = Problem("not_planned", "Its audience could not be chosen; the log of the worker says why.")

_log = structlog.get_logger()

Notify = Callable[[str, Draft], None]
"""Tells the people concerned that a broadcast reached a milestone: started, sent, paused, missed, failed, canary …"""


def hold(draft: Draft, by: str, reason: Reason, now: datetime, notify: Notify) -> bool:
    """Pause a broadcast that is being sent and ask its admin; False when it was not being sent any more."""
    try:
        broadcasts.move(
            draft.id, BroadcastStatus.PAUSED, by, now, only_from=BroadcastStatus.SENDING, pause_reason=reason
        )
    except IllegalMove:
        return False
    notify("paused", replace(draft, pause_reason=reason))
    return True


def hold_channel(draft: Draft, reason: Reason, until: datetime | None, now: datetime, notify: Notify) -> None:
    """Hold a whole channel, as the answer to a call of a broadcast asked for, until a moment or until it is mended.

    Its admin hears of a wait that ends by itself once; of the others when the broadcasts of the channel are held.
    """
    before = channels.pause(draft.channel_id, reason, until, now)
    _log.warning("channel_paused", channel=draft.channel_id, until=str(until))
    if until is not None and (before is None or now - before >= TOLD_AGAIN):
        notify("waits", replace(draft, pause_reason=reason))


def start_due(now: datetime, notify: Notify) -> None:
    """Start scheduled broadcasts whose time has come; one found too late is missed instead."""
    for row in broadcasts.due(now):
        late = too_late(_last_moment(from_row(row), row.scheduled_for), now, timedelta(seconds=row.late_seconds))
        to = BroadcastStatus.MISSED if late else BroadcastStatus.STARTING
        try:
            broadcasts.move(
                row.id, to, SYSTEM, now, only_from=BroadcastStatus.SCHEDULED, undo_until=None if late else now
            )
        except IllegalMove:
            continue
        if late:
            notify("missed", from_row(row))


Objection = Callable[[Draft], Reason]
"""Says why a broadcast may not start after all (a flow its button leads to is gone); '' when it may."""


def _last_moment(draft: Draft, scheduled_for: datetime) -> datetime:
    """Return when a broadcast is due for the last of its people."""
    return scheduled_for if draft.local_time is None else last_instant(draft.local_time)


def begin_sending(
    clock: Callable[[], datetime], notify: Notify, objection: Objection = lambda _draft: NO_REASON
) -> None:
    """Choose the audience of starting broadcasts, and let those whose undo period is over send.

    The clock is read anew after each plan, which may take seconds for a large audience.
    """
    for row in broadcasts.with_status(None, BroadcastStatus.STARTING):
        try:
            if why := objection(from_row(row)):
                _fail(row.id, why, clock(), notify)
            elif plan(row.id, clock()):
                _begin(row.id, clock(), notify)
        except FilterProblem as problem:
            _fail(row.id, because.filter_problem(problem), clock(), notify)
        except AWAY:
            raise
        except Exception:  # noqa: BLE001 - one that cannot be planned must not keep the others waiting
            _log.exception("plan_failed", broadcast=row.id)
            _fail(row.id, because.problem(NOT_PLANNED), clock(), notify)


def _begin(broadcast_id: int, now: datetime, notify: Notify) -> None:
    """Let a planned broadcast send once its undo period, as it stands now, is over."""
    with transaction():
        row = broadcasts.lock(broadcast_id)
        if row is None or row.planned_at is None or row.status != BroadcastStatus.STARTING:
            return  # taken back, paused or begun by another worker since we looked
        if row.undo_until is None or row.undo_until <= now:
            broadcasts.move(row.id, BroadcastStatus.SENDING, SYSTEM, now, started_at=now)
            notify("started", from_row(row))


def _fail(broadcast_id: int, why: Reason, now: datetime, notify: Notify) -> None:
    try:
        broadcasts.move(
            broadcast_id, BroadcastStatus.FAILED, SYSTEM, now, only_from=BroadcastStatus.STARTING, pause_reason=why
        )
    except IllegalMove:
        return
    row = broadcasts.get(broadcast_id)
    assert row is not None
    notify("failed", from_row(row))


def next_moment(now: datetime, at_most: timedelta) -> timedelta:
    """How long until something in the calendar or an undo period is due, `at_most` when nothing is sooner."""
    moments = [row.undo_until for row in broadcasts.with_status(None, BroadcastStatus.STARTING)]
    moments.append(broadcasts.next_due())
    waits: list[timedelta] = [moment - now for moment in moments if moment is not None]
    return max(min([at_most, *waits]), timedelta(0))


def take_over(worker: str, now: datetime) -> tuple[int, int]:
    """Take rows from workers that went silent: (rows that go back, rows in doubt).

    `worker` is who asks: alive, even when its own sign of life could not be written lately.
    """
    living = sorted({worker, *workers.living(now)})
    outbox.release(living, now)
    return ledger.release(living, now)


def finish(draft: Draft, now: datetime, notify: Notify) -> bool:
    """End a broadcast with nobody left to write to, or pause it after its canary; False when it goes on."""
    with transaction():
        row = broadcasts.lock(draft.id)
        if row is None or row.status != BroadcastStatus.SENDING:
            return True
        if entries.unfinished(draft.id):
            return _ask_after_first(from_row(row), now, notify)
        if len(draft.content.messages) > 1 and entries.doubtful_lately(draft.id, now, EVIDENCE_WAIT):
            return False  # an echo may come in a moment, and then the next message is due
        broadcasts.move(draft.id, BroadcastStatus.SENT, SYSTEM, now, finished_at=now)
        notify("sent", draft)
    return True


def _ask_after_first(draft: Draft, now: datetime, notify: Notify) -> bool:
    """Pause a broadcast whose first people are done with, or let it go on if it may; False when it goes on.

    Part of the transaction that has locked it. Doubts are waited for as at the end: they count against going on.
    Whoever was left out without a call is replaced, while there is somebody whose window is open.
    """
    if draft.canary is None or draft.canary_done_at is not None:
        return False
    first = first_people.results(draft.id)
    if first.waiting or entries.doubtful_lately(draft.id, now, EVIDENCE_WAIT):
        return False
    if first.called < draft.canary <= first.chosen and first_people.choose(draft.id, draft.canary - first.called, now):
        return False
    if draft.canary_goes_on and canary.is_well(first):
        broadcasts.go_past_canary(draft.id, SYSTEM, now)
        notify("canary_well", draft)
        return False
    reason = because.problem(canary.NOT_WELL if draft.canary_goes_on else canary.ASKS)
    broadcasts.move(draft.id, BroadcastStatus.PAUSED, SYSTEM, now, pause_reason=reason, canary_done_at=now)
    notify("canary", replace(draft, pause_reason=reason))
    return True


def settle(now: datetime) -> int:
    """Settle what came back after its broadcast had ended; return how many rows."""
    return ledger.settle_strays(now - EVIDENCE_KEPT, now)


def purge(now: datetime) -> None:
    """Drop what is no longer needed: old event keys, and replies that were dealt with."""
    inbox.purge(now)
    outbox.purge(now - REPLIES_KEPT, now - NEWS_KEPT)
