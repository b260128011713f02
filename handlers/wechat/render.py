"""From our content to WeChat's XML and JSON. Pure: the same message always gives the same body.

Three roads, each with its own form: the passive reply (in the webhook's own answer), the customer-service message
(to one person, inside the window) and the mass message. Sources: /doc/subscription/guide/product/message/
Passive_user_reply_message.html, /doc/service/api/customer/message/api_sendcustommessage,
/doc/service/api/notify/message/api_sendall, /doc/service/api/draftbox/draftmanage/api_draft_add.md; checked 2026-11-23.
"""

from collections.abc import Mapping
from typing import Any

from wechatpy.replies import ArticlesReply, BaseReply, ImageReply, TextReply

from handlers.content import Article, Articles, Image, Message, Outgoing, Text
from handlers.wechat.capabilities import TEXT_BYTES
from handlers.wechat.page import page_html
from handlers.wechat.words import choice_lines, clean, mass_text, personal_text, way_out_line, with_lines

Body = dict[str, Any]


def passive_reply(outgoing: Outgoing, *, account: str, at: int) -> str | None:
    """Return the XML that answers a webhook, from `account` (gh_...) at Unix second `at`; None where it cannot.

    A picture rides only with its media_id and without choices, which it has no room for; an article rides alone.
    """
    match outgoing.message:
        case Text() as message:
            reply = TextReply(content=_cdata(personal_text(outgoing, message, TEXT_BYTES)))
        case Image(platform_ref=media_id) if media_id and not outgoing.choices:
            reply = ImageReply(media_id=_cdata(media_id))
        case Articles(articles=(article,)) if article.source_url:
            news = _news(article, outgoing)
            reply = ArticlesReply()
            reply.add_article(
                {
                    "title": _cdata(news["title"]),
                    "description": _cdata(news["description"]),
                    "image": _cdata(news["picurl"]),
                    "url": _cdata(news["url"]),
                }
            )
        case _:
            return None
    return _addressed(reply, outgoing.to, account, at)


def customer_messages(outgoing: Outgoing, *, menus: bool = False) -> tuple[Body, ...]:
    """Return the bodies of the calls that bring `outgoing` to its person, in order; none where it cannot be shown.

    A picture's choices follow it as a text of their own. With `menus` the choices of a conversation become lines
    to tap (`msgmenu`), which only some accounts may send.
    """
    match outgoing.message:
        case Text() as message:
            menu = menus and bool(outgoing.choices) and outgoing.purpose == "reply"
            return (_menu(outgoing, message) if menu else _text(outgoing, message),)
        case Image(platform_ref=media_id) if media_id:
            image = _to(outgoing, "image", {"media_id": media_id})
            lines = choice_lines(outgoing.choices, outgoing.purpose)
            return (image, _to(outgoing, "text", {"content": clean("\n".join(lines))})) if lines else (image,)
        case Articles(articles=(article,)) if article.source_url:
            return (_to(outgoing, "news", {"articles": [_news(article, outgoing)]}),)
        case _:
            return ()


def mass_message(message: Message, *, way_out: str, draft: str = "") -> Body | None:
    """Return what a mass call says, without to whom; None for what cannot be mass-sent.

    `draft` is the media_id of the draft that holds the message's articles. A picture shows the way out as its
    recommendation, which stands under it.
    """
    match message:
        case Text():
            return {"msgtype": "text", "text": {"content": mass_text(message, way_out)}}
        case Image(platform_ref=media_id) if media_id:
            images = {"media_ids": [media_id], "recommend": clean(way_out_line(way_out))}
            return {"msgtype": "image", "images": images}
        case Articles() if draft:
            return {"msgtype": "mpnews", "mpnews": {"media_id": draft}, "send_ignore_reprint": 0}
        case _:
            return None


def preview_message(message: Message, *, way_out: str, draft: str = "") -> Body | None:
    """Return the same for the preview call, which has kept the older form for a picture."""
    if isinstance(message, Image) and message.platform_ref:
        return {"msgtype": "image", "image": {"media_id": message.platform_ref}}
    body = mass_message(message, way_out=way_out, draft=draft)
    return {name: value for name, value in body.items() if name != "send_ignore_reprint"} if body else None


def draft_articles(message: Articles, *, way_out: str, covers: Mapping[str, str]) -> list[Body]:
    """Return the articles of a draft. `covers` gives the permanent media_id for each cover's address."""
    last = len(message.articles)
    return [
        _draft_article(article, covers[article.cover_url], way_out_line(way_out) if number == last else "")
        for number, article in enumerate(message.articles, 1)
    ]


def _draft_article(article: Article, thumb: str, way_out: str) -> Body:
    return {
        "article_type": "news",
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": page_html(article, way_out),
        "content_source_url": article.source_url,
        "thumb_media_id": thumb,
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
    }


def _text(outgoing: Outgoing, message: Text) -> Body:
    return _to(outgoing, "text", {"content": personal_text(outgoing, message, TEXT_BYTES)})


def _menu(outgoing: Outgoing, message: Text) -> Body:
    alone = outgoing.model_copy(update={"choices": ()})
    return _to(
        outgoing,
        "msgmenu",
        {
            "head_content": personal_text(alone, message, TEXT_BYTES),
            "list": [
                {"id": str(number), "content": clean(choice.title)} for number, choice in enumerate(outgoing.choices, 1)
            ],
        },
    )


def _news(article: Article, outgoing: Outgoing) -> dict[str, str]:
    described = with_lines(article.digest, choice_lines(outgoing.choices, outgoing.purpose))
    return {
        "title": clean(article.title),
        "description": clean(described),
        "url": article.source_url,
        "picurl": article.cover_url,
    }


def _to(outgoing: Outgoing, kind: str, body: Body) -> Body:
    return {"touser": outgoing.to, "msgtype": kind, kind: body}


def _addressed(reply: BaseReply, person: str, account: str, at: int) -> str:
    reply.target, reply.source, reply.time = _cdata(person), _cdata(account), at
    return str(reply.render())


def _cdata(words: str) -> str:
    """Return `words` so that they may stand inside a CDATA section, which wechatpy does not see to."""
    return words.replace("]]>", "]]]]><![CDATA[>")
