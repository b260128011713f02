"""Reads what the platform tells about people who are new, a few at a time and never in anybody's way."""

from dataclasses import asdict
from datetime import datetime

from broadcast.followers import read_about, sync_page
from handlers.contract import Platform
from handlers.many import ListsFollowers
from storage import subscribers

AT_ONCE = 5
"""So many profiles are read every couple of seconds: far below any platform's limit for reads."""


PAGES_AT_ONCE = 5


def read_people(channel_id: int, platform: Platform, now: datetime) -> None:
    """Read what the platform tells about a channel's people: some pages of its list, some profiles."""
    if isinstance(platform, ListsFollowers):
        for _ in range(PAGES_AT_ONCE):
            if not sync_page(channel_id, platform, now):
                break
        read_about(channel_id, platform, now)
    else:
        read_profiles(channel_id, platform, now)


def read_profiles(channel_id: int, platform: Platform, now: datetime) -> int:
    """Read the profiles of some people that were never read; return how many."""
    people = subscribers.without_profile(channel_id, AT_ONCE)
    for subscriber in people:
        profile = platform.profile(subscriber.platform_user_id)
        subscribers.write_profile(subscriber.id, asdict(profile) if profile else {}, now)
    return len(people)
