"""Shows articles to one person: WeChat does that from a draft alone, by the preview call of mass messages.

A customer-service message holds one article, and only one that leads to a page.
Source: /doc/service/api/notify/message/api_preview, checked 2026-11-23.
"""

from threading import Lock

import structlog

from handlers.content import Articles, Image, Outgoing
from handlers.contract import PlatformError
from handlers.outcomes import Outcome, Refused
from handlers.wechat.failures import NO_HANDLE
from handlers.wechat.mass import MassSender
from handlers.wechat.media import Pictures
from handlers.wechat.words import own_way_out

_log = structlog.get_logger()
_NO_SUCH_MEDIA = "40007"
_Shown = tuple[Articles, str, tuple[tuple[str, str], ...]]
"""What a draft was made of: the articles, the way out, the covers' handles by their addresses."""


class Previews:
    """The drafts that previews are shown from. Only the newest stays among the account's drafts.

    Nothing says that the page of a preview outlives its draft, so a draft goes when another preview takes its place;
    the same articles are shown from the draft that is there.
    """

    def __init__(self, mass: MassSender, pictures: Pictures) -> None:
        self._mass = mass
        self._pictures = pictures
        self._one_at_a_time = Lock()
        self._made: tuple[_Shown, str] | None = None

    def show(self, outgoing: Outgoing, articles: Articles) -> Outcome:
        """Show `articles` to the person of `outgoing` as a mass message would, from nobody's four a month.

        Never raises.
        """
        covers: dict[str, str] = {}
        for article in articles.articles:
            handle = self._pictures.place(Image(url=article.cover_url, platform_ref=article.cover_ref))
            if isinstance(handle, Refused):
                return handle
            covers[article.cover_url] = handle
        shown = (articles, own_way_out(outgoing.choices), tuple(covers.items()))
        with self._one_at_a_time:
            try:
                there = self._made is not None and self._made[0] == shown
                outcome = self._show(outgoing.to, shown)
                if there and isinstance(outcome, Refused) and outcome.code == _NO_SUCH_MEDIA:  # deleted in the console
                    self._made = None
                    outcome = self._show(outgoing.to, shown)
            except PlatformError as error:
                return Refused(error.failure or NO_HANDLE, error.code)
            return outcome

    def _show(self, person: str, shown: _Shown) -> Outcome:
        articles, way_out, covers = shown
        if self._made is None or self._made[0] != shown:
            draft = self._mass.draft(articles, way_out=way_out, covers=dict(covers))
            self._drop()
            self._made = (shown, draft)
        return self._mass.preview(person, articles, way_out=way_out, draft=self._made[1])

    def _drop(self) -> None:
        """Delete the draft of the preview before; one that stays is only in somebody's way."""
        if self._made is None:
            return
        try:
            self._mass.drop_draft(self._made[1])
        except PlatformError as error:
            _log.warning("preview_draft_left", why=str(error))
