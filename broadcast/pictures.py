"""Pictures are put on the platform once and used by their handle from then on."""

from datetime import datetime

from handlers.content import Content, Image, Message
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


def forget_pictures(channel_id: int, content: Content) -> None:
    """Forget the handles of a content's pictures: the platform no longer takes one of them."""
    for message in content.messages:
        if isinstance(message, Image):
            media.forget(channel_id, message.url)
