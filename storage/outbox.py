"""Replies on their way: committed with what they speak of, then sent, each person's in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.database import execute, is_postgres, transaction
from storage.fields import to_ms
from storage.lifecycle import OUTBOX_MOVES, OutboxState, guarded
from storage.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply this worker holds."""

    id: int
    payload: Mapping[str, Any]
    attempts: int


def add(channel_id: int, person: str, payload: Mapping[str, Any], now: datetime) -> int:
    """Put a reply in line; part of the caller's transaction."""
    row = OutboxMessage.create(
        channel=channel_id, platform_user_id=person, payload=dict(payload), created_at=now, updated_at=now
    )
    return int(row.id)


def add_passive(channel_id: int, person: str, payload: Mapping[str, Any], event_key: str, now: datetime) -> int:
    """Keep a reply that rides on the webhook's response to an event, so that a redelivery is answered alike."""
    row = OutboxMessage.create(
        channel=channel_id,
        platform_user_id=person,
        payload=dict(payload),
        state=OutboxState.SENT.value,
        event_key=event_key,
        created_at=now,
        updated_at=now,
    )
    return int(row.id)


def passive(channel_id: int, event_key: str) -> tuple[int, Mapping[str, Any]] | None:
    """Return (id, reply) that an earlier delivery of this event was answered with, None when there was none."""
    row = OutboxMessage.get_or_none((OutboxMessage.channel == channel_id) & (OutboxMessage.event_key == event_key))
    return (row.id, row.payload) if row else None


def send_after_all(outbox_id: int, now: datetime) -> None:
    """Send a reply by a call that could not ride on the response; a redelivery finds nothing to answer again."""
    OutboxMessage.update(state=OutboxState.PENDING.value, event_key="", updated_at=now).where(
        (OutboxMessage.id == outbox_id) & (OutboxMessage.event_key != "")
    ).execute()


def claim(channel_id: int, worker: str, at_most: int, now: datetime) -> list[Waiting]:
    """Take replies that are due, only the first open one of each person so that their order holds."""
    lock = "FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    with transaction():
        taken = execute(
            "WITH mine AS MATERIALIZED (SELECT id FROM outbox o"
            " WHERE channel_id = ? AND state IN ('pending', 'sending') AND state = 'pending' AND not_before <= ?"
            " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.channel_id = o.channel_id"
            " AND e.platform_user_id = o.platform_user_id AND e.id < o.id AND e.state IN ('pending', 'sending'))"
            f" ORDER BY id LIMIT ? {lock})"
            " UPDATE outbox SET state = 'sending', worker = ?, updated_at = ?"
            " WHERE id IN (SELECT id FROM mine) AND state = 'pending' RETURNING id",
            (channel_id, to_ms(now), at_most, worker, to_ms(now)),
        )
        rows = OutboxMessage.select().where(OutboxMessage.id.in_([row[0] for row in taken])).order_by(OutboxMessage.id)
        return [Waiting(row.id, row.payload, row.attempts) for row in rows]


def finish(outbox_id: int, to: OutboxState, now: datetime, *, message_id: str = "", reason: str = "") -> None:
    """Record what a reply came to; one that an echo has finished already is left alone."""
    OutboxMessage.update(state=to.value, message_id=message_id, reason=reason, updated_at=now).where(
        (OutboxMessage.id == outbox_id) & guarded(OutboxMessage.state, OUTBOX_MOVES, to)
    ).execute()


def prove(channel_id: int, outbox_id: int, message_id: str, now: datetime) -> None:
    """Record that a reply has arrived, whatever we believed: it is not said again."""
    OutboxMessage.update(state=OutboxState.SENT.value, message_id=message_id, updated_at=now).where(
        (OutboxMessage.id == outbox_id) & (OutboxMessage.channel == channel_id)
    ).execute()


def retry(outbox_id: int, not_before: datetime, reason: str, now: datetime) -> None:
    """Put a reply back in line for later; one that an echo has finished meanwhile is left alone."""
    OutboxMessage.update(
        state=OutboxState.PENDING.value,
        attempts=OutboxMessage.attempts + 1,
        not_before=not_before,
        reason=reason,
        worker=None,
        updated_at=now,
    ).where(
        (OutboxMessage.id == outbox_id)
        & guarded(OutboxMessage.state, OUTBOX_MOVES, OutboxState.PENDING, only_from=OutboxState.SENDING)
    ).execute()


def revive(channel_id: int, person: str, now: datetime) -> None:
    """Put what could not be said while the person's window was closed back in line: it is open again."""
    execute(
        "UPDATE outbox SET state = 'pending', not_before = 0, updated_at = ? WHERE channel_id = ?"
        " AND platform_user_id = ? AND state = 'failed'"
        " AND reason IN ('outside_window', 'allowance_spent')",
        (to_ms(now), channel_id, person),
    )


def recover(channel_id: int, worker: str, held: Collection[int], now: datetime) -> int:
    """Put back in line what stands under a worker's name and is not among the `held`; return how many.

    A worker that lost its database in the middle of a commit does not know what it claimed.
    """
    lost = (
        (OutboxMessage.channel == channel_id)
        & (OutboxMessage.worker == worker)
        & (OutboxMessage.state == OutboxState.SENDING.value)
        & OutboxMessage.id.not_in([*held])
    )
    return int(OutboxMessage.update(state=OutboxState.PENDING.value, worker=None, updated_at=now).where(lost).execute())


def release(living: Sequence[str], now: datetime) -> int:
    """Put replies of workers that are not `living` back in line; return how many."""
    gone = OutboxMessage.state == OutboxState.SENDING.value
    if living:
        gone &= OutboxMessage.worker.not_in(living)
    return int(OutboxMessage.update(state=OutboxState.PENDING.value, worker=None, updated_at=now).where(gone).execute())


def waiting(channel_id: int, now: datetime) -> bool:
    """Say whether a channel has replies that could be sent now."""
    rows = execute(
        "SELECT 1 FROM outbox WHERE channel_id = ? AND state IN ('pending', 'sending') AND state = 'pending'"
        " AND not_before <= ? LIMIT 1",
        (channel_id, to_ms(now)),
    )
    return bool(rows)


def purge(before: datetime, kept_before: datetime) -> int:
    """Drop replies that were dealt with before a moment; people's words are not kept. Return how many.

    What waits for a person to write again is kept longer: until `kept_before`.
    """
    waits = OutboxMessage.reason.in_(["outside_window", "allowance_spent"])
    failed = OutboxMessage.state == OutboxState.FAILED.value
    over = (OutboxMessage.state == OutboxState.SENT.value) | (failed & ~waits)
    old = (over & (OutboxMessage.updated_at < before)) | (failed & (OutboxMessage.updated_at < kept_before))
    return int(OutboxMessage.delete().where(old).execute())
