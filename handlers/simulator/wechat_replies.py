"""Passive replies: what the webhook answers with, as the platform takes it or does not."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_content import TEXT_BYTES
from handlers.simulator.wechat_crypto import Cipherer, Undecipherable, sign
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_media import Media
from handlers.simulator.wechat_webhooks import Posted
from handlers.simulator.wechat_xml import NotXml, read, text_of

Json = dict[str, Any]

OUT_OF_ORDER = "该公众号暂时无法提供服务，请稍后再试"
"""What the person reads when the webhook did not answer, or not in a way that can be shown."""

ARTICLES_TO_MESSAGE = 1  # since 2018-10-12
ARTICLES_TO_EVENT = 8


class Unusable(ValueError):
    """A reply cannot be shown; the sentence says why."""


class Reply(NamedTuple):
    """What becomes of an answer: `shown` on the phone, or nothing; and what was wrong with it."""

    shown: Json | None = None
    problem: str | None = None


class Replies:
    """Reads the answers of one account's webhook."""

    def __init__(self, config: WeChatConfig, cipherer: Cipherer | None, media: Media) -> None:
        self._config, self._cipherer, self._media = config, cipherer, media

    def read(self, posted: Posted, openid: str, *, to_event: bool, now_ms: int) -> Reply:
        """Judge an answer. Nothing, and `success`, are good answers that show nothing, in every mode."""
        if posted.status < 0:
            return Reply()
        if posted.status != 200:
            words = f"The webhook answered {posted.status}." if posted.status else "The webhook did not answer in time."
            return Reply(problem=words)
        if posted.body in {b"", b"success"}:
            return Reply()
        try:
            return Reply(self._shown(posted.body, openid, to_event=to_event, now_ms=now_ms))
        except (NotXml, Undecipherable, Unusable) as error:
            return Reply(problem=str(error))
        except UnicodeDecodeError:
            return Reply(problem="The reply is not UTF-8.")
        except WeChatError as error:
            return Reply(problem=f"The reply names a medium that cannot be sent: {error}.")

    def _shown(self, body: bytes, openid: str, *, to_event: bool, now_ms: int) -> Json:
        root = self._opened(read(body.decode()))
        for field, wanted in (("ToUserName", openid), ("FromUserName", self._config.original_id)):
            if (given := text_of(root, field)) != wanted:
                raise Unusable(f"{field} is {given!r}; a reply goes from the account to the person: {wanted!r}.")
        if not text_of(root, "CreateTime").isdecimal():
            raise Unusable("CreateTime is not a whole number of seconds.")
        kind = text_of(root, "MsgType")
        if kind == "news":
            return _news(root, ARTICLES_TO_EVENT if to_event else ARTICLES_TO_MESSAGE)
        if kind in _MEDIA:
            name, medium = _MEDIA[kind]
            media_id = text_of(root, f"{name}/MediaId")
            return {kind: {"media_id": media_id, "url": self._media.find(media_id, medium, now_ms).url}}
        reader = _READERS.get(kind)
        if reader is None:
            raise Unusable(f"MsgType is {kind!r}; it is text, image, voice, video, music or news.")
        return reader(root)

    def _opened(self, root: ET.Element) -> ET.Element:
        """Return the reply itself, decrypted where it has to be or may be."""
        ciphertext, mode = text_of(root, "Encrypt"), self._config.mode
        if not ciphertext:
            if mode == "encrypted":
                raise Unusable("The reply is plain; the encrypted mode takes encrypted ones only.")
            return root
        if mode == "plain" or self._cipherer is None:
            raise Unusable("The reply is encrypted; the plain mode takes plain ones only.")
        parts = (text_of(root, "TimeStamp"), text_of(root, "Nonce"), ciphertext)
        if not all(parts) or sign(self._config.token, *parts) != text_of(root, "MsgSignature"):
            raise Unusable("MsgSignature does not fit token, TimeStamp, Nonce and Encrypt.")
        return read(self._cipherer.decrypt(ciphertext))


def _text(root: ET.Element) -> Json:
    content = text_of(root, "Content")
    size = len(content.encode())
    if not 1 <= size <= TEXT_BYTES:
        raise Unusable(f"Content has {size} bytes; a text has 1 to {TEXT_BYTES}.")
    return {"text": content}


def _music(root: ET.Element) -> Json:
    return {"music": {name: text_of(root, f"Music/{name}") for name in ("Title", "Description", "MusicUrl")}}


def _news(root: ET.Element, most: int) -> Json:
    items = root.findall("Articles/item")
    count = text_of(root, "ArticleCount")
    if count != str(len(items)) or not 1 <= len(items) <= most:
        raise Unusable(f"ArticleCount is {count!r} with {len(items)} items; here 1 to {most} are shown.")
    names = (("title", "Title"), ("description", "Description"), ("picurl", "PicUrl"), ("url", "Url"))
    return {"articles": [{name: text_of(item, tag) for name, tag in names} for item in items]}


_MEDIA: Mapping[str, tuple[str, str]] = {
    "image": ("Image", "image"),
    "voice": ("Voice", "voice"),
    "video": ("Video", "video"),
}

_READERS: Mapping[str, Callable[[ET.Element], Json]] = {"text": _text, "music": _music}
