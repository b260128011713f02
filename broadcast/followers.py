"""Keeps the list of followers, where a platform has one: page by page, going on where it stopped.

Follow and unfollow events come as they happen; the list finds those that were missed while nothing ran.
"""

from datetime import datetime, timedelta
from itertools import islice

import structlog

from handlers.contract import PlatformError
from handlers.many import ListsFollowers
from storage import channels, subscribers

AGAIN_AFTER = timedelta(hours=24)
"""The whole list is read once a day: 100 pages for a million followers, of 500 calls a day."""

TOLD_AT_ONCE = 100
_log = structlog.get_logger()


def sync_page(channel_id: int, platform: ListsFollowers, now: datetime) -> bool:
    """Read the next page of the list if it is due; say whether there may be more to read at once.

    A page read twice, or by two workers at once, changes nothing.
    """
    sync = channels.sync(channel_id)
    if sync.finished_at is not None and now - sync.finished_at < AGAIN_AFTER:
        return False
    started = sync.started_at or now
    try:
        page = next(islice(platform.follower_pages(sync.after), 1), None)
    except PlatformError as error:
        _log.warning("followers_wait", channel=channel_id, why=str(error))
        return False
    people = page.people if page else ()
    subscribers.listed(channel_id, people, now)
    _log.info("followers_read", channel=channel_id, people=len(people), of=page.total if page else 0)
    if page is not None and page.after:
        channels.sync_to(channel_id, started, page.after)
        return True
    gone = subscribers.unlisted_are_gone(channel_id, started)
    channels.sync_done(channel_id, now)
    _log.info("followers_complete", channel=channel_id, gone=gone)
    return False


def read_about(channel_id: int, platform: ListsFollowers, now: datetime) -> int:
    """Read what is told about some followers that nothing was read of; return how many."""
    people = {row.platform_user_id: row.id for row in subscribers.without_profile(channel_id, TOLD_AT_ONCE)}
    if not people:
        return 0
    try:
        told = {follower.person: follower for follower in platform.followers([*people])}
    except PlatformError as error:
        _log.warning("followers_untold", channel=channel_id, why=str(error))
        return 0
    for person, subscriber_id in people.items():
        follower = told.get(person)
        subscribers.write_profile(subscriber_id, {"source": follower.how if follower else ""}, now)
        if follower is not None and follower.since is not None:
            subscribers.followed(channel_id, person, follower.since)
    return len(people)
