"""Requests that a second person allow a send: at most one open for a broadcast, decided once."""

from datetime import datetime

from storage.models import Approval

APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"


def ask(broadcast_id: int, version: int, people: int, by: str, now: datetime, expires_at: datetime) -> None:
    """Open a request in place of any that is open already."""
    withdraw(broadcast_id, by, now)
    Approval.create(
        broadcast=broadcast_id, version=version, people=people, asked_by=by, asked_at=now, expires_at=expires_at
    )


def open_for(broadcast_id: int) -> Approval | None:
    """Return the request nobody has decided yet, which may have expired; None when there is none."""
    return Approval.get_or_none((Approval.broadcast == broadcast_id) & (Approval.decision == ""))


def decide(approval_id: int, decision: str, by: str, now: datetime) -> bool:
    """Decide a request; False when somebody else was quicker."""
    decided = (
        Approval.update(decision=decision, decided_by=by, decided_at=now)
        .where((Approval.id == approval_id) & (Approval.decision == ""))
        .execute()
    )
    return bool(decided)


def withdraw(broadcast_id: int, by: str, now: datetime) -> bool:
    """Take an open request back; False when there was none."""
    found = open_for(broadcast_id)
    return found is not None and decide(found.id, WITHDRAWN, by, now)
