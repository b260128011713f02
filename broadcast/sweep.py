"""What has to happen because time has passed: due schedules, undo periods that end, workers that went silent.

Everything is found in the database, so a lost wake-up, a wiped Redis or a restart only costs seconds. Each
function may run in several workers at once: moves are guarded, the loser finds nothing to do.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from broadcast.audience.problems import FilterProblem
from broadcast.draft import Draft, from_row
from broadcast.plan import plan
from storage import broadcasts, inbox, ledger, outbox, workers
from storage.lifecycle import BroadcastStatus, IllegalMove

SYSTEM = "clarion"
"""Who did it, in the audit, when no person did."""

REPLIES_KEPT = timedelta(hours=24)

Notify = Callable[[str, Draft], None]
"""Tells the people concerned that a broadcast reached a milestone: started, sent, paused, missed, failed."""


def start_due(now: datetime, notify: Notify) -> None:
    """Start scheduled broadcasts whose time has come; one found too late is missed instead."""
    for row in broadcasts.due(now):
        late = now - row.scheduled_for > timedelta(seconds=row.late_seconds)
        to = BroadcastStatus.MISSED if late else BroadcastStatus.STARTING
        try:
            broadcasts.move(
                row.id, to, SYSTEM, now, only_from=BroadcastStatus.SCHEDULED, undo_until=None if late else now
            )
        except IllegalMove:
            continue
        if late:
            notify("missed", from_row(row))


def begin_sending(clock: Callable[[], datetime], notify: Notify) -> None:
    """Choose the audience of starting broadcasts, and let those whose undo period is over send.

    The clock is read anew after each plan, which may take seconds for a large audience.
    """
    for row in broadcasts.with_status(None, BroadcastStatus.STARTING):
        try:
            if not plan(row.id, clock()):
                continue
            now = clock()
            if row.undo_until is None or row.undo_until <= now:
                broadcasts.move(
                    row.id, BroadcastStatus.SENDING, SYSTEM, now, only_from=BroadcastStatus.STARTING, started_at=now
                )
                notify("started", from_row(row))
        except IllegalMove:
            continue
        except FilterProblem as problem:
            broadcasts.move(row.id, BroadcastStatus.FAILED, SYSTEM, clock(), pause_reason=str(problem))
            notify("failed", replace(from_row(row), pause_reason=str(problem)))


def next_moment(now: datetime, at_most: timedelta) -> timedelta:
    """How long until something in the calendar or an undo period is due, `at_most` when nothing is sooner."""
    moments = [row.undo_until for row in broadcasts.with_status(None, BroadcastStatus.STARTING)]
    moments.append(broadcasts.next_due())
    waits: list[timedelta] = [moment - now for moment in moments if moment is not None]
    return max(min([at_most, *waits]), timedelta(0))


def take_over(now: datetime) -> tuple[int, int]:
    """Take rows from workers that went silent: (rows that go back, rows in doubt)."""
    living = workers.living(now)
    outbox.release(living, now)
    return ledger.release(living, now)


def finish(draft: Draft, now: datetime, notify: Notify) -> bool:
    """End a broadcast with nobody left to write to; False when somebody is."""
    if ledger.unfinished(draft.id):
        return False
    try:
        broadcasts.move(draft.id, BroadcastStatus.SENT, SYSTEM, now, only_from=BroadcastStatus.SENDING, finished_at=now)
    except IllegalMove:
        return True
    notify("sent", draft)
    return True


def purge(now: datetime) -> None:
    """Drop what is no longer needed: old event keys, and replies that were dealt with."""
    inbox.purge(now)
    outbox.purge(now - REPLIES_KEPT)
