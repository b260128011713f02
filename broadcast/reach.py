"""Who would get a broadcast, as a sum that adds up: the forecast before Send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import peewee as pw

from storage import subscribers
from storage.models import Subscriber

CappedBy = Literal["day", "month", "either"]
"""What those who get no more have had enough of: the channel's own limit of a day, the platform's of a month."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many match, and what becomes of them at a moment: the five parts add up to `matched`.

    `capped` are those who may get no more messages that day, or that month where the platform counts months.
    `by_template` are those among `can_get` who get the broadcast's template instead of its messages.
    """

    matched: int
    can_get: int
    window_closed: int
    opted_out: int
    unreachable: int
    capped: int = 0
    capped_by: CappedBy = "day"
    by_template: int = 0

    def messages(self, each: int) -> int:
        """Return how many messages it comes to, `each` for everybody but those who get the template alone."""
        return (self.can_get - self.by_template) * each + self.by_template


def forecast(
    channel_id: int,
    matching: pw.Expression | None,
    at: datetime,
    margin: timedelta,
    capped: pw.Expression | None = None,
    *,
    template: bool = False,
) -> Reach:
    """Count who matches and who of them could be written to at `at`.

    `margin` is how much earlier than the platform says a window is treated as closed. People whose
    window closes before `at` count as closed, although they may well write again until then. `capped` is the
    condition of having had one's messages of that day. With a `template` nobody's window is closed for it.
    """
    who = _matching(channel_id, matching)
    out = Subscriber.consent == "opted_out"
    away = Subscriber.unreachable
    open_then = Subscriber.window_expires_at > at + margin

    def how_many(condition: pw.Expression) -> pw.Function:
        return pw.fn.COALESCE(pw.fn.SUM(pw.Case(None, ((condition, 1),), 0)), 0)

    query = Subscriber.select(
        pw.fn.COUNT(Subscriber.id), how_many(out), how_many(~out & away), how_many(~out & ~away & open_then)
    ).where(who)
    row: Any = query.tuples().get()
    matched, opted_out, unreachable, can_get = (int(count) for count in row)
    closed = matched - opted_out - unreachable - can_get
    had_theirs = 0 if capped is None else overlap(channel_id, matching, at, margin, capped)
    if not template:
        return Reach(matched, can_get - had_theirs, closed, opted_out, unreachable, had_theirs)
    whoever_had = 0 if capped is None else overlap(channel_id, matching, at, None, capped)
    by_template = closed - (whoever_had - had_theirs)
    can_get += closed - whoever_had
    return Reach(matched, can_get, 0, opted_out, unreachable, whoever_had, by_template=by_template)


def count_all(
    channel_id: int, matching: pw.Expression | None, capped: pw.Expression | None, capped_by: CappedBy
) -> Reach:
    """Count who matches and who of them could be written to where no window is needed."""
    who = _matching(channel_id, matching)
    out = Subscriber.consent == "opted_out"
    away = Subscriber.unreachable

    def how_many(condition: pw.Expression) -> int:
        return int(Subscriber.select().where(who & condition).count())

    opted_out, unreachable, reachable = how_many(out), how_many(~out & away), how_many(~out & ~away)
    had_theirs = 0 if capped is None else how_many(~out & ~away & capped)
    return Reach(
        opted_out + unreachable + reachable, reachable - had_theirs, 0, opted_out, unreachable, had_theirs, capped_by
    )


def overlap(
    channel_id: int, matching: pw.Expression | None, at: datetime, margin: timedelta | None, also: pw.Expression
) -> int:
    """Count those of an audience who could be written to at `at` and of whom something else holds.

    Without a `margin` no window is needed.
    """
    reachable = (Subscriber.consent != "opted_out") & ~Subscriber.unreachable
    if margin is not None:
        reachable &= Subscriber.window_expires_at > at + margin
    return int(Subscriber.select().where(_matching(channel_id, matching) & reachable & also).count())


def by_zone(channel_id: int, matching: pw.Expression | None, at: datetime, margin: timedelta | None) -> dict[str, int]:
    """Count those of an audience who could be written to at `at` by the time zone of their profile, '' for none.

    Without a `margin` no window is needed.
    """
    who = _matching(channel_id, matching) & (Subscriber.consent != "opted_out") & ~Subscriber.unreachable
    if margin is not None:
        who &= Subscriber.window_expires_at > at + margin
    query = Subscriber.select(Subscriber.timezone, pw.fn.COUNT(Subscriber.id)).where(who)
    rows: Any = query.group_by(Subscriber.timezone).tuples()
    return dict(rows)


def _matching(channel_id: int, matching: pw.Expression | None) -> pw.Expression:
    who = subscribers.all_of(channel_id)
    return who if matching is None else who & matching
