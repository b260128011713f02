"""What arrives: each event handled once, with its effects and its replies in one transaction.

Receipts and echoes come by the million after a broadcast and are taken in bulk; they are facts, not deeds, so telling
them twice changes nothing and they need no key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.consent import wish
from bot.hearing import Heard
from bot.router import route
from bot.unforeseen import note, salvage
from bot.wiring import ChannelRuntime, Runtime
from broadcast.evidence import take_echoes
from handlers.content import Outgoing
from handlers.events import Delivered, Echoed, Event, Read
from storage import inbox, ledger, outbox
from storage.database import AWAY, transaction
from storage.fields import to_ms
from storage.lifecycle import Consent

STALE_AFTER = timedelta(hours=24)
"""A person's deed that reaches us later than this has no effect: the window it opened is closed, and a command of
yesterday would surprise today. Platforms retry for an hour at most."""

FROM_THE_FUTURE = timedelta(minutes=10)
_log = structlog.get_logger()

Fact = TypeVar("Fact", bound=Event)
Work = Callable[[Runtime, ChannelRuntime, Event, datetime], list[Outgoing]]
"""What is done about an event inside its transaction; it returns what is said in answer."""


@dataclass(frozen=True, slots=True)
class Riding:
    """A reply for the response of the webhook itself, and its row in the outbox."""

    outgoing: Outgoing
    outbox_id: int


def receive(runtime: Runtime, channel: ChannelRuntime, events: Iterable[Event]) -> tuple[Riding, ...]:
    """Take events in, each committed with its effects and replies; return the replies that ride on the response.

    Raises only what says that the database is away (`storage.database.AWAY`). Any other error belongs to one event: it
    is noted, that event's effects are taken back, and the others have theirs.
    """
    receipts, echoes, deeds = _sorted(events)
    now = runtime.now()
    _in_bulk(runtime, channel, receipts, lambda some: ledger.settle_by_watermark(channel.id, _watermarks(some)))
    _in_bulk(runtime, channel, echoes, lambda some: _take_echoes(runtime, channel, some, now))
    replies: list[Riding] = []
    answered = False
    for event in deeds:
        if not now - STALE_AFTER < event.at < now + FROM_THE_FUTURE:
            _log.info("event_out_of_time", channel=channel.settings.name, kind=type(event).__name__)
            continue
        riding, said = _contained(runtime, channel, event, now)
        replies += riding
        answered |= said
    if deeds:
        runtime.hearing.late(channel.settings.name, max(0.0, (runtime.now() - deeds[-1].at).total_seconds()))
    if answered:  # whatever gives the workers something to do is answered; most of what people write is not
        runtime.wake()
    return tuple(replies)


def _in_bulk(
    runtime: Runtime, channel: ChannelRuntime, events: Sequence[Fact], take: Callable[[Sequence[Fact]], None]
) -> None:
    """Take facts in all at once; only when that fails one by one, so that the others stand.

    Not in one transaction: it would hold rows of people while it waits for rows of the ledger, which whoever records
    results takes the other way round.
    """
    if not events:
        return
    try:
        take(events)
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep the rest of the delivery out
        if len(events) == 1:
            note(runtime, channel, type(events[0]).__name__, error)
            return
        for event in events:
            _in_bulk(runtime, channel, [event], take)


def _take_echoes(runtime: Runtime, channel: ChannelRuntime, echoes: Sequence[Echoed], now: datetime) -> None:
    copies = take_echoes(channel.id, echoes, now)
    if copies:
        _log.error("sent_twice", channel=channel.settings.name, times=copies)
        runtime.hearing.count(Heard.SENT_TWICE, channel.settings.name, copies)


def _contained(runtime: Runtime, channel: ChannelRuntime, event: Event, now: datetime) -> tuple[list[Riding], bool]:
    """Handle one event whole. If that fails do what can be done of it, and if even that does, only remember its key.

    It counts as seen in any case: a redelivery would fail again, for as long as the platform tries.
    """
    for work in (route, salvage, _nothing):
        try:
            with transaction():
                return _handle(runtime, channel, event, now, work)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - one person's message must not keep another's STOP out
            note(runtime, channel, type(event).__name__, error)
    return [], False


def _handle(
    runtime: Runtime, channel: ChannelRuntime, event: Event, now: datetime, work: Work
) -> tuple[list[Riding], bool]:
    """Let one event have its effects, once; return what is to ride on the response, and whether anything was said.

    A redelivered event has no effect, and is answered as the first time: the platform asks again because it did
    not hear that answer.
    """
    passive = channel.platform.capabilities.passive_replies
    if not inbox.first_time(channel.id, event.key, now):
        again = outbox.passive(channel.id, event.key) if passive else None
        return ([Riding(Outgoing.model_validate(again[1]), again[0])] if again else []), False
    said = work(runtime, channel, event, now)
    riding = [
        Riding(first, outbox.add_passive(channel.id, first.to, first.model_dump(mode="json"), event.key, now))
        for first in (said[:1] if passive else [])
    ]
    for outgoing in said[len(riding) :]:
        outbox.add(channel.id, outgoing.to, outgoing.model_dump(mode="json"), now)
    return riding, bool(said)


def _nothing(_runtime: Runtime, _channel: ChannelRuntime, _event: Event, _now: datetime) -> list[Outgoing]:
    return []


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
    # A platform that retries delivers out of order; of two wishes of one moment STOP is the last.
    deeds.sort(key=lambda event: (event.at, wish(event) is Consent.OPTED_OUT))
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
