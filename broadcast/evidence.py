"""Echoes as evidence: what the platform shows us of our own messages proves that they were sent."""

from collections.abc import Iterable
from datetime import datetime

from broadcast.outgoing import read_mark
from broadcast.replies import MARK as REPLY_MARK
from handlers.content import Content
from handlers.events import Echoed
from storage import broadcasts, ledger, outbox
from storage.copies import second_copies


def take_echoes(channel_id: int, echoes: Iterable[Echoed], now: datetime) -> int:
    """Settle the rows and replies that these echoes prove. Echoes of others' messages are nobody's business.

    An echo may come before the answer to the call, days after it, or twice; each is fine. Returned is how many of them
    show a second copy of what somebody had got: by the promise none ever does.
    """
    proven: dict[int, list[tuple[int, int, str]]] = {}
    for echo in echoes:
        mark = read_mark(echo.metadata)
        if mark is not None:
            proven.setdefault(mark.broadcast_id, []).append((mark.subscriber_id, mark.step, echo.message_id))
        elif echo.metadata.startswith(REPLY_MARK) and (number := echo.metadata.removeprefix(REPLY_MARK)).isdecimal():
            outbox.prove(channel_id, int(number), echo.message_id, now)
    copies = 0
    for broadcast_id, rows in proven.items():
        row = broadcasts.get(broadcast_id)
        if row is not None and row.channel_id == channel_id:
            steps = len(Content.model_validate(row.content or {}).messages)
            ledger.record_evidence(broadcast_id, steps, rows, now)
            copies += second_copies(broadcast_id, rows)
    return copies
