"""Keeps the list of followers, where a platform has one: page by page, going on where it stopped.

Follow and unfollow events come as they happen; the list finds those that were missed while nothing ran.
"""

from datetime import datetime, timedelta
from itertools import islice

import structlog

from handlers.contract import PlatformError
from handlers.many import FollowerPage, ListsFollowers
from storage import channels, subscribers

AGAIN_AFTER = timedelta(hours=24)
"""The whole list is read once a day: 100 pages for a million followers, of 500 calls a day."""

TOLD_AT_ONCE = 100
NOTHING = FollowerPage((), "", 0)
_log = structlog.get_logger()


def sync_page(channel_id: int, platform: ListsFollowers, now: datetime) -> bool:
    """Read the next page of the list if it is due; say whether there may be more to read at once.

    A page read twice, or by two workers at once, changes nothing.
    """
    sync = channels.sync(channel_id)
    if sync.started_at is None:
        # Both ways: after the clock was set back, a reading of tomorrow must not hold up those of many days.
        if sync.finished_at is not None and abs(now - sync.finished_at) < AGAIN_AFTER:
            return False
        sync = channels.begin_sync(channel_id, now)
    try:
        page = next(islice(platform.follower_pages(sync.after), 1), NOTHING)
    except PlatformError as error:
        _log.warning("followers_wait", channel=channel_id, why=str(error))
        return False
    subscribers.listed(channel_id, page.people, now, sync.run)
    _log.info("followers_read", channel=channel_id, people=len(page.people), of=page.total)
    if page.after:
        channels.sync_to(channel_id, sync.run, page.after)
        return True
    _conclude(channel_id, sync.run, page.total)
    channels.sync_done(channel_id, sync.run, now)
    return False


def _conclude(channel_id: int, run: int, total: int) -> None:
    """Mark who was not on the list as gone, unless the platform left out some of the `total` it speaks of.

    A list of nobody is taken for such an answer too: what it would say of an account's last follower is not worth
    losing all of them.
    """
    present = subscribers.present(channel_id, run)
    if present < max(total, 1):
        _log.warning("followers_incomplete", channel=channel_id, people=present, of=total)
        return
    _log.info("followers_complete", channel=channel_id, gone=subscribers.unlisted_are_gone(channel_id, run))


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
