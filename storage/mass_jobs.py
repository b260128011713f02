"""Mass messages at rest: which people are in which, where each stands, what the platform said of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import peewee as pw

from storage.database import execute, is_postgres
from storage.fields import to_ms
from storage.lifecycle import MASS_JOB_MOVES, BroadcastStatus, MassJobState, RecipientState, guarded
from storage.models import Broadcast, MassJob, Recipient

OPEN = (MassJobState.PLANNED, MassJobState.CALLING, MassJobState.UNCLEAR)
"""Jobs that may still need a call."""


def of(broadcast_id: int) -> list[MassJob]:
    """Return a broadcast's jobs in their order."""
    return list(MassJob.select().where(MassJob.broadcast == broadcast_id).order_by(MassJob.number))


def by_job_id(channel_id: int, job_id: str) -> MassJob | None:
    """Return the job the platform calls `job_id` on a channel, or None."""
    found: MassJob | None = (
        MassJob.select()
        .join(Broadcast)
        .where((Broadcast.channel == channel_id) & (MassJob.job_id == job_id))
        .order_by(MassJob.updated_at.desc())
        .first()
    )
    return found


def confirming(channel_id: int) -> MassJob | None:
    """Return the job whose id was not told because the account's owner had to agree first, if there is one."""
    found: MassJob | None = (
        MassJob.select()
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & (MassJob.state == MassJobState.CONFIRMING.value)
            & (MassJob.job_id == "")
        )
        .order_by(MassJob.called_at)
        .first()
    )
    return found


def make(broadcast_id: int, kind: str, sizes: Iterable[int], key: str, now: datetime) -> None:
    """Put the pending people of a broadcast into jobs of these sizes, in the order of their ids.

    `key` with the job's number behind it makes each job's call safe to repeat. Part of the caller's transaction.
    """
    above = 0
    for number, size in enumerate(sizes, 1):
        rows = execute(
            "SELECT max(subscriber_id) FROM (SELECT subscriber_id FROM recipients WHERE broadcast_id = ?"
            " AND state = 'pending' AND subscriber_id > ? ORDER BY subscriber_id LIMIT ?) AS part",
            (broadcast_id, above, size),
        )
        last = rows[0][0]
        execute(
            "UPDATE recipients SET job = ? WHERE broadcast_id = ? AND state = 'pending'"
            " AND subscriber_id > ? AND subscriber_id <= ?",
            (number, broadcast_id, above, last),
        )
        MassJob.create(
            broadcast=broadcast_id, number=number, kind=kind, key=f"{key}-{number}", people=size, updated_at=now
        )
        above = last


def claim(channel_id: int, worker: str, living: Sequence[str], now: datetime) -> MassJob | None:
    """Take the next job of a channel that needs a call, for this worker; None when there is none now.

    A job of a worker that is gone is taken over: its key makes a second call safe.
    """
    taken = (MassJob.worker.is_null()) | (MassJob.worker == worker)
    if living:
        taken |= MassJob.worker.not_in(living)
    query = (
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & ((Broadcast.status == BroadcastStatus.SENDING.value) & MassJob.state.in_([state.value for state in OPEN]))
            & (MassJob.not_before <= now)
            & taken
        )
        .order_by(MassJob.broadcast, MassJob.number)
        .limit(1)
    )
    job: MassJob | None = query.first()
    if job is None:
        return None
    mine = (MassJob.broadcast == job.broadcast_id) & (MassJob.number == job.number) & taken
    won = MassJob.update(worker=worker, updated_at=now).where(mine).execute()
    return job if won else None


def lock_sending(broadcast_id: int) -> bool:
    """Say whether a broadcast is sending; its row is locked until the transaction ends, so that a pause waits."""
    lock = "FOR SHARE" if is_postgres() else ""
    return bool(execute(f"SELECT 1 FROM broadcasts WHERE id = ? AND status = 'sending' {lock}", (broadcast_id,)))


def skip_those(broadcast_id: int, subscribers: pw.SelectQuery, reason: str, now: datetime) -> None:
    """Skip the pending people of a broadcast that a subquery names."""
    Recipient.update(state="skipped", reason=reason, updated_at=now).where(
        (Recipient.broadcast == broadcast_id) & (Recipient.state == "pending") & Recipient.subscriber.in_(subscribers)
    ).execute()


def change(job: MassJob, **fields: Any) -> None:
    """Write facts about a job; its state is changed by `move` alone."""
    MassJob.update(**fields).where((MassJob.broadcast == job.broadcast_id) & (MassJob.number == job.number)).execute()


def move(job: MassJob, to: MassJobState, now: datetime, **fields: Any) -> bool:
    """Move a job on; False when it is not where that move starts."""
    moved = (
        MassJob.update(state=to.value, updated_at=now, **fields)
        .where(
            (MassJob.broadcast == job.broadcast_id)
            & (MassJob.number == job.number)
            & guarded(MassJob.state, MASS_JOB_MOVES, to)
        )
        .execute()
    )
    return bool(moved)


