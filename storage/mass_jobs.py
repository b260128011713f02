"""Mass messages at rest: where each stands, who works on it, what the platform said of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import peewee as pw

from storage import mass_people
from storage.database import execute, is_postgres
from storage.lifecycle import MASS_JOB_MOVES, BroadcastStatus, MassJobState, RecipientState, guarded
from storage.mass_models import MassJob
from storage.models import Broadcast, Recipient

OPEN = (MassJobState.PLANNED, MassJobState.CALLING, MassJobState.UNCLEAR)
"""Jobs that may still need a call."""

REPORTED = "reported"
"""The reason of a job that waits for agreement when a report came that may be its own: the call is made again."""

_CALLED = [state.value for state in MassJobState if state not in (MassJobState.PLANNED, MassJobState.FAILED)]
"""Jobs whose call was taken by the platform, or may have been."""

_CONFIRMING = MassJob.state == MassJobState.CONFIRMING.value


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
        .where((Broadcast.channel == channel_id) & _CONFIRMING & (MassJob.job_id == ""))
        .order_by(MassJob.called_at)
        .first()
    )
    return found


def ask_whose(job: MassJob, due: datetime) -> None:
    """Let the call of a job that waits for agreement be made again from `due` on: its key tells what became of it."""
    MassJob.update(reason=REPORTED, not_before=due).where(_is(job) & _CONFIRMING).execute()


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

    A job of a worker that is gone is taken over: its key makes a second call safe. One in the middle of a call
    is not taken before `interrupted` has told of it.
    """
    job: MassJob | None = (
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & (Broadcast.status == BroadcastStatus.SENDING.value)
            & (
                MassJob.state.in_([MassJobState.PLANNED.value, MassJobState.UNCLEAR.value])
                | (_CONFIRMING & (MassJob.reason == REPORTED))
            )
            & (MassJob.not_before <= now)
            & _free(worker, living)
        )
        .order_by(MassJob.broadcast, MassJob.number)
        .first()
    )
    if job is None:
        return None
    # The state again: between the two statements another worker may have taken it, done it, and let it go.
    won = MassJob.update(worker=worker).where(_is(job) & (MassJob.state == job.state) & _free(worker, living)).execute()
    return job if won else None


def interrupted(channel_id: int, worker: str, living: Sequence[str]) -> list[MassJob]:
    """Return the jobs whose worker is gone, or is this one and was cut off, in the middle of a call."""
    return list(
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id) & (MassJob.state == MassJobState.CALLING.value) & _free(worker, living)
        )
    )


def _free(worker: str, living: Sequence[str]) -> pw.Expression:
    """Return the condition that nobody else who lives holds a job."""
    free = MassJob.worker.is_null() | (MassJob.worker == worker)
    return free | MassJob.worker.not_in(living) if living else free


def _is(job: MassJob) -> pw.Expression:
    return (MassJob.broadcast == job.broadcast_id) & (MassJob.number == job.number)


def lock_sending(broadcast_id: int) -> bool:
    """Say whether a broadcast is sending; its row is locked until the transaction ends, so that a pause waits."""
    lock = "FOR SHARE" if is_postgres() else ""
    return bool(execute(f"SELECT 1 FROM broadcasts WHERE id = ? AND status = 'sending' {lock}", (broadcast_id,)))


def release(job: MassJob) -> None:
    """Let any worker take a job that nothing more is done about now."""
    change(job, worker=None)


def wait(job: MassJob, wait: timedelta, now: datetime, **fields: Any) -> None:
    """Let a job that stays as it is be taken again only after a while."""
    change(job, not_before=now + wait, updated_at=now, **fields)


def change(job: MassJob, **fields: Any) -> None:
    """Write facts about a job, here and at rest; its state is changed by `move` alone."""
    MassJob.update(**fields).where(_is(job)).execute()
    _take_over(job, fields)


def move(job: MassJob, to: MassJobState, now: datetime, **fields: Any) -> bool:
    """Move a job on, here and at rest; False when it is not where that move starts."""
    moved = (
        MassJob.update(state=to.value, updated_at=now, **fields)
        .where(_is(job) & guarded(MassJob.state, MASS_JOB_MOVES, to))
        .execute()
    )
    if moved:
        _take_over(job, {**fields, "state": to.value, "updated_at": now})
    return bool(moved)


def _take_over(job: MassJob, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(job, name, value)


def stands(job: MassJob) -> bool:
    """Say whether a job is still where it was when it was read."""
    return bool(MassJob.select().where(_is(job) & (MassJob.state == job.state)).count())


def split(job: MassJob, sizes: Sequence[int], kind: str, now: datetime) -> None:
    """Put the pending people of a job into the job itself and new ones, of these sizes and this kind.

    The job has made no call that may have been heard: it gets a new key like the others. Part of the caller's
    transaction.
    """
    waiting = mass_people.people(job, (RecipientState.PENDING.value,))
    taken = int(MassJob.select(pw.fn.MAX(MassJob.number)).where(MassJob.broadcast == job.broadcast_id).scalar())
    beginning = job.key.rpartition("-")[0]
    first, *rest = sizes
    key = f"{beginning}-{job.number}.{taken}"
    change(job, kind=kind, people=first, key=key, worker=None, draft="", attempts=0)
    done = first
    for number, size in enumerate(rest, taken + 1):
        part = waiting[done : done + size]
        Recipient.update(job=number).where(
            (Recipient.broadcast == job.broadcast_id)
            & (Recipient.job == job.number)
            & (Recipient.state == RecipientState.PENDING.value)
            & Recipient.subscriber.between(part[0].subscriber_id, part[-1].subscriber_id)
        ).execute()
        MassJob.create(
            broadcast=job.broadcast_id,
            number=number,
            kind=kind,
            key=f"{beginning}-{number}",
            people=size,
            updated_at=now,
        )
        done += size


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


def with_tags_to_delete(channel_id: int, before: datetime) -> list[MassJob]:
    """Return jobs whose temporary tag is of no more use.

    A call that was made before `before` and will not be repeated has used its tag, if it was heard at all.
    """
    over = [MassJobState.FINISHED.value, MassJobState.FAILED.value]
    in_doubt = [MassJobState.UNCLEAR.value, MassJobState.CALLING.value]
    cancelled = Broadcast.status == BroadcastStatus.CANCELLED.value
    return list(
        MassJob.select(MassJob)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & MassJob.tag.is_null(False)
            & (
                MassJob.state.in_(over)
                | (cancelled & (MassJob.state == MassJobState.PLANNED.value))
                | (cancelled & MassJob.state.in_(in_doubt) & (MassJob.called_at < before))
            )
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
