"""How often an account may mass-send: days and months as the platform counts them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.mass.roads import MASS
from handlers.many import MassSending
from storage import broadcasts, mass_jobs
from storage.lifecycle import BroadcastStatus

CHINA = ZoneInfo("Asia/Shanghai")
"""The days and months of mass quotas begin at midnight there."""

_LOOK_AHEAD_DAYS = 400
"""More than a year of days that are all taken is as good as none."""

_HOLDS = (BroadcastStatus.SCHEDULED, BroadcastStatus.STARTING, BroadcastStatus.SENDING, BroadcastStatus.PAUSED)
"""Where a broadcast holds its day before its call is made: that of its time, or of its last move.

One that was paused holds the day of its pause, and asks for another when it is resumed later."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the day a broadcast is to go out on; `left` None: the platform does not count days.

    `daily` mass messages may be sent a day, and one person may get `monthly` a calendar month; None: not counted.
    """

    left: int | None
    next_slot: datetime | None = None
    daily: int | None = None
    monthly: int | None = None


def day_start(moment: datetime) -> datetime:
    """Return the beginning of the platform's day."""
    return moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(moment: datetime) -> datetime:
    """Return the beginning of the platform's calendar month."""
    return day_start(moment).replace(day=1)


def next_month(moment: datetime) -> datetime:
    """Return when the calendar month of the platform behind that of `moment` begins."""
    return month_start(month_start(moment) + timedelta(days=31))


def allowance(channel_id: int, mass: MassSending, at: datetime, but: int = 0) -> Allowance:
    """Return what is left on the day of `at`, counting what was sent and what is scheduled, but for broadcast `but`."""
    if mass.daily_most is None:
        return Allowance(None, monthly=mass.monthly_most)
    day = day_start(at)
    for _ in range(_LOOK_AHEAD_DAYS):
        left = mass.daily_most - _spent(channel_id, day, but)
        if left > 0:
            return Allowance(left if day == day_start(at) else 0, max(at, day), mass.daily_most, mass.monthly_most)
        day += timedelta(days=1)
    return Allowance(0, None, mass.daily_most, mass.monthly_most)


def _spent(channel_id: int, day: datetime, but: int) -> int:
    end = day + timedelta(days=1)
    reserved = 0
    for row in broadcasts.with_status(channel_id, *_HOLDS):
        moment = row.scheduled_for if row.status == BroadcastStatus.SCHEDULED else row.updated_at
        if row.road == MASS and row.id != but and day <= moment < end and not mass_jobs.called(row.id):
            reserved += 1
    return reserved + mass_jobs.calls_between(channel_id, day, end, but)
