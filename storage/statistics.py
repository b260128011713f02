"""Numbers about everything at once, for operators: rows of (channel id, further labels, value)."""

from datetime import datetime, timedelta

from storage import workers
from storage.database import execute
from storage.fields import to_ms

Row = tuple[int, tuple[str, ...], float]
LATELY = timedelta(hours=24)


def broadcasts_by_status() -> list[Row]:
    """Count broadcasts."""
    rows = execute("SELECT channel_id, status, count(*) FROM broadcasts GROUP BY channel_id, status")
    return [(row[0], (row[1],), row[2]) for row in rows]


def recipients_by_state(now: datetime) -> list[Row]:
    """Count ledger rows of broadcasts under way, or finished within a day."""
    rows = execute(
        "SELECT b.channel_id, r.state, count(*) FROM recipients r JOIN broadcasts b ON b.id = r.broadcast_id"
        " WHERE b.finished_at IS NULL OR b.finished_at > ? GROUP BY b.channel_id, r.state",
        (to_ms(now - LATELY),),
    )
    return [(row[0], (row[1],), row[2]) for row in rows]


def forgotten(now: datetime) -> list[Row]:
    """Count ledger rows that wait for a broadcast which finished within a day: nobody will ever look at them again."""
    rows = execute(
        "SELECT b.channel_id, count(*) FROM recipients r JOIN broadcasts b ON b.id = r.broadcast_id"
        " WHERE b.finished_at > ? AND r.state IN ('pending', 'claimed', 'sending') GROUP BY b.channel_id",
        (to_ms(now - LATELY),),
    )
    return [(row[0], (), row[1]) for row in rows]


def replies_waiting() -> list[Row]:
    """Count replies not sent yet."""
    rows = execute("SELECT channel_id, count(*) FROM outbox WHERE state IN ('pending', 'sending') GROUP BY channel_id")
    return [(row[0], (), row[1]) for row in rows]


def oldest_reply_seconds(now: datetime) -> list[Row]:
    """Return the age of each channel's oldest reply that is not sent yet."""
    rows = execute(
        "SELECT channel_id, min(created_at) FROM outbox WHERE state IN ('pending', 'sending') GROUP BY channel_id"
    )
    return [(row[0], (), (to_ms(now) - row[1]) / 1000) for row in rows]


def paused(now: datetime) -> list[Row]:
    """Return 1 for each channel that is paused, 0 for the others."""
    rows = execute(
        "SELECT id, pause_reason <> '' AND (paused_until IS NULL OR paused_until > ?) FROM channels", (to_ms(now),)
    )
    return [(row[0], (), int(row[1])) for row in rows]


def workers_alive(now: datetime) -> int:
    """Count workers heard of lately."""
    return len(workers.living(now))
