"""People as a channel comes to know them."""

from datetime import datetime

from storage import subscribers
from storage.models import Subscriber


def saw(channel_id: int, person: str, at: datetime, window_until: datetime | None) -> Subscriber:
    """Let somebody do something at `at`, as the webhook would, and return them."""
    subscribers.seen(channel_id, person, at, window_until)
    found = subscribers.find(channel_id, person)
    assert found is not None
    return found
