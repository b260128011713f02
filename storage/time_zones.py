"""The rows of a planned broadcast by the time zones in people's profiles, a set at a time."""

from collections.abc import Sequence
from datetime import datetime

from storage.database import execute
from storage.fields import to_ms

ZONES_AT_ONCE = 500
"""Names in one statement; there are about 600 zones, and profiles may hold other words besides."""


def zones(broadcast_id: int) -> list[str]:
    """Return the time zones of those a planned broadcast is to go to, as their profiles have them."""
    rows = execute(
        "SELECT DISTINCT s.timezone FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
        " WHERE r.broadcast_id = ? AND r.state = 'pending'",
        (broadcast_id,),
    )
    return [row[0] for row in rows]


def wait_until(broadcast_id: int, zones: Sequence[str], moment: datetime) -> None:
    """Let those of a planned broadcast whose profiles have one of these time zones wait until a moment."""
    _in_zones(broadcast_id, zones, "not_before = ?", (to_ms(moment),))


def skip_zones(broadcast_id: int, zones: Sequence[str], reason: str) -> None:
    """Skip those of a planned broadcast whose profiles have one of these time zones."""
    _in_zones(broadcast_id, zones, "state = 'skipped', reason = ?", (reason,))


def _in_zones(broadcast_id: int, zones: Sequence[str], change: str, values: tuple[object, ...]) -> None:
    for start in range(0, len(zones), ZONES_AT_ONCE):
        some = zones[start : start + ZONES_AT_ONCE]
        marks = ", ".join("?" * len(some))
        execute(
            f"UPDATE recipients SET {change} WHERE broadcast_id = ? AND state = 'pending'"
            f" AND (SELECT timezone FROM subscribers s WHERE s.id = subscriber_id) IN ({marks})",
            (*values, broadcast_id, *some),
        )
