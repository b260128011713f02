"""What an account may say: the objects of customer-service and mass messages, checked as the platform does."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_drafts import Drafts
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_media import Media

Json = dict[str, Any]

TEXT_BYTES = 2048  # of a customer-service text and of a reply; measured by others, not documented
MASS_PICTURES_MOST = 20  # of `images`; not documented, as for a newspic


class Content(NamedTuple):
    """One message as it will look; `draft` is the id of the draft it came from."""

    kind: str
    shown: Json
    draft: str = ""


class Scene(NamedTuple):
    """What a message can refer to."""

    config: WeChatConfig
    media: Media
    drafts: Drafts
    now_ms: int

    def medium(self, given: Json, kind: str, name: str = "media_id") -> Json:
        """Return a file by its id, as phones show it. Raises `WeChatError` 40007."""
        media_id = given.get(name)
        return {"media_id": media_id, "url": self.media.find(media_id, kind, self.now_ms).url}


Reader = Callable[[Scene, Json], Content]


def custom_content(scene: Scene, body: Json) -> Content:
    """Return the message in a `message/custom/send`. Raises `WeChatError`."""
    return _read(scene, body, _CUSTOM)


def mass_content(scene: Scene, body: Json) -> Content:
    """Return the message in a mass call or a preview. Raises `WeChatError`."""
    return _read(scene, body, _MASS)


def _read(scene: Scene, body: Json, readers: Mapping[str, Reader]) -> Content:
    kind = body.get("msgtype")
    reader = readers.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise WeChatError(40008)
    # The object of a mass image is `images`; the older `image` is still in the documentation's examples.
    name = "images" if kind == "image" and readers is _MASS and "images" in body else str(kind)
    given = body.get(name)
    if not isinstance(given, dict):
        raise WeChatError(44004)
    return reader(scene, given)


def _words(given: Json) -> str:
    content = given.get("content")
    if not isinstance(content, str) or not content:
        raise WeChatError(44004)
    return content


def _text(_scene: Scene, given: Json) -> Content:
    content = _words(given)
    if len(content.encode()) > TEXT_BYTES:
        raise WeChatError(45002)
    return Content("text", {"text": content})


def _mass_text(scene: Scene, given: Json) -> Content:
    content = _words(given)
    if len(content) > scene.config.mass_text_most:
        raise WeChatError(45002)
    return Content("text", {"text": content})


def _image(scene: Scene, given: Json) -> Content:
    return Content("image", {"image": scene.medium(given, "image")})


def _mass_image(scene: Scene, given: Json) -> Content:
    if "media_ids" not in given:
        return _image(scene, given)
    ids = given["media_ids"]
    if not isinstance(ids, list) or not 1 <= len(ids) <= MASS_PICTURES_MOST:
        raise WeChatError(40215)
    pictures = [scene.medium({"media_id": one}, "image") for one in ids]
    shown: Json = {"image": pictures[0]} if len(pictures) == 1 else {"images": pictures}
    if given.get("recommend"):
        shown["text"] = str(given["recommend"])
    return Content("image", shown)


def _voice(scene: Scene, given: Json) -> Content:
    return Content("voice", {"voice": scene.medium(given, "voice")})


def _video(scene: Scene, given: Json) -> Content:
    titled = {name: given[name] for name in ("title", "description") if name in given}
    return Content("video", {"video": {**scene.medium(given, "video"), **titled}})


def _music(scene: Scene, given: Json) -> Content:
    scene.medium(given, "thumb", "thumb_media_id")
    return Content("music", {"music": given})


def _news(_scene: Scene, given: Json) -> Content:
    articles = given.get("articles")
    if not isinstance(articles, list) or not articles or not isinstance(articles[0], dict):
        raise WeChatError(44004)
    if len(articles) > 1:
        raise WeChatError(45008)
    return Content("news", {"articles": articles})


def _published(scene: Scene, given: Json) -> Content:
    return Content("mpnewsarticle", {"articles": scene.drafts.published(given.get("article_id"))[:1]})


def _menu(scene: Scene, given: Json) -> Content:
    if scene.config.test_account or not scene.config.verified:
        raise WeChatError(40200)
    items = given.get("list")
    if not isinstance(items, list) or not items:
        raise WeChatError(44004)
    if not all(isinstance(item, dict) and {"id", "content"} <= item.keys() for item in items):
        raise WeChatError(47001)
    menu = [{"id": str(item["id"]), "content": str(item["content"])} for item in items]
    shown = {"text": given.get("head_content", ""), "menu": menu, "tail": given.get("tail_content", "")}
    return Content("msgmenu", shown)


def _mini_program(scene: Scene, given: Json) -> Content:
    scene.medium(given, "image", "thumb_media_id")
    return Content("miniprogrampage", {"miniprogrampage": given})


def _draft(scene: Scene, given: Json) -> Content:
    media_id = given.get("media_id")
    return Content("mpnews", {"articles": scene.drafts.find(media_id).articles}, draft=str(media_id))


def _card(_scene: Scene, _given: Json) -> Content:
    raise WeChatError(45113)


# mpnews is no longer taken in customer-service messages since drafts came; cards are refused everywhere.
_CUSTOM: Mapping[str, Reader] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnewsarticle": _published,
    "msgmenu": _menu,
    "miniprogrampage": _mini_program,
    "wxcard": _card,
}

_MASS: Mapping[str, Reader] = {
    "text": _mass_text,
    "image": _mass_image,
    "voice": _voice,
    "mpvideo": _video,
    "mpnews": _draft,
    "wxcard": _card,
}
