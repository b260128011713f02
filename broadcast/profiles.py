"""Reads what the platform tells about people who are new, a few at a time and never in anybody's way."""

from dataclasses import asdict
from datetime import datetime

from handlers.contract import Platform
from storage import subscribers

AT_ONCE = 5
"""So many profiles are read every couple of seconds: far below any platform's limit for reads."""


def read_profiles(channel_id: int, platform: Platform, now: datetime) -> int:
    """Read the profiles of some people that were never read; return how many."""
    people = subscribers.without_profile(channel_id, AT_ONCE)
    for subscriber in people:
        profile = platform.profile(subscriber.platform_user_id)
        subscribers.write_profile(subscriber.id, asdict(profile) if profile else {}, now)
    return len(people)
