"""Broadcasts at rest: drafts and their versions, and every move of a broadcast's life.

Each move is one UPDATE guarded by where it may start, with the audit line in the same transaction.
"""

from datetime import datetime
from typing import Any

import peewee as pw

from storage import audit, quotas
from storage.database import is_postgres, transaction
from storage.lifecycle import BROADCAST_MOVES, BroadcastStatus, IllegalMove, guarded
from storage.models import Broadcast, Recipient

MASS_ROAD = "mass"
"""The road of a broadcast that is sent to many people in one call; `storage.mass_jobs` has its calls."""

_SETTLED = frozenset(BroadcastStatus) - {
    BroadcastStatus.SCHEDULED, BroadcastStatus.STARTING, BroadcastStatus.SENDING, BroadcastStatus.PAUSED
}  # fmt: skip
"""Where a broadcast holds no more of its channel's limits than it really took."""

_UNPLANNED = frozenset({BroadcastStatus.DRAFT, BroadcastStatus.FAILED})
"""Where nobody is chosen: its audience is chosen anew when it starts, whatever was planned before."""


class EditedMeanwhile(Exception):
    """Somebody else changed the draft since it was read, or it is no longer a draft."""


def create(channel_id: int, name: str, by: str, now: datetime, **fields: Any) -> Broadcast:
    """Make a draft."""
    with transaction():
        broadcast = Broadcast.create(
            channel=channel_id, name=name, created_by=by, created_at=now, updated_at=now, **fields
        )
        audit.write(channel_id, by, "create", now, subject=str(broadcast.id))
    return broadcast


def edit(broadcast_id: int, version: int, now: datetime, **fields: Any) -> int:
    """Change a draft that is still at `version`; return the new version. Raises `EditedMeanwhile`."""
    changed = (
        Broadcast.update(**fields, version=version + 1, updated_at=now)
        .where(
            (Broadcast.id == broadcast_id)
            & (Broadcast.version == version)
            & (Broadcast.status == BroadcastStatus.DRAFT.value)
        )
        .execute()
    )
    if not changed:
        raise EditedMeanwhile
    return version + 1


def move(  # one place for every move is worth the arguments
    broadcast_id: int,
    to: BroadcastStatus,
    by: str,
    now: datetime,
    *,
    only_from: BroadcastStatus | None = None,
    version: int | None = None,
    **fields: Any,
) -> None:
    """Move a broadcast, or raise `IllegalMove` when it is not where that move starts (or was edited)."""
    where = (Broadcast.id == broadcast_id) & guarded(Broadcast.status, BROADCAST_MOVES, to, only_from=only_from)
    if version is not None:
        where &= Broadcast.version == version
    if to in _UNPLANNED:
        fields |= {"planned_at": None, "undo_until": None}
    with transaction():
        rows = list(
            Broadcast.update(status=to.value, updated_at=now, **fields)
            .where(where)
            .returning(Broadcast.channel)
            .execute()
        )
        if not rows:
            raise IllegalMove(f"broadcast {broadcast_id}", to)
        audit.write(rows[0].channel_id, by, to.value, now, subject=str(broadcast_id))
        if to in _UNPLANNED:
            Recipient.delete().where(Recipient.broadcast == broadcast_id).execute()
        if to in _SETTLED:
            quotas.settle(broadcast_id)


def planned(broadcast_id: int, now: datetime) -> None:
    """Keep that the audience of a starting broadcast is chosen; part of the transaction that chose it."""
    Broadcast.update(planned_at=now).where(Broadcast.id == broadcast_id).execute()


def go_past_canary(broadcast_id: int, by: str, now: datetime) -> None:
    """Let a broadcast that is sent to its first people alone go on to all; part of a transaction that locked it."""
    query = Broadcast.update(canary_done_at=now, updated_at=now).where(Broadcast.id == broadcast_id)
    for row in query.returning(Broadcast.channel).execute():
        audit.write(row.channel_id, by, "go_past_canary", now, subject=str(broadcast_id))


def sending_since(broadcast_id: int) -> datetime:
    """Return since when a broadcast that is sending has been: its start, its last resume, or its first people's end.

    Nothing else is written to a broadcast that is sending.
    """
    moment: datetime = Broadcast.get_by_id(broadcast_id).updated_at
    return moment


def lock(broadcast_id: int) -> Broadcast | None:
    """Return a broadcast as it stands, and keep others from moving it until the caller's transaction ends."""
    query = Broadcast.select().where(Broadcast.id == broadcast_id)
    if is_postgres():  # on SQLite our transactions begin as writers: there is only one at a time
        query = query.for_update()
    row: Broadcast | None = query.first()
    return row


def get(broadcast_id: int) -> Broadcast | None:
    """Return a broadcast as it stands now, or None."""
    return Broadcast.get_or_none(Broadcast.id == broadcast_id)


def with_status(channel_id: int | None, *statuses: BroadcastStatus) -> list[Broadcast]:
    """Return broadcasts in these statuses (all when none is named), newest first."""
    query = Broadcast.select()
    if channel_id is not None:
        query = query.where(Broadcast.channel == channel_id)
    if statuses:
        query = query.where(Broadcast.status.in_([status.value for status in statuses]))
    return list(query.order_by(Broadcast.id.desc()))


def named(channel_id: int, name: str) -> Broadcast | None:
    """Return the newest broadcast with this name, letters' case aside, or None."""
    wanted = name.casefold()
    # Compared here and not in SQL: SQLite folds the case of ASCII letters only.
    rows = Broadcast.select(Broadcast.id, Broadcast.name).where(Broadcast.channel == channel_id)
    found = [row.id for row in rows if row.name.casefold() == wanted]
    return get(max(found)) if found else None


def group(group_id: int, *, lock: bool = False) -> list[Broadcast]:
    """Return the broadcasts that say the same on several channels, by channel.

    With `lock` nobody else moves any of them until the caller's transaction ends. Whoever changes more than one takes
    all of them so first, always in the same order: two people at one group then never wait for each other crosswise.
    """
    query = Broadcast.select().where(Broadcast.group_id == group_id).order_by(Broadcast.channel, Broadcast.id)
    return list(query.for_update() if lock and is_postgres() else query)


def due(now: datetime) -> list[Broadcast]:
    """Return scheduled broadcasts whose time has come."""
    return list(
        Broadcast.select().where(
            (Broadcast.status == BroadcastStatus.SCHEDULED.value) & (Broadcast.scheduled_for <= now)
        )
    )


def next_due() -> datetime | None:
    """When the next scheduled broadcast is to start, or None."""
    moment: datetime | None = (
        Broadcast.select(pw.fn.MIN(Broadcast.scheduled_for))
        .where(Broadcast.status == BroadcastStatus.SCHEDULED.value)
        .scalar()
    )
    return moment
