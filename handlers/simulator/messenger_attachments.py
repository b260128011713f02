"""Files the Page has uploaded, and what the platform finds wrong with the address of a file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from handlers.simulator.messenger_errors import GraphError, invalid
from handlers.simulator.messenger_people import DAY_MS

Json = dict[str, Any]

ATTACHMENT_LIFE_MS = 90 * DAY_MS  # Messenger Platform, saving assets (Apr 22, 2026)

# Bytes. 25 MB for any attachment, 8 MB for an image that is fetched (same page).
SIZE_LIMITS: Mapping[str, int] = {
    "image": 8_000_000,
    "audio": 25_000_000,
    "video": 25_000_000,
    "file": 25_000_000,
}

# What a file's ending promises. Nothing is fetched, so this stands for looking at the file.
_MEDIA_OF_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp"), "image"),
    **dict.fromkeys(("mp3", "wav", "m4a", "ogg"), "audio"),
    **dict.fromkeys(("mp4", "mov", "webm"), "video"),
    **dict.fromkeys(("pdf", "zip", "docx", "txt"), "file"),
}


def check_url(url: object, kind: str) -> None:
    """Raise the `GraphError` the platform gives for a file it cannot use.

    Nothing leaves the machine: a host under `.invalid` stands for one that does not answer, the ending
    for the media type, and a query parameter `bytes` for the size of the file.
    """
    if not isinstance(url, str) or not url:
        raise invalid("param url must be a string")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("param url is not a valid URI")
    if parts.hostname.endswith(".invalid"):
        raise GraphError("unfetchable")
    ending = parts.path.rpartition(".")[2].lower()
    if kind != "file" and _MEDIA_OF_ENDING.get(ending, kind) != kind:
        raise GraphError("wrong_media")
    declared = parse_qs(parts.query).get("bytes", ["0"])[0]
    if declared.isdecimal() and int(declared) > SIZE_LIMITS[kind]:
        raise GraphError("too_large")


class Attachments:
    """Uploaded files by id; an id can be used for 90 days."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, str, int]] = {}

    def add(self, kind: str, url: str, now_ms: int) -> str:
        """Keep a file and return its id."""
        attachment_id = str(1_857_777_000_000_000 + len(self._made))
        self._made[attachment_id] = (kind, url, now_ms)
        return attachment_id

    def located(self, message: Json) -> Json:
        """Return a message that was checked with the address beside each id of an uploaded file, as phones show it."""
        if "attachment" in message:
            return {**message, "attachment": self._with_url(message["attachment"])}
        if "attachments" in message:
            return {**message, "attachments": [self._with_url(each) for each in message["attachments"]]}
        return message

    def _with_url(self, attachment: Json) -> Json:
        payload = attachment["payload"]
        made = self._made.get(str(payload.get("attachment_id")))
        return attachment if made is None else {**attachment, "payload": {**payload, "url": made[1]}}

    def url(self, attachment_id: object, kind: str, now_ms: int) -> str:
        """Return the address of an uploaded file.

        Raises `GraphError` 100/2018074 for an id that is unknown or too old, 100/2018047 for one of
        another media type.
        """
        made = self._made.get(str(attachment_id))
        if made is None or now_ms - made[2] >= ATTACHMENT_LIFE_MS:
            raise GraphError("bad_attachment")
        if made[0] != kind:
            raise GraphError("wrong_media")
        return made[1]
