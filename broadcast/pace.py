"""How long a broadcast was really going, without the time it stood still."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from storage.lifecycle import BroadcastStatus
from storage.models import AuditEntry


def going(deeds: Iterable[AuditEntry], start: datetime, end: datetime) -> timedelta:
    """Return how much of the time from `start` to `end` was not between a pause and what ended it.

    `deeds` are those done to the broadcast, oldest first, as `storage.audit.about` returns them.
    """
    stood, since = timedelta(0), None
    for deed in deeds:
        if deed.action == BroadcastStatus.PAUSED.value:
            since = max(deed.at, start)
        elif since is not None and deed.action in set(BroadcastStatus):
            stood += max(deed.at - since, timedelta(0))
            since = None
    if since is not None:
        stood += max(end - since, timedelta(0))
    return max(end - start - stood, timedelta(0))
