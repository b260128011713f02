"""Waits at rest, and a clock that was set back: each stays as long as it was meant to be.

The end of a wait is written as a moment: the present one and so long. By a clock that is set back afterwards it is
further away by as much. That a clock was set back is told by the moment at which the wait was written, which then
lies in the future.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import execute
from storage.fields import to_ms


@dataclass(frozen=True, slots=True)
class _Wait:
    """A column with the end of a wait, the one with the moment it was written, and which rows wait."""

    table: str
    until: str
    written: str
    rows: str


_WAITS = (
    # Those that wait for a time of day have no reason, or `quiet_hours`, and still wait for it.
    _Wait(
        "recipients", "not_before", "updated_at",
        "state = 'pending' AND reason NOT IN ('', 'quiet_hours') AND broadcast_id IN"
        " (SELECT id FROM broadcasts WHERE status IN ('sending', 'paused'))",
    ),
    _Wait("outbox", "not_before", "updated_at", "state IN ('pending', 'sending') AND state = 'pending'"),
    _Wait("broadcasts", "undo_until", "updated_at", "status = 'starting'"),
    _Wait("channels", "paused_until", "paused_at", "pause_reason <> ''"),
    _Wait("mass_jobs", "not_before", "updated_at", "state IN ('planned', 'unclear')"),
)  # fmt: skip
"""A next try of a recipient, a reply or a mass message; the time to undo; a pause the platform asked for."""


def follow_clock(now: datetime, least: timedelta) -> int:
    """Bring the ends of all waits nearer by as much as the clock was set back; return how many rows changed.

    A wait that was written more than `least` in the future tells of it; clocks of several hosts may differ by less.
    """
    return sum(_follow(wait, now, least) for wait in _WAITS)


def _follow(wait: _Wait, now: datetime, least: timedelta) -> int:
    until, written = wait.until, wait.written
    rows = execute(
        f"UPDATE {wait.table} SET {until} = {until} - ({written} - ?), {written} = ?"
        f" WHERE {wait.rows} AND {until} > ? AND {written} > ? RETURNING 1",
        (to_ms(now), to_ms(now), to_ms(now), to_ms(now + least)),
    )
    return len(rows)
