"""Who did what: appended, never edited."""

from datetime import datetime

from storage.models import AuditEntry


def write(channel_id: int, actor: str, action: str, now: datetime, *, subject: str = "", detail: str = "") -> None:
    """Append one line; part of the caller's transaction, so that it stands exactly when the deed does."""
    AuditEntry.create(at=now, channel=channel_id, actor=actor, action=action, subject=subject, detail=detail)


def about(channel_id: int, subject: str) -> list[AuditEntry]:
    """Return what was done to a subject, oldest first."""
    return list(
        AuditEntry.select()
        .where((AuditEntry.channel == channel_id) & (AuditEntry.subject == subject))
        .order_by(AuditEntry.id)
    )
