"""A channel's own limits: what a broadcast would take of them, whether it fits, and when it would.

Counted is one message for each subscriber and each message the platform accepts. A broadcast reserves what it may
need when it is confirmed, is cut to what there is room for when its audience is chosen, and puts the real number in
the place of the reservation when it ends. So the sum of what broadcasts hold never exceeds a limit, and neither do
the messages, which each of them keeps below what it holds. A broadcast counts for the day and month it starts in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast.draft import Draft
from broadcast.reach import Reach
from handlers.contract import Problem
from storage import frequency, quotas
from storage.fields import to_ms
from storage.quotas import Limits, Used

LOOK_AHEAD_DAYS = 366
"""How far the next free slot is looked for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a broadcast would take of its month and day, and what others take; a limit of 0 is none.

    `messages` is the most it can come to. `month` and `day` are what other broadcasts take, those to come included.
    """

    messages: int
    month: Used
    day: Used
    limits: Limits

    @property
    def fits(self) -> bool:
        """Say whether there is room for it."""
        return not self.month_is_full and not self.day_is_full

    @property
    def month_is_full(self) -> bool:
        """Say whether its messages are too many for its month."""
        most = self.limits.messages_per_month
        return bool(most) and self.month.messages + self.messages > most

    @property
    def day_is_full(self) -> bool:
        """Say whether its day has all the broadcasts it may have."""
        most = self.limits.broadcasts_per_day
        return bool(most) and self.day.broadcasts >= most


class NoRoom(Exception):
    """A limit does not allow it. `slot` is the same time of the next day that would, None when there is none."""

    def __init__(self, problem: Problem, slot: datetime | None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.slot = slot


def cost(draft: Draft, reach: Reach, now: datetime) -> Cost:
    """Return what a draft would take of its channel's limits if it went out at its time, or now."""
    limits = quotas.limits(draft.channel_id)
    return _cost(draft.channel_id, draft.id, _needed(draft, reach, now), _start(draft, now), limits)


def today(channel_id: int, now: datetime) -> Cost:
    """Return what is taken on this day and in this month, by broadcasts that are to come too."""
    return _cost(channel_id, 0, 0, now, quotas.limits(channel_id))


def reserve(draft: Draft, reach: Reach, now: datetime) -> None:
    """Take what a broadcast needs for its time, or for now; part of the caller's transaction. Raises `NoRoom`."""
    limits = quotas.limits(draft.channel_id, lock=True)
    at = _start(draft, now)
    found = _cost(draft.channel_id, draft.id, _needed(draft, reach, now), at, limits)
    if not found.fits:
        raise NoRoom(_problem(found), _next_slot(draft, found, at))
    quotas.hold(draft.id, draft.channel_id, _local(at, limits).date(), found.messages)


def fit(draft: Draft, now: datetime) -> None:
    """Reserve for the audience as it was chosen just now, and skip, as `channel_quota`, whom there is no room for.

    Part of the transaction that chooses it. The audience may have grown since the broadcast was scheduled.
    """
    limits = quotas.limits(draft.channel_id, lock=True)
    held = quotas.held(draft.id)
    day = _local(now, limits).date() if held is None else quotas.day_of(held.day)
    if not limits.messages_per_month:  # nothing to count: among a million people that takes its time
        quotas.hold(draft.id, draft.channel_id, day, 0 if held is None else held.messages)
        return
    each = max(1, len(draft.content.messages))
    people = quotas.waiting(draft.id)
    others = _month(quotas.by_day(draft.channel_id, day.replace(day=1), without=draft.id), quotas.number_of(day))
    room = max(0, limits.messages_per_month - others.messages) // each
    if people > room:
        quotas.skip_surplus(draft.id, people - room, to_ms(now))
        people = room
    quotas.hold(draft.id, draft.channel_id, day, people * each)


