"""Pictures are put on the platform once and used by their handle from then on."""

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock

import structlog

from broadcast.draft import from_row
from handlers.content import Article, Articles, Content, Image, Message, Outgoing
from handlers.contract import Platform, PlatformError
from storage import broadcasts, media
from storage.lifecycle import BroadcastStatus

LASTING = timedelta(days=365)
"""From this lifetime of a handle on, a picture is uploaded as soon as it was sent to us."""

EARLY_WITHIN = timedelta(minutes=10)
"""How long after a change to a draft its pictures are tried; later they are uploaded when it is sent."""

_UPLOADING: defaultdict[int, Lock] = defaultdict(Lock)
"""One for each channel of this process: its lanes have threads of their own, and may want the same picture."""

_log = structlog.get_logger()


def place_pictures(channel_id: int, platform: Platform, content: Content, now: datetime) -> Content:
    """Return the content with every picture on the platform, uploading those that are not (any more).

    Raises `handlers.contract.PlatformError` when the platform does not take one.
    """
    placed: list[Message] = [
        message.model_copy(update={"platform_ref": _handle(channel_id, platform, message, now)})
        if isinstance(message, Image)
        else message
        for message in content.messages
    ]
    return content.model_copy(update={"messages": tuple(placed)})


def place_reply(channel_id: int, platform: Platform, outgoing: Outgoing, now: datetime) -> Outgoing:
    """Return a message to one person with its pictures on the platform, where handles last.

    Where they do not, the platform is given the address. A preview, and what a flow shows, need no upload of their own.
    Raises `handlers.contract.PlatformError` when the platform does not take one.
    """
    message = outgoing.message
    if platform.upload_lifetime() < LASTING:
        return outgoing
    if isinstance(message, Image) and not message.platform_ref:
        handle = _handle(channel_id, platform, message, now)
        return outgoing.model_copy(update={"message": message.model_copy(update={"platform_ref": handle})})
    if isinstance(message, Articles):
        placed = tuple(_with_cover(channel_id, platform, article, now) for article in message.articles)
        return outgoing.model_copy(update={"message": message.model_copy(update={"articles": placed})})
    return outgoing


def _with_cover(channel_id: int, platform: Platform, article: Article, now: datetime) -> Article:
    """Return an article with its cover on the platform; as it is where that fails, as not every article needs it."""
    try:
        cover = _handle(channel_id, platform, Image(url=article.cover_url), now) if article.cover_url else ""
    except PlatformError as error:
        _log.info("cover_not_placed", channel=channel_id, why=str(error))
        return article
    return article.model_copy(update={"cover_ref": cover})


def _handle(channel_id: int, platform: Platform, image: Image, now: datetime) -> str:
    """Return a picture's handle, uploading it where there is none: one at a time, so that nobody does it as well."""
    with _UPLOADING[channel_id]:
        handle = media.handle(channel_id, image.url, now - platform.upload_lifetime())
        if not handle:
            handle = platform.upload(image)
            media.remember(channel_id, image.url, handle, now)
        return handle


def place_covers(channel_id: int, platform: Platform, articles: Articles, now: datetime) -> dict[str, str]:
    """Return the handle of each article's cover by its address, uploading those that are not on the platform.

    Raises `handlers.contract.PlatformError` when the platform does not take one.
    """
    covers = [Image(url=article.cover_url) for article in articles.articles]
    placed = place_pictures(channel_id, platform, Content(messages=tuple(covers)), now)
    return {image.url: image.platform_ref for image in placed.messages if isinstance(image, Image)}


def forget_pictures(channel_id: int, content: Content) -> None:
    """Forget the handles of a content's pictures: the platform no longer takes one of them."""
    for url in _addresses(content):
        media.forget(channel_id, url)


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
                _handle(channel_id, platform, Image(url=url), now)
            except PlatformError as error:
                _log.warning("picture_waits", broadcast=row.id, why=str(error))
                continue
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
