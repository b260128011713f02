"""Who would get a broadcast, as a sum that adds up: the forecast before Send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee as pw

from storage import subscribers
from storage.models import Subscriber


@dataclass(frozen=True, slots=True)
class Reach:
    """How many match, and what becomes of them at a moment: the four parts add up to `matched`."""

    matched: int
    can_get: int
    window_closed: int
    opted_out: int
    unreachable: int


def forecast(channel_id: int, matching: pw.Expression | None, at: datetime, margin: timedelta) -> Reach:
    """Count, in one statement, who matches and who of them could be written to at `at`.

    `margin` is how much earlier than the platform says a window is treated as closed. People whose
    window closes before `at` count as closed, although they may well write again until then.
    """
    who = subscribers.all_of(channel_id)
    if matching is not None:
        who &= matching
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
    return Reach(matched, can_get, closed, opted_out, unreachable)
