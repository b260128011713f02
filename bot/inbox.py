"""What arrives: each event handled once, with its effects and its replies in one transaction.

Receipts and echoes come by the million after a broadcast and are taken in bulk; they are facts, not deeds, so telling
them twice changes nothing and they need no key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.hearing import Heard
from bot.router import route
from bot.wiring import ChannelRuntime, Runtime
from broadcast.evidence import take_echoes
from handlers.content import Outgoing
from handlers.events import Delivered, Echoed, Event, Read
from storage import inbox, ledger, outbox
from storage.database import transaction
from storage.fields import to_ms

STALE_AFTER = timedelta(hours=24)
"""A person's deed that reaches us later than this has no effect: the window it opened is closed, and a command of
yesterday would surprise today. Platforms retry for an hour at most."""

FROM_THE_FUTURE = timedelta(minutes=10)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Riding:
    """A reply for the response of the webhook itself, and its row in the outbox."""

    outgoing: Outgoing
    outbox_id: int


def receive(runtime: Runtime, channel: ChannelRuntime, events: Iterable[Event]) -> tuple[Riding, ...]:
    """Take events in, each committed with its effects and replies; return the replies that ride on the response."""
    receipts, echoes, deeds = _sorted(events)
    now = runtime.now()
    if receipts:
        ledger.settle_by_watermark(channel.id, _watermarks(receipts))
    if echoes and (copies := take_echoes(channel.id, echoes, now)):
        _log.error("sent_twice", channel=channel.settings.name, times=copies)
        runtime.hearing.count(Heard.SENT_TWICE, channel.settings.name, copies)
    replies: list[Riding] = []
    answered = False
    for event in deeds:
        if not now - STALE_AFTER < event.at < now + FROM_THE_FUTURE:
            _log.info("event_out_of_time", channel=channel.settings.name, kind=type(event).__name__)
            continue
        with transaction():
            riding, said = _handle(runtime, channel, event, now)
        replies += riding
        answered |= said
    if deeds:
        runtime.hearing.late(channel.settings.name, max(0.0, (runtime.now() - deeds[-1].at).total_seconds()))
    if answered:  # whatever gives the workers something to do is answered; most of what people write is not
        runtime.wake()
    return tuple(replies)


def _handle(runtime: Runtime, channel: ChannelRuntime, event: Event, now: datetime) -> tuple[list[Riding], bool]:
    """Let one event have its effects, once; return what is to ride on the response, and whether anything was said.

    A redelivered event has no effect, and is answered as the first time: the platform asks again because it did
    not hear that answer.
    """
    passive = channel.platform.capabilities.passive_replies
    if not inbox.first_time(channel.id, event.key, now):
        again = outbox.passive(channel.id, event.key) if passive else None
        return ([Riding(Outgoing.model_validate(again[1]), again[0])] if again else []), False
    said = route(runtime, channel, event, now)
    riding = [
        Riding(first, outbox.add_passive(channel.id, first.to, first.model_dump(mode="json"), event.key, now))
        for first in (said[:1] if passive else [])
    ]
    for outgoing in said[len(riding) :]:
        outbox.add(channel.id, outgoing.to, outgoing.model_dump(mode="json"), now)
    return riding, bool(said)


def _sorted(events: Iterable[Event]) -> tuple[list[Delivered | Read], list[Echoed], list[Event]]:
    receipts: list[Delivered | Read] = []
    echoes: list[Echoed] = []
    deeds: list[Event] = []
    for event in events:
        match event:
            case Delivered() | Read():
                receipts.append(event)
            case Echoed():
                echoes.append(event)
            case _:
                deeds.append(event)
    deeds.sort(key=lambda event: event.at)  # a platform that retries delivers out of order
    return receipts, echoes, deeds


def _watermarks(receipts: Iterable[Delivered | Read]) -> dict[str, tuple[int, int]]:
    """Return the highest watermarks of each person, in milliseconds: (delivered until, read until)."""
    marks: dict[str, tuple[int, int]] = {}
    for receipt in receipts:
        delivered, read = marks.get(receipt.person, (0, 0))
        until = to_ms(receipt.watermark)
        if isinstance(receipt, Read):
            read = max(read, until)
        marks[receipt.person] = (max(delivered, until), read)
    return marks
