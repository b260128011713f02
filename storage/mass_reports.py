"""What the platform told of mass jobs before we heard their ids."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage.mass_models import MassReport


def keep(channel_id: int, job_id: str, counts: Mapping[str, Any], now: datetime) -> None:
    """Keep what the platform told of a job before we heard its id."""
    MassReport.insert(channel=channel_id, job_id=job_id, told_at=now, **counts).on_conflict_ignore().execute()


def take(channel_id: int, job_id: str) -> MassReport | None:
    """Return what was told of a job before we heard its id, and forget it; None when nothing was."""
    where = (MassReport.channel == channel_id) & (MassReport.job_id == job_id)
    report: MassReport | None = MassReport.get_or_none(where)
    if report is not None:
        MassReport.delete().where(where).execute()
    return report
