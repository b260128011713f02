"""How many followers are known, and how far their list was read."""

from collections.abc import Iterator
from datetime import datetime

from bot.wiring import ChannelRuntime
from broadcast.when.words import say_distance
from handlers.finding import Finding, fine
from handlers.many import ListsFollowers
from storage import channels, subscribers


def examine(channel: ChannelRuntime, now: datetime) -> Iterator[Finding]:
    """Yield one line for a channel whose platform tells who follows it."""
    if not isinstance(channel.platform, ListsFollowers):
        return
    known, sync = subscribers.count(channel.id), channels.sync(channel.id)
    if sync.started_at is not None:
        read = f"list being read for {say_distance(now - sync.started_at, 'en')}"
    elif sync.finished_at is not None:
        read = f"list read {say_distance(now - sync.finished_at, 'en')} ago"
    else:
        read = "list not read yet; a worker reads it as soon as it runs"
    yield fine(f"{channel.settings.name}: followers: {known} known, {read}")
