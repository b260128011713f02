"""What arrives: each event handled once, with its effects and its replies in one transaction.

Receipts and echoes come by the million after a broadcast and are taken in bulk; they are facts, not deeds, so telling
them twice changes nothing and they need no key.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog

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


def receive(runtime: Runtime, channel: ChannelRuntime, events: Iterable[Event]) -> tuple[Outgoing, ...]:
    """Take events in; return what is said in answer, already committed to the outbox."""
    receipts, echoes, deeds = _sorted(events)
    now = runtime.now()
    if receipts:
        ledger.settle_by_watermark(channel.id, _watermarks(receipts))
    if echoes:
        take_echoes(channel.id, echoes, now)
    replies: list[Outgoing] = []
    for event in deeds:
        if not now - STALE_AFTER < event.at < now + FROM_THE_FUTURE:
            _log.info("event_out_of_time", channel=channel.settings.name, kind=type(event).__name__)
            continue
        with transaction():
            if not inbox.first_time(channel.id, event.key, now):
                continue
            said = route(runtime, channel, event, now)
            for outgoing in said:
                outbox.add(channel.id, outgoing.to, outgoing.model_dump(mode="json"), now)
        replies += said
    if deeds:
        runtime.wake()
    return tuple(replies)


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
