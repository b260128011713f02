"""Shows articles to one person: WeChat does that from a draft alone, by the preview call of mass messages.

A customer-service message holds one article, and only one that leads to a page.
Source: /doc/service/api/notify/message/api_preview, checked 2026-11-23.
"""

from handlers.content import Articles, Image, Outgoing
from handlers.contract import PlatformError
from handlers.outcomes import Outcome, Refused
from handlers.wechat.failures import NO_HANDLE
from handlers.wechat.mass import MassSender
from handlers.wechat.media import Pictures
from handlers.wechat.words import own_way_out


def preview_articles(outgoing: Outgoing, articles: Articles, mass: MassSender, pictures: Pictures) -> Outcome:
    """Show `articles` to the person of `outgoing` as a mass message would; takes nothing from anybody's four a month.

    The draft stays among the account's drafts: nothing says that the page of a preview outlives it. Never raises.
    """
    covers: dict[str, str] = {}
    for article in articles.articles:
        handle = pictures.place(Image(url=article.cover_url))
        if isinstance(handle, Refused):
            return handle
        covers[article.cover_url] = handle
    way_out = own_way_out(outgoing.choices)
    try:
        draft = mass.draft(articles, way_out=way_out, covers=covers)
    except PlatformError as error:
        return Refused(error.failure or NO_HANDLE, error.code)
    return mass.preview(outgoing.to, articles, way_out=way_out, draft=draft)
