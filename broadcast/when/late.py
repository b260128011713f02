"""What counts as too late, when the program was not running at the scheduled time."""

from datetime import datetime, timedelta


def too_late(scheduled: datetime, now: datetime, at_most: timedelta) -> bool:
    """Return whether `now` is more than `at_most` after `scheduled`. Exactly `at_most` is still in time."""
    return now - scheduled > at_most
