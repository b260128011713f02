"""When a mass call, or what has to be done before it, is tried again."""

from datetime import timedelta

AGAIN_AFTER = timedelta(seconds=61)
"""A call is repeated no sooner: a key used again within a minute is refused (WeChat's 45066)."""

MOST_DOUBLINGS = 5
"""Half an hour, so that what stays unclear for a day takes 50 of the 100 mass calls an account has a day."""


def again_in(tried: int, at_least: float | None = None) -> timedelta:
    """Return how long to wait after so many tries in a row (1 and more): a minute, then twice as long each time.

    `at_least` is what the platform asks for, in seconds.
    """
    return max(AGAIN_AFTER * (1 << min(tried - 1, MOST_DOUBLINGS)), timedelta(seconds=at_least or 0))
