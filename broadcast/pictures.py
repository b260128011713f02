"""Pictures are put on the platform once and used by their handle from then on."""

from datetime import datetime, timedelta

import structlog

from broadcast.draft import from_row
from handlers.content import Articles, Content, Image, Message
from handlers.contract import Platform, PlatformError
from storage import broadcasts, media
from storage.lifecycle import BroadcastStatus

LASTING = timedelta(days=365)
"""From this lifetime of a handle on, a picture is uploaded as soon as it was sent to us."""

EARLY_WITHIN = timedelta(minutes=10)
"""How long after a change to a draft its pictures are tried; later they are uploaded when it is sent."""

_log = structlog.get_logger()


def place_pictures(channel_id: int, platform: Platform, content: Content, now: datetime) -> Content:
    """Return the content with every picture on the platform, uploading those that are not (any more).

    Raises `handlers.contract.PlatformError` when the platform does not take one.
    """
    newer_than = now - platform.upload_lifetime()
    placed: list[Message] = []
    for message in content.messages:
        if isinstance(message, Image):
            handle = media.handle(channel_id, message.url, newer_than)
            if not handle:
                handle = platform.upload(message)
                media.remember(channel_id, message.url, handle, now)
            placed.append(message.model_copy(update={"platform_ref": handle}))
        else:
            placed.append(message)
    return content.model_copy(update={"messages": tuple(placed)})


def place_covers(channel_id: int, platform: Platform, articles: Articles, now: datetime) -> dict[str, str]:
    """Return the handle of each article's cover by its address, uploading those that are not on the platform.

    Raises `handlers.contract.PlatformError` when the platform does not take one.
    """
    covers = [Image(url=article.cover_url) for article in articles.articles]
    placed = place_pictures(channel_id, platform, Content(messages=tuple(covers)), now)
    return {image.url: image.platform_ref for image in placed.messages if isinstance(image, Image)}


def forget_pictures(channel_id: int, content: Content) -> None:
    """Forget the handles of a content's pictures: the platform no longer takes one of them."""
    for message in content.messages:
        if isinstance(message, Image):
            media.forget(channel_id, message.url)


def place_early(channel_id: int, platform: Platform, now: datetime) -> int:
    """Upload what drafts that were changed lately show, where handles last; return how many pictures that were.

    The address a picture has in a chat ends after some days, and a draft may wait longer than that.
    """
    if platform.upload_lifetime() < LASTING:
        return 0
    placed = 0
    for row in broadcasts.with_status(channel_id, BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED):
        if row.practice or now - row.updated_at > EARLY_WITHIN:
            continue
        for url in _addresses(from_row(row).content):
            if media.handle(channel_id, url, now - platform.upload_lifetime()):
                continue
            try:
                handle = platform.upload(Image(url=url))
            except PlatformError as error:
                _log.warning("picture_waits", broadcast=row.id, why=str(error))
                continue
            media.remember(channel_id, url, handle, now)
            placed += 1
    return placed


def _addresses(content: Content) -> list[str]:
    found: list[str] = []
    for message in content.messages:
        if isinstance(message, Image):
            found.append(message.url)
        elif isinstance(message, Articles):
            found += [article.cover_url for article in message.articles if article.cover_url]
    return [*dict.fromkeys(found)]
