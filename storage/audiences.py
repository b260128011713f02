"""Saved audiences: filters with a name, per channel. A broadcast stores the text it took, never the name."""

import unicodedata
from datetime import datetime

from storage.models import SavedAudience


def key(name: str) -> str:
    """Return a name as names are compared: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def save(channel_id: int, name: str, audience: str, by: str, now: datetime) -> str:
    """Keep a filter under a name; return the filter that was called so before, '' when there was none."""
    before = named(channel_id, name)
    changes = {"name": name, "audience": audience, "saved_by": by, "saved_at": now}
    SavedAudience.insert(channel=channel_id, key=key(name), **changes).on_conflict(
        conflict_target=[SavedAudience.channel, SavedAudience.key], update=changes
    ).execute()
    return str(before.audience) if before else ""


def named(channel_id: int, name: str) -> SavedAudience | None:
    """Return the audience called `name`, letters' case aside, or None."""
    return SavedAudience.get_or_none((SavedAudience.channel == channel_id) & (SavedAudience.key == key(name)))


def listed(channel_id: int) -> list[SavedAudience]:
    """Return a channel's saved audiences, the one saved last first."""
    rows = SavedAudience.select().where(SavedAudience.channel == channel_id)
    return list(rows.order_by(SavedAudience.saved_at.desc(), SavedAudience.key))


def delete(channel_id: int, name: str) -> bool:
    """Forget a name; broadcasts that used its filter keep theirs. False when there is no such name."""
    gone = SavedAudience.delete().where((SavedAudience.channel == channel_id) & (SavedAudience.key == key(name)))
    return bool(gone.execute())
