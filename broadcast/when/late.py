"""What counts as too late, when the program was not running at the scheduled time."""

from datetime import datetime, timedelta
from typing import Final

from broadcast.when.durations import parse_duration
from handlers.contract import Problem

LONGEST: Final = timedelta(days=30)
"""Nobody wants what is later than that; our own bound, and far within the column that holds it."""


def too_late(scheduled: datetime, now: datetime, at_most: timedelta) -> bool:
    """Return whether `now` is more than `at_most` after `scheduled`. Exactly `at_most` is still in time."""
    return now - scheduled > at_most


def parse_late(text: str) -> timedelta | Problem:
    """Return how late the text allows a broadcast to be, up to `LONGEST`, or a `Problem`."""
    length = parse_duration(text)
    if isinstance(length, Problem) or length <= LONGEST:
        return length
    return Problem(
        "too_long_late",
        "A broadcast can be sent up to {most} days late. Send a shorter time, like 1 h or 2 d.",
        {"most": LONGEST.days},
    )
