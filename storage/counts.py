"""Counts that took too long to wait for: asked in the chat, answered by a worker."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import CountAsked


def ask(channel_id: int, person: str, audience: str, now: datetime) -> None:
    """Let a worker count an audience (filter text) for an admin; only an admin's last question is answered."""
    changes = {"audience": audience, "asked_at": now}
    CountAsked.insert(channel=channel_id, platform_user_id=person, **changes).on_conflict(
        conflict_target=[CountAsked.channel, CountAsked.platform_user_id], update=changes
    ).execute()


def asked(channel_ids: Sequence[int]) -> list[CountAsked]:
    """Return the open questions on these channels, the oldest first."""
    return list(CountAsked.select().where(CountAsked.channel.in_(channel_ids)).order_by(CountAsked.asked_at))


def close(question: CountAsked) -> bool:
    """Take a question off the list; False when somebody else did, or when another one took its place."""
    gone = CountAsked.delete().where(
        (CountAsked.channel == question.channel_id)
        & (CountAsked.platform_user_id == question.platform_user_id)
        & (CountAsked.audience == question.audience)
    )
    return bool(gone.execute())
