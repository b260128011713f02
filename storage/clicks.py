"""Who tapped what in which broadcast; the first time counts."""

from datetime import datetime

from storage.models import Click, Recipient


def record(broadcast_id: int, subscriber_id: int, button: str, now: datetime) -> bool:
    """Count a tap of somebody who got the broadcast; False for anybody else, and for a second tap."""
    got = Recipient.get_or_none(
        (Recipient.broadcast == broadcast_id)
        & (Recipient.subscriber == subscriber_id)
        & Recipient.sent_at.is_null(False)
    )
    if got is None:
        return False
    made = (
        Click.insert(broadcast=broadcast_id, subscriber=subscriber_id, button=button, at=now)
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    return bool(made)
