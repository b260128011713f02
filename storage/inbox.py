"""Have we seen this event? Answered by a unique key at insert."""

from datetime import datetime, timedelta

from storage.database import execute
from storage.fields import to_ms
from storage.models import InboxKey

KEPT = timedelta(days=8)
"""How long keys are kept; older events are refused by their time stamp before they get here."""


def first_time(channel_id: int, key: str, now: datetime) -> bool:
    """Record the key of an event; False when it was there already. Part of the caller's transaction."""
    made = execute(
        "INSERT INTO inbox (channel_id, key, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
        (channel_id, key, to_ms(now)),
    )
    return bool(made)


def purge(now: datetime) -> int:
    """Drop keys that are older than any event we would still act on; return how many."""
    return int(InboxKey.delete().where(InboxKey.received_at < now - KEPT).execute())
