"""The numbers of a report as its picture shows them: bars with a letter each, which words explain in any language."""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.draft import Draft
from broadcast.report import Report
from storage import results
from storage.lifecycle import REACHED, RecipientState

MOST_BUTTONS = 6
"""The most tapped ones; more would be too thin to read on a phone."""

MOST_SLOTS = 24

SLOTS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
        604_800, 2_592_000,
    )
)  # fmt: skip
"""Lengths of a slot of the timeline that people count in; the shortest that needs no more than `MOST_SLOTS` is used."""

AUDIENCE, SENT, DELIVERED, READ, TAPPED = "audience", "sent", "delivered", "read", "tapped"
TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Bar:
    """A number of people, part of `whole`; `what` is one of the words above, or a button's title."""

    letter: str
    what: str
    people: int
    whole: int

    @property
    def percent(self) -> int:
        """The part in percent, rounded down: 100 only where it is all of it."""
        return self.people * 100 // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many people were written to in each slot of time since the start."""

    letter: str
    slot: timedelta
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All a picture shows. The shares of all bars below `sent` are of those it was sent to."""

    funnel: tuple[Bar, ...]
    timeline: Timeline
    buttons: tuple[Bar, ...]


def figures(draft: Draft, told: Report, *, receipts: bool) -> Figures:
    """Choose what to show of a report; without `receipts` the platform does not tell who got or read it."""
    audience, sent = told.sums.audience, told.sums.of(*REACHED)
    rows = [(AUDIENCE, audience, audience), (SENT, sent, audience)]
    if receipts:
        rows += [(DELIVERED, told.delivered, sent), (READ, told.sums.of(RecipientState.READ), sent)]
    if told.tapped:
        rows.append((TAPPED, results.tapped(draft.id), sent))
    letters = iter(string.ascii_uppercase)
    most = sorted(told.tapped, key=lambda button: -button.people)[:MOST_BUTTONS]
    return Figures(
        funnel=_bars(letters, rows),
        timeline=_timeline(next(letters), draft.id, draft.started_at),
        buttons=_bars(letters, [(button.title, button.people, sent) for button in most]),
    )


def _bars(letters: Iterable[str], rows: Iterable[tuple[str, int, int]]) -> tuple[Bar, ...]:
    return tuple(Bar(letter, *row) for row, letter in zip(rows, letters, strict=False))


def _timeline(letter: str, broadcast_id: int, started_at: datetime | None) -> Timeline:
    last = results.last_sent(broadcast_id)
    if last is None or started_at is None or last < started_at:  # the last: the clock was set back meanwhile
        return Timeline(letter, SLOTS[0], ())
    slot = slot_for(last - started_at)
    counted = results.per_slot(broadcast_id, started_at, slot)
    return Timeline(letter, slot, tuple(counted.get(number, 0) for number in range(max(counted) + 1)))


def slot_for(span: timedelta) -> timedelta:
    """Return how long a slot is when all of them cover `span`, its last instant included."""
    return next((slot for slot in SLOTS if span < slot * MOST_SLOTS), SLOTS[-1])
