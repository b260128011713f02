"""Have we seen this event? Answered by a unique key at insert."""

from datetime import datetime, timedelta

from storage.models import InboxKey

KEPT = timedelta(days=8)
"""How long keys are kept; older events are refused by their time stamp before they get here."""


def first_time(channel_id: int, key: str, now: datetime) -> bool:
    """Record the key of an event; False when it was there already. Part of the caller's transaction."""
    made = InboxKey.insert(channel=channel_id, key=key, received_at=now).on_conflict_ignore().as_rowcount().execute()
    return bool(made)


def purge(now: datetime) -> int:
    """Drop keys that are older than any event we would still act on; return how many."""
    return int(InboxKey.delete().where(InboxKey.received_at < now - KEPT).execute())
