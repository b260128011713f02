"""Errors nobody foresaw: each is kept to the one event it belongs to, noted, and mended as far as it can be.

The database being away is none of them: then nothing is taken in, and the platform delivers again.
"""

from datetime import datetime

import structlog

from bot import consent
from bot.hearing import Heard
from bot.log import trace
from bot.texts import texts
from bot.wiring import ChannelRuntime, Runtime
from handlers.content import Outgoing, Text
from handlers.events import ButtonPressed, Event, MessageReceived, OptedOut
from storage import admins, subscribers
from storage.database import sqlstate
from storage.lifecycle import Consent

_log = structlog.get_logger()


def note(runtime: Runtime, channel: ChannelRuntime, kind: str, error: Exception) -> None:
    """Log where an error arose, and count it; `kind` is what was being taken in. Nothing anybody wrote is kept."""
    _log.error(
        "event_failed", channel=channel.settings.name, kind=kind, error=type(error).__name__,
        sqlstate=sqlstate(error), trace=trace(error),
    )  # fmt: skip
    runtime.hearing.count(Heard.EVENT_FAILED, channel.settings.name)


def salvage(runtime: Runtime, channel: ChannelRuntime, event: Event, _now: datetime) -> list[Outgoing]:
    """Do what has to hold of an event whatever went wrong: a STOP is a STOP, and an admin does not wait in vain."""
    if not event.person:
        return []
    said: list[str] = []
    if isinstance(event, OptedOut) or consent.wish(event) is Consent.OPTED_OUT:
        subscribers.seen(channel.id, event.person, event.at, event.window_until)
        subscribers.set_consent(channel.id, event.person, Consent.OPTED_OUT, event.at)
        if not isinstance(event, OptedOut):
            said.append(consent.confirmation(Consent.OPTED_OUT, runtime.settings.clarion.language))
    admin = admins.find(channel.id, event.person)
    if not said and admin is not None and isinstance(event, MessageReceived | ButtonPressed) and not event.standby:
        _ = texts(admin.language or runtime.settings.clarion.language).gettext
        said.append(
            _(
                "Something went wrong here with your last message. It was noted for whoever runs this program; nothing"
                " of it was done. Please try again, or send it in another way."
            )
        )
    return [Outgoing(to=event.person, message=Text(text=text)) for text in said]
