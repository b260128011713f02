"""Channels at rest: known by name, pausable as a whole."""

from datetime import datetime

from storage.models import Channel


def ensure(name: str, platform: str) -> int:
    """Return the id of the channel called `name`, making its row at the first start."""
    Channel.insert(name=name, platform=platform).on_conflict_ignore().execute()
    return Channel.get(Channel.name == name).id


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
