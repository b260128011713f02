"""Channels at rest: known by name, pausable as a whole."""

from dataclasses import dataclass
from datetime import datetime

from storage.database import execute, is_postgres
from storage.models import Channel


@dataclass(frozen=True, slots=True)
class Sync:
    """How far the list of followers was read: `after` is where the next page begins, '' for the first."""

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


def pause(channel_id: int, reason: str, until: datetime | None) -> None:
    """Hold everything but replies on a channel, until a moment or (None) until somebody resumes it.

    A pause under way is never made shorter: what waits for a person does not end by itself.
    """
    where = Channel.id == channel_id
    if until is not None:
        where &= (Channel.pause_reason == "") | (Channel.paused_until < until)
    Channel.update(pause_reason=reason, paused_until=until).where(where).execute()


def resume(channel_id: int) -> None:
    """Let a paused channel go on."""
    Channel.update(pause_reason="", paused_until=None).where(Channel.id == channel_id).execute()


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
    return Sync(channel.sync_started_at, channel.sync_after, channel.synced_at)


def sync_to(channel_id: int, started_at: datetime, after: str) -> None:
    """Remember where the next page of the list begins."""
    Channel.update(sync_started_at=started_at, sync_after=after, synced_at=None).where(
        Channel.id == channel_id
    ).execute()


def sync_done(channel_id: int, now: datetime) -> None:
    """Remember that the whole list was read."""
    Channel.update(sync_started_at=None, sync_after="", synced_at=now).where(Channel.id == channel_id).execute()


def lock(channel_id: int) -> None:
    """Let nobody else decide about a channel until the caller's transaction ends; SQLite has one writer anyway."""
    if is_postgres():
        execute("SELECT 1 FROM channels WHERE id = ? FOR UPDATE", (channel_id,))
