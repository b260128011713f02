"""Turns an audience into ledger rows when a broadcast starts, in one transaction that is safe to run twice."""

from datetime import datetime
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast import quota, who
from broadcast.draft import from_row
from broadcast.personalise import places_in
from storage import ledger
from storage.database import execute, is_postgres, transaction
from storage.fields import to_ms
from storage.models import Broadcast, Subscriber

MANY = 10_000
"""From this audience on PostgreSQL is told to look at the ledger again."""


def plan(broadcast_id: int, now: datetime) -> bool:
    """Choose the audience of a starting broadcast and freeze it; False when it is no longer starting.

    The broadcast's row is locked meanwhile: an undo waits for the plan and then removes it.
    """
    lock = "FOR UPDATE" if is_postgres() else ""
    with transaction():
        found = execute(
            f"SELECT planned_at FROM broadcasts WHERE id = ? AND status = 'starting' {lock}",  # noqa: S608 - a constant
            (broadcast_id,),
        )
        if not found:
            return False
        if found[0][0] is not None:
            return True
        draft = from_row(Broadcast.get_by_id(broadcast_id))
        names = dict.fromkeys(place.name for place in places_in(draft.content))
        made = ledger.plan(
            broadcast_id,
            draft.channel_id,
            who.matching(draft.channel_id, draft.audience, now, ZoneInfo(draft.time_zone or "UTC")),
            {name: _column(name) for name in names},
            now,
        )
        quota.fit(draft, now)
        execute("UPDATE broadcasts SET planned_at = ? WHERE id = ?", (to_ms(now), broadcast_id))
    if made >= MANY:
        ledger.refresh_statistics()
    return True


def _column(name: str) -> pw.Node:
    """Return the column or variable a placeholder speaks of."""
    column: pw.Node | None = getattr(Subscriber, name, None) if not name.startswith("var.") else None
    if isinstance(column, pw.Field):
        return column
    extracted: pw.Node = Subscriber.variables[name.removeprefix("var.")].as_text()
    return extracted
