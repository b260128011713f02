"""Pictures that are on the platform already."""

from datetime import datetime

from storage.models import UploadedMedia


def handle(channel_id: int, url: str, newer_than: datetime) -> str:
    """Return the platform's handle for a picture uploaded after a moment, or ''."""
    row = UploadedMedia.get_or_none(
        (UploadedMedia.channel == channel_id) & (UploadedMedia.url == url) & (UploadedMedia.uploaded_at > newer_than)
    )
    return row.platform_ref if row else ""


def remember(channel_id: int, url: str, platform_ref: str, now: datetime) -> None:
    """Keep the handle of a picture that was just uploaded."""
    UploadedMedia.insert(channel=channel_id, url=url, platform_ref=platform_ref, uploaded_at=now).on_conflict(
        conflict_target=[UploadedMedia.channel, UploadedMedia.url],
        update={UploadedMedia.platform_ref: platform_ref, UploadedMedia.uploaded_at: now},
    ).execute()


def forget(channel_id: int, url: str) -> None:
    """Drop a handle the platform no longer takes."""
    UploadedMedia.delete().where((UploadedMedia.channel == channel_id) & (UploadedMedia.url == url)).execute()
