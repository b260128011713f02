"""Drafts of articles, and their publication without a push."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_media import Media

Json = dict[str, Any]

# /doc/service/api/draftbox/draftmanage/api_draft_add.md: characters, and the code when there are more.
ARTICLES_MOST = 8  # not on the page; what the console allows
_CHARACTERS: tuple[tuple[str, int, int], ...] = (("title", 32, 45003), ("author", 16, 45110))
CONTENT_CHARACTERS = 20_000  # "less than"
CONTENT_BYTES = 1024 * 1024  # "less than"
SOURCE_URL_BYTES = 1024
PICTURES_MOST = 20  # of a newspic
DIGEST_DEFAULT = 54  # first characters of the text, of a single article
BATCH_MOST = 20

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_FOREIGN = re.compile(r"<img\b[^>]*\bsrc=[\"'](?!https?://mmbiz\.qpic\.cn/)[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


@dataclass(slots=True)
class Draft:
    """One draft; `taken` while a mass job has it."""

    articles: list[Json]
    updated_ms: int
    taken: bool = False


@dataclass(slots=True)
class Publication:
    """One `freepublish`: what was published, under which id; `published` once its event is due."""

    publish_id: str
    article_id: str
    articles: list[Json]
    published: bool = False


class Drafts:
    """The drafts and publications of one account."""

    def __init__(self, config: WeChatConfig, media: Media) -> None:
        self._config, self._media = config, media
        self._drafts: dict[str, Draft] = {}
        self._publications: dict[str, Publication] = {}
        self._next_publication = 100_000_000

    def add(self, body: Json, now_ms: int) -> Json:
        """Answer `draft/add`."""
        articles = body.get("articles")
        if not isinstance(articles, list) or not articles:
            raise WeChatError(44004)
        if len(articles) > ARTICLES_MOST:
            raise WeChatError(45008)
        media_id = secrets.token_urlsafe(48)
        checked = [self._article(article, now_ms, alone=len(articles) == 1) for article in articles]
        self._drafts[media_id] = Draft(checked, now_ms)
        return {"media_id": media_id}

    def update(self, body: Json, now_ms: int) -> Json:
        """Answer `draft/update`: `articles` is one object, in place of the one at `index`."""
        draft, index = self.find(body.get("media_id")), body.get("index", 0)
        if not isinstance(index, int) or not 0 <= index < len(draft.articles):
            raise WeChatError(40035)
        alone = len(draft.articles) == 1
        draft.articles[index] = self._article(body.get("articles"), now_ms, alone=alone)
        draft.updated_ms = now_ms
        return {}

    def get(self, body: Json, _now_ms: int) -> Json:
        """Answer `draft/get`."""
        return {"news_item": self.find(body.get("media_id")).articles}

    def delete(self, body: Json, _now_ms: int) -> Json:
        """Answer `draft/delete`."""
        media_id = body.get("media_id")
        self.find(media_id)
        self.discard(str(media_id))
        return {}

    def count(self, _body: Json, _now_ms: int) -> Json:
        """Answer `draft/count`."""
        return {"total_count": len(self._drafts)}

    def batchget(self, body: Json, _now_ms: int) -> Json:
        """Answer `draft/batchget`: newest first, `count` 1 to 20, without contents for `no_content`."""
        count, offset = body.get("count"), body.get("offset", 0)
        if not isinstance(count, int) or not isinstance(offset, int) or not 1 <= count <= BATCH_MOST or offset < 0:
            raise WeChatError(40035)
        left_out = {"content"} if body.get("no_content") else set()
        newest = list(reversed(self._drafts.items()))[offset : offset + count]
        items = [
            {
                "media_id": media_id,
                "content": {"news_item": [_without(article, left_out) for article in draft.articles]},
                "update_time": draft.updated_ms // 1000,
            }
            for media_id, draft in newest
        ]
        return {"total_count": len(self._drafts), "item_count": len(items), "item": items}

    def find(self, media_id: object) -> Draft:
        """Return a draft that nothing has taken. Raises `WeChatError` 40007."""
        draft = self._drafts.get(media_id) if isinstance(media_id, str) else None
        if draft is None or draft.taken:
            raise WeChatError(40007)
        return draft

    def discard(self, media_id: str) -> None:
        """Remove a draft, as a mass send or a publication does."""
        self._drafts.pop(media_id, None)

    def give_back(self, media_id: str) -> None:
        """Let a draft be used again, whose mass send came to nothing."""
        if media_id in self._drafts:
            self._drafts[media_id].taken = False

    def publish(self, body: Json, _now_ms: int) -> Json:
        """Answer `freepublish/submit`: a page with a permanent link, pushed to nobody."""
        media_id = body.get("media_id")
        draft = self.find(media_id)
        self.discard(str(media_id))
        self._next_publication += 1
        publish_id = str(self._next_publication)
        self._publications[publish_id] = Publication(publish_id, secrets.token_urlsafe(36), draft.articles)
        return {"publish_id": publish_id, "msg_data_id": self._next_publication}

    def publication(self, body: Json, _now_ms: int) -> Json:
        """Answer `freepublish/get`: `publish_status` 1 while it runs, then 0."""
        found = self._publications.get(str(body.get("publish_id")))
        if found is None:
            raise WeChatError(40035)
        if not found.published:
            return {"publish_id": found.publish_id, "publish_status": 1, "fail_idx": []}
        return {
            "publish_id": found.publish_id,
            "publish_status": 0,
            "article_id": found.article_id,
            "article_detail": {
                "count": len(found.articles),
                "item": [{"idx": at, "article_url": url(found.article_id, at)} for at in _places(found.articles)],
            },
            "fail_idx": [],
        }

    def publishing(self) -> bool:
        """Say whether a publication is not through yet."""
        return any(not one.published for one in self._publications.values())

    def due(self) -> list[Publication]:
        """Return the publications that are now through, each once."""
        through = [one for one in self._publications.values() if not one.published]
        for one in through:
            one.published = True
        return through

    def published(self, article_id: object) -> list[Json]:
        """Return the articles of a publication. Raises `WeChatError` 53600."""
        for one in self._publications.values():
            if one.article_id == article_id and one.published:
                return one.articles
        raise WeChatError(53600)

    def _article(self, given: object, now_ms: int, *, alone: bool) -> Json:
        if not isinstance(given, dict):
            raise WeChatError(47001)
        article = {name: value for name, value in given.items() if value is not None}
        if not article.get("title"):
            raise WeChatError(45003)
        for name, most, code in (*_CHARACTERS, ("digest", self._config.digest_most, 45004)):
            if len(str(article.get(name, ""))) > most:
                raise WeChatError(code)
        if len(str(article.get("content_source_url", "")).encode()) > SOURCE_URL_BYTES:
            raise WeChatError(45005)
        content = str(article.get("content", ""))
        if not content:
            raise WeChatError(44004)
        if len(content) >= CONTENT_CHARACTERS or len(content.encode()) >= CONTENT_BYTES:
            raise WeChatError(45002)
        article["content"] = _FOREIGN.sub("", _SCRIPT.sub("", content))
        self._pictures(article, now_ms)
        if alone and not article.get("digest"):
            article["digest"] = _TAG.sub("", article["content"])[:DIGEST_DEFAULT]
        return article

    def _pictures(self, article: Json, now_ms: int) -> None:
        """Check the cover of a news article, or the pictures of a newspic; all of them are permanent."""
        if article.get("article_type", "news") == "news":
            self._media.find(article.get("thumb_media_id"), "image", now_ms, permanent=True)
            return
        pictures = (article.get("image_info") or {}).get("image_list")
        if article["article_type"] != "newspic" or not isinstance(pictures, list) or not pictures:
            raise WeChatError(40035)
        if len(pictures) > PICTURES_MOST:
            raise WeChatError(45008)
        for picture in pictures:
            self._media.find(picture.get("image_media_id"), "image", now_ms, permanent=True)


def url(article_id: str, index: int) -> str:
    """Return the address of an article on the platform."""
    return f"http://mp.weixin.qq.com/s/{article_id}#{index}"


def _places(articles: list[Json]) -> range:
    return range(1, len(articles) + 1)


def _without(article: Mapping[str, Any], left_out: set[str]) -> Json:
    return {name: value for name, value in article.items() if name not in left_out}
