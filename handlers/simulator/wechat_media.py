"""Pictures, voices and films: temporary ones, permanent ones, and those inside articles."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from handlers.simulator.wechat_errors import WeChatError

DAY_MS = 24 * 60 * 60 * 1000
TEMPORARY_MS = 3 * DAY_MS

_MB = 1024 * 1024


class Upload(NamedTuple):
    """One file of a multipart request."""

    filename: str
    content_type: str
    data: bytes


class Kind(NamedTuple):
    """What a kind of media may be: how its file may begin, and its most bytes."""

    formats: tuple[str, ...]
    most: int


# /doc/service/api/material/permanent/api_addmaterial; the temporary ones are held to the same.
KINDS: Mapping[str, Kind] = {
    "image": Kind(("png", "jpeg", "gif", "bmp"), 10 * _MB),
    "voice": Kind(("mp3", "amr", "wma", "wav"), 2 * _MB),
    "video": Kind(("mp4",), 10 * _MB),
    "thumb": Kind(("jpeg",), 64 * 1024),
}
INLINE = Kind(("png", "jpeg"), _MB)  # media/uploadimg, "less than 1 MB"

# How files begin. MP3 and AMR have several beginnings; the ones in use are here.
_BEGINNINGS: tuple[tuple[str, int, bytes], ...] = (
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("gif", 0, b"GIF8"),
    ("bmp", 0, b"BM"),
    ("mp3", 0, b"ID3"),
    ("mp3", 0, b"\xff\xfb"),
    ("amr", 0, b"#!AMR"),
    ("wav", 8, b"WAVE"),
    ("wma", 0, b"\x30\x26\xb2\x75"),
    ("mp4", 4, b"ftyp"),
)


@dataclass(frozen=True, slots=True)
class Medium:
    """One stored file; `expires_ms` is None for permanent material."""

    kind: str
    content_type: str
    data: bytes
    url: str
    expires_ms: int | None


class Media:
    """All files of one account."""

    def __init__(self) -> None:
        self._media: dict[str, Medium] = {}

    def add_permanent(self, kind: str, upload: Upload | None, now_ms: int) -> dict[str, Any]:
        """Answer `material/add_material`."""
        media_id = self._keep(kind, _checked(kind, upload), now_ms, permanent=True)
        url = self._media[media_id].url
        return {"media_id": media_id, "url": url} if kind == "image" else {"media_id": media_id}

    def add_temporary(self, kind: str, upload: Upload | None, now_ms: int) -> dict[str, Any]:
        """Answer `media/upload`; what it keeps lasts 3 days."""
        media_id = self._keep(kind, _checked(kind, upload), now_ms, permanent=False)
        name = "thumb_media_id" if kind == "thumb" else "media_id"
        return {"type": kind, name: media_id, "created_at": now_ms // 1000}

    def add_inline(self, upload: Upload | None, now_ms: int) -> dict[str, Any]:
        """Answer `media/uploadimg`, for the pictures inside an article."""
        checked = _file(upload)
        if _format(checked.data) not in INLINE.formats:
            raise WeChatError(40005)
        if len(checked.data) >= INLINE.most:
            raise WeChatError(40009)
        return {"url": self._media[self._keep("image", checked, now_ms, permanent=True)].url}

    def from_person(self, kind: str, content_type: str, data: bytes, now_ms: int, url: str = "") -> str:
        """Keep what a follower sent, for 3 days; return its id."""
        return self._keep(kind, Upload("", content_type, data), now_ms, permanent=False, url=url)

    def find(self, media_id: object, kind: str, now_ms: int, *, permanent: bool = False) -> Medium:
        """Return what has this id. Raises `WeChatError` 40007 for none, another kind, or one that is over."""
        medium = self._media.get(media_id) if isinstance(media_id, str) else None
        if medium is None or medium.kind != kind or (permanent and medium.expires_ms is not None):
            raise WeChatError(40007)
        if medium.expires_ms is not None and now_ms >= medium.expires_ms:
            raise WeChatError(40007)
        return medium

    def get(self, media_id: str) -> Medium | None:
        """Return what has this id, whatever it is."""
        return self._media.get(media_id)

    def _keep(self, kind: str, upload: Upload, now_ms: int, *, permanent: bool, url: str = "") -> str:
        media_id = secrets.token_urlsafe(48)
        address = url or f"http://mmbiz.qpic.cn/mmbiz/{secrets.token_urlsafe(32)}/0"
        expires = None if permanent else now_ms + TEMPORARY_MS
        self._media[media_id] = Medium(kind, upload.content_type, upload.data, address, expires)
        return media_id


def _file(upload: Upload | None) -> Upload:
    if upload is None or not upload.data:
        raise WeChatError(41005)
    return upload


def _checked(kind: str, upload: Upload | None) -> Upload:
    rules = KINDS.get(kind)
    if rules is None:
        raise WeChatError(40004)
    found = _file(upload)
    if _format(found.data) not in rules.formats:
        raise WeChatError(40005)
    if len(found.data) > rules.most:
        raise WeChatError(45001)
    return found


def _format(data: bytes) -> str:
    return next((name for name, at, start in _BEGINNINGS if data.startswith(start, at)), "")
