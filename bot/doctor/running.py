"""Who is at work, and what stands still."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from gettext import NullTranslations

from bot.doctor import followers
from bot.wiring import ChannelRuntime
from broadcast import because
from handlers.finding import Finding, fine, warn
from storage import admins, channels, workers


def examine(present: Iterable[ChannelRuntime], now: datetime) -> Iterator[Finding]:
    """Yield the workers heard of lately, and what each channel waits for."""
    living = workers.living(now)
    if living:
        yield fine(f"workers: {len(living)} at work")
    else:
        yield warn("workers: none heard of for 10 s, so nothing is sent; start python -m bot worker")
    for channel in present:
        yield from _channel(channel, now)
        yield from followers.examine(channel, now)


def _channel(channel: ChannelRuntime, now: datetime) -> Iterator[Finding]:
    name = channel.settings.name
    reason, until = channels.paused(channel.id, now)
    if reason:
        ends = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until an admin says /broadcast resume"
        yield warn(f"{name}: paused {ends}: {because.say(reason, NullTranslations())}")
    if not admins.on_channel(channel.id):
        yield warn(f"{name}: nobody is an admin yet; python -m bot invite --channel {name}")
