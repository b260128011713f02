"""The bodies of the three roads, as WeChat's pages show them."""

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from handlers.content import WAY_OUT_TITLE, Article, Articles, Button, Card, Choice, Image, Outgoing, Text
from handlers.wechat.render import (
    customer_messages,
    draft_articles,
    mass_message,
    passive_reply,
    preview_message,
)
from handlers.wechat.words import DEFAULT_WAY_OUT
from tests.handlers.wechat.account import OPENID, ORIGINAL_ID

ARTICLE = Article(
    title="Doors",
    author="Ann",
    digest="At 7.",
    cover_url="http://mmbiz.qpic.cn/1",
    body="a",
    source_url="https://e.com/1",
)
YES_NO = (Choice(title="Yes", value="b:yes"), Choice(title="No", value="b:no"))
STOP = (Choice(title="Stop messages", value="STOP"),)
PICTURE = Image(url="http://mmbiz.qpic.cn/1", platform_ref="media-1")


def to(message, choices=(), purpose="reply") -> Outgoing:
    return Outgoing(to=OPENID, message=message, choices=choices, purpose=purpose)


def passive(outgoing) -> dict:
    return xmltodict.parse(passive_reply(outgoing, account=ORIGINAL_ID, at=12345678))["xml"]


def personal(outgoing, **options) -> dict:
    (body,) = customer_messages(outgoing, **options)
    return body


def content(outgoing) -> str:
    return personal(outgoing)["text"]["content"]


def test_a_passive_reply_goes_back_to_who_wrote():
    assert passive(to(Text(text="你好"))) == {
        "ToUserName": OPENID,
        "FromUserName": ORIGINAL_ID,
        "CreateTime": "12345678",
        "MsgType": "text",
        "Content": "你好",
    }


def test_a_passive_picture_has_its_media_id():
    reply = passive(to(PICTURE))
    assert (reply["MsgType"], reply["Image"]) == ("image", {"MediaId": "media-1"})


def test_a_passive_article_has_its_four_lines():
    reply = passive(to(Articles(articles=(ARTICLE,))))
    assert (reply["MsgType"], reply["ArticleCount"]) == ("news", "1")
    assert reply["Articles"]["item"] == {
        "Title": "Doors",
        "Description": "At 7.",
        "PicUrl": "http://mmbiz.qpic.cn/1",
        "Url": "https://e.com/1",
    }


@pytest.mark.parametrize(
    "outgoing",
    [
        to(Image(url="http://mmbiz.qpic.cn/1")),
        to(PICTURE, YES_NO),
        to(Articles(articles=(ARTICLE, ARTICLE))),
        to(Articles(articles=(ARTICLE.model_copy(update={"source_url": ""}),))),
        to(Card(title="T")),
    ],
    ids=["picture not uploaded", "picture with choices", "two articles", "article without a link", "card"],
)
def test_what_cannot_ride_on_the_answer_does_not(outgoing):
    assert passive_reply(outgoing, account=ORIGINAL_ID, at=1) is None


