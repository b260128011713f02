"""Channels at rest: known by name, pausable as a whole."""

from dataclasses import dataclass
from datetime import datetime

import peewee as pw

from storage.database import execute, is_postgres
from storage.models import Channel


@dataclass(frozen=True, slots=True)
class Sync:
    """How far the list of followers was read: `after` is where the next page begins, '' for the first.

    `run` counts how often it was begun: what is older than a reading is told by this number, as clocks differ.
    """

    run: int
    started_at: datetime | None
    after: str
    finished_at: datetime | None


def ensure(name: str, platform: str) -> int:
    """Return the id of the channel called `name`, making its row at the first start."""
    Channel.insert(name=name, platform=platform).on_conflict_ignore().execute()
    return Channel.get(Channel.name == name).id


def ids() -> list[int]:
    """Return the ids of all channels there ever were."""
    return [row[0] for row in execute("SELECT id FROM channels ORDER BY id")]


def pause(channel_id: int, reason: str, until: datetime | None, now: datetime) -> datetime | None:
    """Hold everything but replies on a channel, from now until a moment or (None) until somebody resumes it.

    A pause under way is never made shorter: what waits for a person does not end by itself. Returns when the last
    pause before this began, None where there was none.
    """
    before: datetime | None = Channel.get_by_id(channel_id).paused_at
    where = Channel.id == channel_id
    if until is not None:
        where &= (Channel.pause_reason == "") | (Channel.paused_until < until)
    Channel.update(pause_reason=reason, paused_until=until, paused_at=now).where(where).execute()
    return before


def resume(channel_id: int) -> None:
    """Let a channel go on that waits for somebody; what the platform holds until a moment is held until then."""
    waits = (Channel.id == channel_id) & Channel.paused_until.is_null()
    Channel.update(pause_reason="", paused_until=None).where(waits).execute()


def paused(channel_id: int, now: datetime) -> tuple[str, datetime | None]:
    """Return why the channel is paused now and until when (None: until somebody resumes it), '' when it is not.

    A pause whose time is over ends here.
    """
    channel = Channel.get_by_id(channel_id)
    if channel.pause_reason and channel.paused_until is not None and channel.paused_until <= now:
        still = (Channel.id == channel_id) & (Channel.paused_until == channel.paused_until)
        Channel.update(pause_reason="", paused_until=None).where(still).execute()
        return "", None
    return str(channel.pause_reason), channel.paused_until


def sync(channel_id: int) -> Sync:
    """Return how far a channel's list of followers was read."""
    channel = Channel.get_by_id(channel_id)
    return Sync(channel.sync_run, channel.sync_started_at, channel.sync_after, channel.synced_at)


def begin_sync(channel_id: int, now: datetime) -> Sync:
    """Begin to read the list anew, unless another worker just has; return how far it was read."""
    Channel.update(sync_run=Channel.sync_run + 1, sync_started_at=now, sync_after="", synced_at=None).where(
        (Channel.id == channel_id) & Channel.sync_started_at.is_null()
    ).execute()
    return sync(channel_id)


def sync_to(channel_id: int, run: int, after: str) -> None:
    """Remember where the next page of the list begins, while it is read for this `run`."""
    Channel.update(sync_after=after).where(_reading(channel_id, run)).execute()


def sync_done(channel_id: int, run: int, now: datetime) -> None:
    """Remember that the whole list was read for this `run`."""
    Channel.update(sync_started_at=None, sync_after="", synced_at=now).where(_reading(channel_id, run)).execute()


def _reading(channel_id: int, run: int) -> pw.Expression:
    return (Channel.id == channel_id) & (Channel.sync_run == run)


def lock(channel_id: int) -> None:
    """Let nobody else decide about a channel until the caller's transaction ends; SQLite has one writer anyway."""
    if is_postgres():
        # Not FOR UPDATE: each row that names the channel (an audit line) locks its key, and two transactions that
        # have written one would wait for each other.
        execute("SELECT 1 FROM channels WHERE id = ? FOR NO KEY UPDATE", (channel_id,))
