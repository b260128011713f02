"""The picture of a report on its way into a chat: asked for by name, made when it is sent or fetched.

A reply that shows one holds an image with the address `report:BROADCAST`, which no platform ever sees. Just before it
leaves, the worker puts in its place what the platform takes: a handle where pictures are uploaded as bytes (WeChat),
else an address of ours to fetch it from (Messenger), which only we can have made and which is good for a day.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer

from broadcast.draft import Draft, from_row
from broadcast.figures import Figures, figures
from broadcast.mass.roads import MASS
from broadcast.picture import draw
from broadcast.report import Report, report
from handlers.content import Image, Outgoing
from handlers.contract import Platform, PlatformError
from handlers.many import UploadsBytes
from storage import broadcasts, media
from storage.fields import from_ms, to_ms

PATH = "/report/"
ENDING = ".png"
LIFETIME = timedelta(days=1)
"""How long an address may be fetched from; a platform does so at once and shows people a copy of its own."""

_SCHEME = "report:"
_SALT = "clarion.report"


def image_of(draft: Draft) -> Image:
    """Return what stands for the picture of a broadcast's report until it is sent."""
    return Image(url=f"{_SCHEME}{draft.id}")


def is_reports(outgoing: Outgoing) -> bool:
    """Say whether a message shows the picture of a report."""
    return isinstance(outgoing.message, Image) and outgoing.message.url.startswith(_SCHEME)


def figures_of(draft: Draft, told: Report, *, receipts: bool) -> Figures:
    """Return what the picture shows of a broadcast's report, on a platform that tells `receipts` or does not."""
    return figures(draft, told, receipts=receipts and draft.road != MASS)


def _drawn(draft: Draft, *, receipts: bool) -> bytes:
    return draw(figures_of(draft, report(draft), receipts=receipts))


def can_be_shown(platform: Platform, base_url: str, api_base: str) -> bool:
    """Say whether a platform can get at pictures of ours: given as bytes, or fetched.

    What runs on this host (`api_base` is a simulator) reaches every address; the others reach https only.
    """
    if isinstance(platform, UploadsBytes) or urlsplit(api_base).hostname in {"127.0.0.1", "localhost", "::1"}:
        return True
    return urlsplit(base_url).scheme == "https"


@dataclass(frozen=True, slots=True)
class _Named:
    broadcast_id: int
    at: datetime
    receipts: bool


class ReportPictures:
    """Puts pictures of reports into messages, and reads their addresses back. `secret` is that of `Links`."""

    def __init__(self, secret: str, base_url: str) -> None:
        self._signer = URLSafeSerializer(secret, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._base = base_url.rstrip("/")

    def address(self, broadcast_id: int, now: datetime, *, receipts: bool = True) -> str:
        """Return where the picture may be fetched; another one at each moment, since the numbers change too."""
        return f"{self._base}{PATH}{self._signer.dumps([broadcast_id, to_ms(now), receipts])}{ENDING}"

    def fetch(self, token: str, now: datetime) -> bytes | None:
        """Return the picture (PNG) an address stands for; None when it is not one of ours, or too old."""
        named = self._read(token)
        row = broadcasts.get(named.broadcast_id) if named and now - named.at < LIFETIME else None
        return _drawn(from_row(row), receipts=named.receipts) if named and row is not None else None

    def place(self, channel_id: int, platform: Platform, outgoing: Outgoing, now: datetime) -> Outgoing:
        """Return a message with the picture it asks for in its place; others as they are.

        Raises `handlers.contract.PlatformError` when it cannot be had.
        """
        if not is_reports(outgoing):
            return outgoing
        assert isinstance(outgoing.message, Image)
        row = broadcasts.get(int(outgoing.message.url.removeprefix(_SCHEME)))
        if row is None or row.channel_id != channel_id:
            raise PlatformError("The broadcast of this report is no longer there.")
        newer_than = now - platform.upload_lifetime()
        if isinstance(platform, UploadsBytes):
            drawn = _drawn(from_row(row), receipts=platform.capabilities.receipts)
            image = Image(url="", platform_ref=_uploaded(channel_id, platform, drawn, newer_than, now))
        else:
            image = Image(url=self.address(row.id, now, receipts=platform.capabilities.receipts))
        return outgoing.model_copy(update={"message": image})

    def _read(self, token: str) -> _Named | None:
        try:
            broadcast_id, at, receipts = self._signer.loads(token)
            return _Named(broadcast_id, from_ms(at), receipts)
        except (BadData, ValueError, TypeError):
            return None


def _uploaded(channel_id: int, platform: UploadsBytes, data: bytes, newer_than: datetime, now: datetime) -> str:
    """Return the handle of a picture, uploading it unless the same one is there already."""
    name = f"{_SCHEME}{hashlib.sha256(data).hexdigest()}"
    handle = media.handle(channel_id, name, newer_than)
    if not handle:
        handle = platform.upload_bytes(data)
        media.remember(channel_id, name, handle, now)
    return handle
