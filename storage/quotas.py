"""A channel's own limits at rest: what they are, and what each broadcast takes of them.

There are no counters that could drift: what is used is the sum over the broadcasts of the day or month. Whoever
wants to take something locks the channel's limits first, so that two never count the same room. The limits stand
in the database because every process, whichever settings it was started with, must compare with the same ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from storage.database import execute, is_postgres, transaction
from storage.models import QuotaHold, QuotaLimit


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a channel may send; 0 is no limit. Days and months are those of `time_zone`."""

    broadcasts_per_day: int = 0
    messages_per_month: int = 0
    messages_per_person_per_day: int = 0
    time_zone: str = "UTC"


def set_limits(channel_id: int, limits: Limits) -> None:
    """Record a channel's limits as its settings have them now."""
    changes = {
        "time_zone": limits.time_zone,
        "broadcasts_per_day": limits.broadcasts_per_day,
        "messages_per_month": limits.messages_per_month,
        "messages_per_person_per_day": limits.messages_per_person_per_day,
    }
    QuotaLimit.insert(channel=channel_id, **changes).on_conflict(
        conflict_target=[QuotaLimit.channel], update=changes
    ).execute()


def limits(channel_id: int, *, lock: bool = False) -> Limits:
    """Return a channel's limits; with `lock`, nobody else takes anything until the caller's transaction ends."""
    # On SQLite our transactions begin as writers, so that there is only one at a time.
    rows = execute(
        "SELECT broadcasts_per_day, messages_per_month, messages_per_person_per_day, time_zone FROM quota_limits"
        f" WHERE channel_id = ? {'FOR UPDATE' if lock and is_postgres() else ''}",
        (channel_id,),
    )
    return Limits(*rows[0]) if rows else Limits()


def number_of(day: date) -> int:
    """Return a calendar day as it is stored: the number YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """Return the calendar day of such a number."""
    return date(number // 10_000, number // 100 % 100, number % 100)


@dataclass(frozen=True, slots=True)
class Used:
    """What broadcasts take, those to come included."""

    broadcasts: int = 0
    messages: int = 0


ByDay = Mapping[int, Used]
"""What is taken on each day, by the day's number."""


def by_day(channel_id: int, since: date, *, without: int = 0) -> ByDay:
    """Return what is taken on each day from `since` on, leaving out one broadcast."""
    rows = execute(
        "SELECT day, count(*), CAST(sum(messages) AS BIGINT) FROM quota_holds"
        " WHERE channel_id = ? AND day >= ? AND broadcast_id <> ? GROUP BY day",
        (channel_id, number_of(since), without),
    )
    return {day: Used(broadcasts, messages) for day, broadcasts, messages in rows}


def hold(broadcast_id: int, channel_id: int, day: date, messages: int) -> None:
    """Write down what a broadcast takes, over what it took before."""
    changes = {"day": number_of(day), "messages": messages}
    QuotaHold.insert(broadcast=broadcast_id, channel=channel_id, **changes).on_conflict(
        conflict_target=[QuotaHold.broadcast], update=changes
    ).execute()


def held(broadcast_id: int) -> QuotaHold | None:
    """Return what a broadcast takes, None when that is nothing."""
    return QuotaHold.get_or_none(QuotaHold.broadcast == broadcast_id)


def settle(broadcast_id: int) -> None:
    """Put the real number in the place of the reservation, when a broadcast ends or is taken back.

    Counted is each message the platform accepted, and each whose answer is still out: those may have been. A
    broadcast of which nothing left gives everything back, its place in the day included.
    """
    with transaction():
        if held(broadcast_id) is None:
            return
        accepted = accepted_of(broadcast_id)
        if accepted:
            QuotaHold.update(messages=accepted).where(QuotaHold.broadcast == broadcast_id).execute()
        else:
            QuotaHold.delete().where(QuotaHold.broadcast == broadcast_id).execute()


def accepted_of(broadcast_id: int) -> int:
    """Return how many messages of a broadcast the platform accepted, or may have."""
    rows = execute(
        "SELECT CAST(coalesce(sum(step + CASE WHEN state IN ('sending', 'unknown') THEN 1 ELSE 0 END), 0) AS BIGINT)"
        " FROM recipients WHERE broadcast_id = ?",
        (broadcast_id,),
    )
    return int(rows[0][0])


def waiting(broadcast_id: int) -> int:
    """Return how many people of a broadcast are still to be written to for the first time."""
    rows = execute("SELECT count(*) FROM recipients WHERE broadcast_id = ? AND state = 'pending'", (broadcast_id,))
    return int(rows[0][0])


def skip_surplus(broadcast_id: int, people: int, now_ms: int) -> None:
    """Skip so many people for want of room: first those whose window ends first, who may not get it anyway."""
    execute(
        "UPDATE recipients SET state = 'skipped', reason = 'channel_quota', updated_at = ?"
        " WHERE broadcast_id = ? AND state = 'pending' AND subscriber_id IN ("
        "SELECT r.subscriber_id FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
        " WHERE r.broadcast_id = ? AND r.state = 'pending'"
        " ORDER BY coalesce(s.window_expires_at, 0), r.subscriber_id DESC LIMIT ?)",
        (now_ms, broadcast_id, broadcast_id, people),
    )
