"""Signs of life: a worker that has been silent too long loses what it holds."""

from datetime import datetime, timedelta

from storage.models import Worker

BEAT_EVERY = timedelta(seconds=2)
SILENT_AFTER = timedelta(seconds=10)
"""A worker that has not been heard of for so long is taken for dead. Its rows are guarded by its id, so one
that was only stopped finds, when it wakes, that its marks change nothing."""

SET_BACK = timedelta(minutes=1)
"""A sign of life from further in the future is one from before the clock was set back. Others' clocks may differ by
less, and so may the moment at which somebody who had to wait for the database asks."""


def beat(worker: str, now: datetime) -> None:
    """Record that this worker is alive."""
    Worker.insert(id=worker, started_at=now, beat_at=now).on_conflict(
        conflict_target=[Worker.id], update={Worker.beat_at: now}
    ).execute()


def living(now: datetime) -> list[str]:
    """Return the ids of the workers heard of lately, and forget those long dead."""
    Worker.delete().where(Worker.beat_at < now - timedelta(days=1)).execute()
    lately = (Worker.beat_at > now - SILENT_AFTER) & (Worker.beat_at <= now + SET_BACK)
    return [worker.id for worker in Worker.select().where(lately)]


def leave(worker: str) -> None:
    """Record that this worker has stopped in good order."""
    Worker.delete().where(Worker.id == worker).execute()
