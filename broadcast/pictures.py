"""Pictures are put on the platform once and used by their handle from then on."""

from datetime import datetime

from handlers.content import Articles, Content, Image, Message
from handlers.contract import Platform
from storage import media


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
