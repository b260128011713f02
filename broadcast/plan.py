"""Turns an audience into ledger rows when a broadcast starts, in one transaction that is safe to run twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast import quota, unreached, who
from broadcast.draft import PERSONAL_FIELDS, Draft, from_row
from broadcast.mass.roads import MASS
from broadcast.personalise import places_in
from broadcast.when.late import too_late
from broadcast.when.local import by_instant
from storage import broadcasts, canary, ledger, time_zones
from storage.database import transaction
from storage.lifecycle import BroadcastStatus
from storage.models import Subscriber

TOO_LATE = "too_late"
"""The reason of those for whom the time of day had passed when the broadcast started."""

MANY = 10_000
"""From this audience on PostgreSQL is told to look at the ledger again."""


def plan(broadcast_id: int, now: datetime) -> bool:
    """Choose the audience of a starting broadcast and freeze it; False when it is no longer starting.

    The broadcast's row is locked meanwhile: an undo waits for the plan and then removes it.
    """
    with transaction():
        row = broadcasts.lock(broadcast_id)
        if row is None or row.status != BroadcastStatus.STARTING:
            return False
        if row.planned_at is not None:
            return True
        draft = from_row(row)
        if (first := unreached.first_try(draft.channel_id, draft.audience)) is not None:
            broadcasts.lock(first)
        names = dict.fromkeys(place.name for place in places_in(draft.content))
        made = ledger.plan(
            broadcast_id,
            draft.channel_id,
            who.matching(draft.channel_id, draft.audience, now, ZoneInfo(draft.time_zone or "UTC")),
            {name: _column(name) for name in names},
            now,
        )
        if draft.local_time is not None:
            _each_at(draft, draft.local_time, now)
        quota.fit(draft, now)
        if draft.canary is not None and draft.road != MASS:
            _choose_first(draft, draft.canary, now)
        broadcasts.planned(broadcast_id, now)
    if made >= MANY:
        ledger.refresh_statistics()
    return True


def _each_at(draft: Draft, wall: datetime, now: datetime) -> None:
    """Let everybody wait for `wall` where they live; where that was too long ago, leave them out.

    Too long is what it is for the start of any broadcast. Somebody whose zone is not known goes by the broadcast's.
    """
    here = ZoneInfo(draft.time_zone or "UTC")
    for moment, names in by_instant(wall, time_zones.zones(draft.id), here).items():
        if too_late(moment, now, timedelta(seconds=draft.late_seconds)):
            time_zones.skip_zones(draft.id, names, TOO_LATE)
        else:
            time_zones.wait_until(draft.id, names, moment)


def _choose_first(draft: Draft, people: int, now: datetime) -> None:
    """Choose who gets it before anybody else: those whose window is open, as the others may well be skipped.

    The others come in where a template makes windows matter less, and where nobody's is open yet.
    """
    chosen = canary.choose(draft.id, people, now)
    if chosen < people and (not chosen or draft.content.template is not None):
        canary.choose(draft.id, people - chosen, None)


def _column(name: str) -> pw.Node:
    """Return the column a placeholder speaks of, or the variable, as JSON of its own type."""
    if name in PERSONAL_FIELDS:
        column: pw.Node = getattr(Subscriber, name)
        return column
    variable: pw.Node = Subscriber.variables[name.removeprefix("var.")]
    return variable
