"""What WeChat would refuse is refused before anything is sent, in a sentence with the numbers."""

import pytest

from handlers.content import Article, Articles, Button, Content, Image, Text
from handlers.wechat.address import may_fetch
from tests.handlers.wechat.account import make_account

OWN = "http://mmbiz.qpic.cn/mmbiz_jpg/abc/0"
ACCOUNT = make_account("http://127.0.0.1:8090")


def problems(message, way_out="") -> dict[str, str]:
    found = ACCOUNT.check(Content(messages=(message,), way_out=way_out))
    return {problem.code: problem.sentence.format(**problem.facts) for problem in found}


def articles(**fields) -> Articles:
    return Articles(articles=(Article(**{"title": "T", "body": "b", "cover_url": OWN, **fields}),))


@pytest.mark.parametrize(
    "message",
    [
        Text(text="Hi", buttons=(Button(kind="url", title="Open", value="https://example.com/"),)),
        Image(url=OWN),
        Image(url="http://127.0.0.1:8090/pictures/1.png"),
        articles(),
        articles(body=f'<p><img src="{OWN}?wx_fmt=jpeg&amp;x=1"></p>', source_url="https://example.com/"),
    ],
)
def test_what_wechat_takes_has_no_problems(message):
    assert problems(message) == {}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Text(text="Hi", buttons=(Button(kind="url", title="Open", value="javascript:x"),)), "bad_address"),
        (Image(url="https://example.com/a.png"), "picture_elsewhere"),
        (articles(cover_url=""), "article_without_cover"),
        (articles(cover_url="https://example.com/a.png"), "picture_elsewhere"),
        (articles(body=" "), "article_without_body"),
        (articles(source_url="example.com"), "bad_address"),
        (articles(source_url="https://example.com/" + "x" * 1024), "bad_address"),
        (articles(body='<img src="https://example.com/a.png">'), "article_picture_stripped"),
        (articles(body="好" * 19_990), "article_body_too_long"),
    ],
)
def test_what_wechat_would_refuse_or_drop_is_named(message, code):
    assert set(problems(message)) == {code}


def test_the_whole_of_a_text_counts_and_is_complained_of_once():
    (sentence,) = problems(Text(text="x" * 2040), "- STOP -").values()
    assert sentence == "With its buttons and the opt-out line the text is 2050 bytes long; WeChat takes at most 2048."
    assert len(ACCOUNT.check(Content(messages=(Text(text="x" * 3000),)))) == 1


def test_a_second_message_is_one_too_many():
    (problem,) = ACCOUNT.check(Content(messages=(Text(text="a"), Text(text="b"))))
    assert problem.code == "too_many_messages"


def test_a_long_mass_text_is_warned_about_at_the_size_that_was_set():
    account = make_account(mass_text_advised=100)
    assert account.mass.advise(Content(messages=(Text(text="x" * 88),), way_out="Reply STOP")) == []
    (problem,) = account.mass.advise(Content(messages=(Text(text="x" * 89),), way_out="Reply STOP"))
    assert problem.sentence.format(**problem.facts).startswith("The text is 101 characters long.")


def test_what_only_a_mass_message_can_show_is_named():
    one = articles(source_url="https://example.com/")
    assert ACCOUNT.check_personal(Content(messages=(one, Text(text="Hi")))) == []
    two = Articles(articles=one.articles * 2)
    for message in (two, articles()):
        (problem,) = ACCOUNT.check_personal(Content(messages=(message,)))
        assert problem.code == "one_article_only"


@pytest.mark.parametrize(
    "address",
    [
        OWN,
        "https://mmbiz.qpic.cn/1",
        "https://wx.qlogo.cn/mmopen/1",
        "http://127.0.0.1:8090/1.png",
    ],
)
def test_pictures_of_wechats_own_may_be_fetched(address):
    assert may_fetch(address, "http://127.0.0.1:8090")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://mmbiz.qpic.cn/1",
        "file:///etc/passwd",
        "http://qpic.cn.example.com/1",
        "http://evilqpic.cn/1",
        "http://mmbiz.qpic.cn:22/1",
        "http://mmbiz.qpic.cn@127.0.0.1/1",
        "http://127.0.0.1\\@mmbiz.qpic.cn/1",
        "http://127.0.0.1:8091/1.png",
        "https://127.0.0.1:8090/1.png",
        "http://localhost:8090/1.png",
        "http://169.254.169.254/latest",
        "http://[::1/1",
        "http://mmbiz.qpic.cn:port/1",
        "http://mmbiz.qpic.cn/1 2",
    ],
)
def test_nothing_else_is_fetched(address):
    assert not may_fetch(address, "http://127.0.0.1:8090")