@given(words=st.text(st.characters(exclude_categories=["Cs"])) | st.text("]>< &[CDATA!\0\x0b\ufffe", max_size=30))
def test_any_words_come_through_the_xml(words):
    readable = "".join(c for c in words if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    said = passive(to(Text(text="[" + words + "]")))["Content"]
    assert said == f"[{readable}]".replace("\r\n", "\n").replace("\r", "\n")


def test_choices_are_numbered_lines_under_the_words():
    assert content(to(Text(text="Send it?"), YES_NO)) == "Send it?\n\n1. Yes\n2. No"
    assert passive(to(Text(text="Send it?"), YES_NO))["Content"] == "Send it?\n\n1. Yes\n2. No"


@pytest.mark.parametrize(
    ("way_out", "line"),
    [
        ("", DEFAULT_WAY_OUT),
        ("Reply STOP to leave", "Reply STOP to leave"),
        ("回复退订不再接收", "回复退订不再接收"),
        ("Nonstop news no more", "STOP: Nonstop news no more"),
    ],
)
def test_the_way_out_of_a_broadcast_is_the_same_line_to_one_and_to_many(way_out: str, line: str) -> None:
    choice = Choice(title=way_out or WAY_OUT_TITLE, value="STOP")
    said = f"Hi\n\n{line}"
    assert content(to(Text(text="Hi"), (choice,), "broadcast")) == said
    assert mass_message(Text(text="Hi"), way_out=way_out) == {"msgtype": "text", "text": {"content": said}}


@pytest.mark.parametrize(
    ("button", "line"),
    [
        (Button(kind="url", title="Open", value="https://e.com"), "Open: https://e.com"),
        (Button(kind="phone", title="Call", value="+4930123456"), "Call: +4930123456"),
        (Button(kind="flow", title="Begin", value="onboarding"), "onboarding: Begin"),
        (Button(kind="reply", title="Yes please", value="yes"), "yes: Yes please"),
    ],
)
def test_a_button_is_a_line(button, line):
    assert content(to(Text(text="Hi", buttons=(button,)))) == f"Hi\n\n{line}"


def test_customer_messages_have_wechats_flat_form():
    assert personal(to(Text(text="你好"))) == {"touser": OPENID, "msgtype": "text", "text": {"content": "你好"}}
    assert personal(to(PICTURE)) == {"touser": OPENID, "msgtype": "image", "image": {"media_id": "media-1"}}
    assert personal(to(Articles(articles=(ARTICLE,)))) == {
        "touser": OPENID,
        "msgtype": "news",
        "news": {
            "articles": [
                {
                    "title": "Doors",
                    "description": "At 7.",
                    "url": "https://e.com/1",
                    "picurl": "http://mmbiz.qpic.cn/1",
                }
            ]
        },
    }


def test_the_choices_of_a_picture_follow_it_and_those_of_an_article_stand_in_it():
    picture, lines = customer_messages(to(PICTURE, STOP, "broadcast"))
    assert (picture["msgtype"], lines["text"]["content"]) == ("image", DEFAULT_WAY_OUT)
    news = personal(to(Articles(articles=(ARTICLE,)), STOP, "broadcast"))["news"]["articles"][0]
    assert news["description"] == f"At 7.\n\n{DEFAULT_WAY_OUT}"


def test_choices_are_lines_to_tap_where_the_account_may():
    body = personal(to(Text(text="Send it?"), YES_NO), menus=True)
    assert body["msgmenu"] == {
        "head_content": "Send it?",
        "list": [{"id": "1", "content": "Yes"}, {"id": "2", "content": "No"}],
    }
    assert personal(to(Text(text="Hi")), menus=True)["msgtype"] == "text"
    assert personal(to(Text(text="Hi"), STOP, "broadcast"), menus=True)["msgtype"] == "text"


@pytest.mark.parametrize(
    "message", [Image(url="http://mmbiz.qpic.cn/1"), Articles(articles=(ARTICLE, ARTICLE)), Card(title="T")]
)
def test_what_cannot_be_shown_to_one_person_makes_no_call(message):
    assert customer_messages(to(message)) == ()


@given(words=st.text(st.characters(exclude_categories=["Cs", "Cc"])), size=st.integers(0, 3000), many=st.integers(0, 9))
def test_a_reply_fits_2048_bytes_and_keeps_all_its_choices(words, size, many):
    choices = tuple(Choice(title=f"选择{number}", value="x") for number in range(many))
    said = content(to(Text(text=(words + "好") * (size // 10 + 1)), choices))
    assert len(said.encode()) <= 2048
    assert all(f"{number}. {choice.title}" in said for number, choice in enumerate(choices, 1))


def test_a_broadcast_is_never_cut():
    long = "好" * 1000
    assert content(to(Text(text=long), (), "broadcast")) == long


def test_mass_messages_have_wechats_form():
    assert mass_message(Text(text="Hi"), way_out="Reply STOP to leave") == {
        "msgtype": "text",
        "text": {"content": "Hi\n\nReply STOP to leave"},
    }
    assert mass_message(PICTURE, way_out="") == {
        "msgtype": "image",
        "images": {"media_ids": ["media-1"], "recommend": DEFAULT_WAY_OUT},
    }
    assert mass_message(Articles(articles=(ARTICLE,)), way_out="", draft="draft-1") == {
        "msgtype": "mpnews",
        "mpnews": {"media_id": "draft-1"},
        "send_ignore_reprint": 0,
    }


@pytest.mark.parametrize("message", [Image(url="u"), Articles(articles=(ARTICLE,)), Card(title="T")])
def test_what_is_not_uploaded_or_unknown_is_not_mass_sent(message):
    assert mass_message(message, way_out="") is None
    assert preview_message(message, way_out="") is None


def test_a_preview_shows_a_picture_in_the_older_form():
    assert preview_message(PICTURE, way_out="") == {"msgtype": "image", "image": {"media_id": "media-1"}}
    assert preview_message(Text(text="Hi"), way_out="STOP") == mass_message(Text(text="Hi"), way_out="STOP")
    news = preview_message(Articles(articles=(ARTICLE,)), way_out="", draft="d")
    assert news == {"msgtype": "mpnews", "mpnews": {"media_id": "d"}}


def test_a_draft_has_wechats_fields_and_the_way_out_at_its_very_end():
    plain = ARTICLE.model_copy(update={"body": "One & two\n\nThree <3"})
    html = ARTICLE.model_copy(update={"body": "<h1>One</h1>"})
    first, last = draft_articles(
        Articles(articles=(plain, html)), way_out="STOP?", covers={"http://mmbiz.qpic.cn/1": "thumb-1"}
    )
    assert first == {
        "article_type": "news",
        "title": "Doors",
        "author": "Ann",
        "digest": "At 7.",
        "content": "<p>One &amp; two</p><p>Three &lt;3</p>",
        "content_source_url": "https://e.com/1",
        "thumb_media_id": "thumb-1",
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
    }
    assert last["content"] == "<h1>One</h1><p>STOP?</p>"