def capped(draft: Draft, subscriber_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Return who of these people may get nothing more today, this broadcast in full included.

    Part of the transaction that marks the others as being written to: until it ends nobody else on the channel is
    asked about, so that two broadcasts never both count the same room. People whom the first message of this one has
    reached are not asked about again; half a broadcast is worse than one too many.
    """
    if not subscriber_ids or not quotas.limits(draft.channel_id).messages_per_person_per_day:
        return frozenset()
    limits = quotas.limits(draft.channel_id, lock=True)
    most = limits.messages_per_person_per_day - len(draft.content.messages)
    had = frequency.had(subscriber_ids, to_ms(midnight(now, limits)), without=draft.id)
    return frozenset(person for person in subscriber_ids if had.get(person, 0) > most)


def had_enough(draft: Draft, at: datetime) -> pw.Expression | None:
    """Return the condition of those who may not get this broadcast on the day of `at` as well; None without a limit."""
    limits = quotas.limits(draft.channel_id)
    if not limits.messages_per_person_per_day:
        return None
    most = limits.messages_per_person_per_day - len(draft.content.messages)
    return frequency.more_than(draft.channel_id, most, to_ms(midnight(at, limits)), without=draft.id)


def midnight(now: datetime, limits: Limits) -> datetime:
    """Return when the present day of a channel began."""
    local = _local(now, limits)
    return datetime.combine(local.date(), time.min, tzinfo=local.tzinfo).astimezone(UTC)


def _start(draft: Draft, now: datetime) -> datetime:
    return max(draft.scheduled_for or now, now)


def _needed(draft: Draft, reach: Reach, now: datetime) -> int:
    """Return the most messages it can come to: until it starts, people whose window is closed may write.

    So may those who would get one template instead of all the messages.
    """
    people = reach.can_get + (reach.window_closed if _start(draft, now) > now else 0)
    return people * len(draft.content.messages)


def _cost(channel_id: int, broadcast_id: int, messages: int, at: datetime, limits: Limits) -> Cost:
    day = _local(at, limits).date()
    by_day = quotas.by_day(channel_id, day.replace(day=1), without=broadcast_id)
    number = quotas.number_of(day)
    return Cost(messages, _month(by_day, number), by_day.get(number, Used()), limits)


def _month(by_day: quotas.ByDay, day: int) -> Used:
    """Return what is taken in the month of a day, given what is taken on each day."""
    same = [used for other, used in by_day.items() if other // 100 == day // 100]
    return Used(sum(used.broadcasts for used in same), sum(used.messages for used in same))


def _next_slot(draft: Draft, found: Cost, at: datetime) -> datetime | None:
    limits = found.limits
    if limits.messages_per_month and found.messages > limits.messages_per_month:
        return None
    local = _local(at, limits)
    by_day = quotas.by_day(draft.channel_id, local.date().replace(day=1), without=draft.id)
    for days in range(1, LOOK_AHEAD_DAYS):
        there = local + timedelta(days=days)
        number = quotas.number_of(there.date())
        if Cost(found.messages, _month(by_day, number), by_day.get(number, Used()), limits).fits:
            return there.astimezone(UTC)
    return None


def _problem(found: Cost) -> Problem:
    limits = found.limits
    if found.day_is_full:
        return Problem(
            "quota_day",
            "The limit of broadcasts a day is {most}, and that day has {used} already.",
            {"most": limits.broadcasts_per_day, "used": found.day.broadcasts},
        )
    if found.messages > limits.messages_per_month:
        return Problem(
            "quota_never",
            "This comes to {messages} messages, and the limit of a whole month is {most}. Choose fewer people.",
            {"messages": found.messages, "most": limits.messages_per_month},
        )
    return Problem(
        "quota_month",
        "This comes to {messages} messages; of that month's {most} there are {left} left.",
        {
            "messages": found.messages,
            "most": limits.messages_per_month,
            "left": max(0, limits.messages_per_month - found.month.messages),
        },
    )


def _local(moment: datetime, limits: Limits) -> datetime:
    return moment.astimezone(ZoneInfo(limits.time_zone))
