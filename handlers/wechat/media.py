"""Puts pictures on WeChat: as permanent material for messages and covers, or into an article's page.

Source: /doc/service/api/material/permanent/api_addmaterial and api_uploadimage, checked 2026-11-23.
"""

import requests

from handlers.content import Image
from handlers.outcomes import Refused
from handlers.wechat.address import may_fetch
from handlers.wechat.answer import Result
from handlers.wechat.client import AccountClient, Upload
from handlers.wechat.failures import (
    NO_HANDLE,
    PICTURE_ELSEWHERE,
    PICTURE_REFUSED,
    PICTURE_TOO_LARGE,
    PICTURE_UNFETCHABLE,
)

MATERIAL_BYTES = 10 * 1024 * 1024
INLINE_BYTES = 1024 * 1024
_CHUNK = 64 * 1024

# How a file begins, its name and its type. WeChat goes by the name.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "picture.png", "image/png"),
    (b"\xff\xd8\xff", "picture.jpg", "image/jpeg"),
    (b"GIF8", "picture.gif", "image/gif"),
    (b"BM", "picture.bmp", "image/bmp"),
)
_INLINE = frozenset({"image/png", "image/jpeg"})


class Pictures:
    """Fetches what an admin sent and uploads it. Every verb returns a `Refused` in place of what it could not do."""

    def __init__(self, client: AccountClient) -> None:
        self._client = client
        self._http = requests.Session()
        self._http.trust_env = False

    def place(self, image: Image) -> str | Refused:
        """Return the permanent media_id of a picture, uploading it where it has none yet."""
        if image.platform_ref:
            return image.platform_ref
        data = self.fetch(image.url)
        return data if isinstance(data, Refused) else self.add(data)

    def add(self, data: bytes) -> str | Refused:
        """Upload a picture as permanent material (up to 10 MB; PNG, JPEG, GIF, BMP) and return its media_id."""
        upload = _upload(data, MATERIAL_BYTES)
        if isinstance(upload, Refused):
            return upload
        parameters = {"type": "image"}
        return _word(self._client.call("material/add_material", parameters=parameters, upload=upload), "media_id")

    def add_inline(self, data: bytes) -> str | Refused:
        """Upload a picture for the page of an article (up to 1 MB; PNG, JPEG) and return its address there."""
        upload = _upload(data, INLINE_BYTES)
        if isinstance(upload, Refused):
            return upload
        if upload.content_type not in _INLINE:
            return Refused(PICTURE_REFUSED)
        return _word(self._client.call("media/uploadimg", upload=upload), "url")

    def fetch(self, address: str) -> bytes | Refused:
        """Return the picture at an address of WeChat's own. Nothing else is fetched, and no redirect followed."""
        if not may_fetch(address, self._client.api_base):
            return Refused(PICTURE_ELSEWHERE)
        data = bytearray()
        try:
            with self._http.get(address, timeout=self._client.timeout, allow_redirects=False, stream=True) as response:
                if response.status_code != 200:
                    return Refused(PICTURE_UNFETCHABLE, f"HTTP {response.status_code}")
                for chunk in response.iter_content(_CHUNK):
                    data += chunk
                    if len(data) > MATERIAL_BYTES:
                        return Refused(PICTURE_TOO_LARGE)
        except requests.RequestException as error:
            return Refused(PICTURE_UNFETCHABLE, type(error).__name__)
        return bytes(data)


def _upload(data: bytes, most: int) -> Upload | Refused:
    if len(data) > most:
        return Refused(PICTURE_TOO_LARGE)
    for beginning, name, content_type in _KINDS:
        if data.startswith(beginning):
            return Upload(name, data, content_type)
    return Refused(PICTURE_REFUSED)


def _word(result: Result, name: str) -> str | Refused:
    """Return the word called `name` in an answer. Uploading again does no harm, so silence is a no."""
    if isinstance(result, Refused):
        return result
    word = result.get(name) if isinstance(result, dict) else None
    return word if isinstance(word, str) and word else Refused(NO_HANDLE)
