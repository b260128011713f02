"""Where each admin's conversation stands; saved only over the version that was read."""

from datetime import datetime
from typing import Any

from storage.models import Conversation


class Overtaken(Exception):
    """Another message of the same person was handled meanwhile; read again and decide again."""


def load(channel_id: int, person: str) -> tuple[str, dict[str, Any], int]:
    """Return (state, data, version) of a person's conversation; ('', {}, 0) when there is none."""
    row = Conversation.get_or_none((Conversation.channel == channel_id) & (Conversation.platform_user_id == person))
    return (row.state, row.data, row.version) if row else ("", {}, 0)


def save(channel_id: int, person: str, state: str, data: dict[str, Any], version: int, now: datetime) -> None:
    """Save the conversation over `version`. Raises `Overtaken` when it is no longer that one."""
    if version == 0:
        made = (
            Conversation.insert(
                channel=channel_id, platform_user_id=person, state=state, data=data, version=1, updated_at=now
            )
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
    else:
        made = (
            Conversation.update(state=state, data=data, version=version + 1, updated_at=now)
            .where(
                (Conversation.channel == channel_id)
                & (Conversation.platform_user_id == person)
                & (Conversation.version == version)
            )
            .execute()
        )
    if not made:
        raise Overtaken