def people(
    job: MassJob, states: Sequence[str], above: int = 0, at_most: int = 1_000_000
) -> list[tuple[int, str, bool]]:
    """Return (subscriber id, platform user id, may be written to) of a job's people in these ledger states."""
    marks = ", ".join("?" * len(states))
    rows = execute(
        "SELECT r.subscriber_id, s.platform_user_id, s.consent, s.unreachable FROM recipients r"
        " JOIN subscribers s ON s.id = r.subscriber_id"
        f" WHERE r.broadcast_id = ? AND r.job = ? AND r.subscriber_id > ? AND r.state IN ({marks})"
        " ORDER BY r.subscriber_id LIMIT ?",
        (job.broadcast_id, job.number, above, *states, at_most),
    )
    return [(row[0], row[1], row[2] == "subscribed" and not row[3]) for row in rows]


def skip(job: MassJob, rows: Iterable[tuple[int, str]], now: datetime) -> None:
    """Skip people of a job to whom nothing was said: (subscriber id, reason)."""
    for subscriber_id, reason in rows:
        execute(
            "UPDATE recipients SET state = 'skipped', reason = ?, updated_at = ? WHERE broadcast_id = ?"
            " AND subscriber_id = ? AND state IN ('pending', 'unknown')",
            (reason, to_ms(now), job.broadcast_id, subscriber_id),
        )


def mark_sending(job: MassJob, now: datetime) -> int:
    """Commit the intent to write to a job's people, before its call leaves; return how many."""
    rows = execute(
        "UPDATE recipients SET state = 'sending', sent_at = ?, updated_at = ?"
        " WHERE broadcast_id = ? AND job = ? AND state = 'pending' RETURNING 1",
        (to_ms(now), to_ms(now), job.broadcast_id, job.number),
    )
    return len(rows)


def mark(job: MassJob, to: RecipientState, now: datetime, *, reason: str = "", job_id: str = "") -> int:
    """Move all of a job's people to whom its outcome applies: one call, many recipients. Return how many."""
    starts = _MARKED_FROM[to]
    rows = execute(
        "UPDATE recipients SET state = ?, reason = ?, message_ids = ?, step = ?, updated_at = ?"
        f" WHERE broadcast_id = ? AND job = ? AND state IN ({', '.join('?' * len(starts))}) RETURNING 1",
        (to.value, reason, job_id, int(to is RecipientState.SENT), to_ms(now), job.broadcast_id, job.number, *starts),
    )
    return len(rows)


_MARKED_FROM = {
    RecipientState.SENT: ("sending", "unknown"),
    RecipientState.UNKNOWN: ("sending",),
    RecipientState.PENDING: ("sending",),
    # A review by the platform may fail what it had taken.
    RecipientState.FAILED: ("pending", "sending", "unknown", "sent"),
    RecipientState.SKIPPED: ("pending", "sending"),
}


def waiting_for_result(channel_id: int, before: datetime) -> list[MassJob]:
    """Return jobs the platform took before a moment and has not told the end of."""
    return list(
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & MassJob.state.in_([MassJobState.SUBMITTED.value, MassJobState.CONFIRMING.value])
            & (MassJob.updated_at < before)
        )
        .limit(20)
    )


def with_tags_to_delete(channel_id: int) -> list[MassJob]:
    """Return jobs whose temporary tag is of no more use."""
    over = [MassJobState.FINISHED.value, MassJobState.FAILED.value]
    return list(
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & MassJob.tag.is_null(False)
            & (MassJob.state.in_(over) | (Broadcast.status == BroadcastStatus.CANCELLED.value))
            & MassJob.state.not_in([MassJobState.CALLING.value, MassJobState.UNCLEAR.value])
        )
        .limit(5)
    )


def open_jobs(broadcast_id: int) -> int:
    """Count a broadcast's jobs that may still need a call, or somebody's agreement."""
    return int(
        MassJob.select()
        .where(
            (MassJob.broadcast == broadcast_id) & MassJob.state.in_([*(state.value for state in OPEN), "confirming"])
        )
        .count()
    )


_CALLED = [state.value for state in MassJobState if state not in (MassJobState.PLANNED, MassJobState.FAILED)]


def called(broadcast_id: int) -> bool:
    """Say whether any call of a broadcast was taken by the platform, or may have been."""
    return bool(
        MassJob.select().where((MassJob.broadcast == broadcast_id) & MassJob.state.in_(_CALLED)).limit(1).count()
    )


def calls_between(channel_id: int, start: datetime, end: datetime, but: int = 0) -> int:
    """Count the mass messages a channel's platform took, or may have, in a period, but for one broadcast's."""
    return int(
        MassJob.select()
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & (Broadcast.id != but)
            & (MassJob.kind != "single")
            & MassJob.state.in_(_CALLED)
            & (MassJob.first_call_at >= start)
            & (MassJob.first_call_at < end)
        )
        .count()
    )


def had_their_share(channel_id: int, since: datetime, most: int) -> pw.SelectQuery:
    """Return a subquery of the subscribers who got `most` or more mass messages since a moment."""
    return (
        Recipient.select(Recipient.subscriber)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & (Broadcast.road == "mass")
            & (Recipient.sent_at >= since)
            & Recipient.state.in_(["sending", "sent", "delivered", "read", "unknown"])
        )
        .group_by(Recipient.subscriber)
        .having(pw.fn.COUNT(Recipient.broadcast) >= most)
    )
