"""Where people are in flows: one open run each at most, found again by the person and by the clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage.database import rows_of
from storage.models import FlowRun

OPEN = "started"
HANDED_OVER = "handed_over"


def open_run(subscriber_id: int) -> FlowRun | None:
    """Return the run a person is in now, or None."""
    found: FlowRun | None = (
        FlowRun.select()
        .where((FlowRun.subscriber == subscriber_id) & (FlowRun.status == OPEN))
        .order_by(FlowRun.id.desc())
        .first()
    )
    return found


def of(subscriber_id: int) -> list[FlowRun]:
    """Return all of a person's runs, oldest first."""
    return rows_of(FlowRun, "SELECT * FROM flow_runs WHERE subscriber_id = ? ORDER BY id", (subscriber_id,))


def begin(channel_id: int, subscriber_id: int, flow: str, broadcast_id: int | None, now: datetime) -> int:
    """Make the row of a run that is being started; `keep` fills it."""
    row = FlowRun.create(
        channel=channel_id, subscriber=subscriber_id, flow=flow, status=OPEN, broadcast_id=broadcast_id, started_at=now
    )
    return int(row.id)


def keep(
    run_id: int,
    version: int,
    *,
    status: str,
    data: Mapping[str, Any],
    waiting_until: datetime | None,
    ended_at: datetime | None,
) -> bool:
    """Write a run as it is now over `version`; False when somebody else moved it on meanwhile."""
    moved = (
        FlowRun.update(
            status=status, data=dict(data), waiting_until=waiting_until, ended_at=ended_at, version=version + 1
        )
        .where((FlowRun.id == run_id) & (FlowRun.version == version))
        .execute()
    )
    return bool(moved)


def due(now: datetime, at_most: int = 100) -> list[FlowRun]:
    """Return open runs whose waiting time is over."""
    return list(
        FlowRun.select()
        .where((FlowRun.status == OPEN) & (FlowRun.waiting_until <= now))
        .order_by(FlowRun.waiting_until)
        .limit(at_most)
    )
