"""Channels at rest: known by name, pausable as a whole."""

from datetime import datetime

from storage.models import Channel


def ensure(name: str, platform: str) -> int:
    """Return the id of the channel called `name`, making its row at the first start."""
    Channel.insert(name=name, platform=platform).on_conflict_ignore().execute()
    return Channel.get(Channel.name == name).id


def pause(channel_id: int, reason: str, until: datetime | None) -> None:
    """Hold everything but replies on a channel, until a moment or (None) until somebody resumes it."""
    Channel.update(pause_reason=reason, paused_until=until).where(Channel.id == channel_id).execute()


def resume(channel_id: int) -> None:
    """Let a paused channel go on."""
    Channel.update(pause_reason="", paused_until=None).where(Channel.id == channel_id).execute()


def paused(channel_id: int, now: datetime) -> str:
    """Return why the channel is paused now, '' when it is not; a pause whose time is over ends here."""
    channel = Channel.get_by_id(channel_id)
    if channel.pause_reason and channel.paused_until is not None and channel.paused_until <= now:
        resume(channel_id)
        return ""
    return str(channel.pause_reason)
