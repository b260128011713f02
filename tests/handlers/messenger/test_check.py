"""What Messenger refuses that no table of limits can say."""

import pytest

from handlers.content import Article, Articles, Button, Card, Carousel, Content, Image, Text
from handlers.messenger.check import check

LINK = "https://example.com/page"


def button(kind, value):
    return Text(text="hi", buttons=(Button(kind=kind, title="Tap", value=value),))


CASES = (
    ("a picture without a scheme", Image(url="example.com/a.png"), "bad_address"),
    ("a picture on this machine", Image(url="file:///etc/passwd"), "bad_address"),
    ("a picture without a host", Image(url="https:///a.png"), "bad_address"),
    ("a button's link", button("url", "javascript:alert(1)"), "bad_address"),
    ("a phone number without a country", button("phone", "030 123456"), "bad_phone"),
    ("a phone number with blanks", button("phone", "+49 30 123456"), "bad_phone"),
    ("a phone number in other digits", button("phone", "+٤٩٣٠١٢٣٤٥٦"), "bad_phone"),
    ("a card with a title only", Card(title="T"), "bare_card"),
    ("a card's picture", Card(title="T", image_url="ftp://example.com/a.png"), "bad_address"),
    ("a card's link", Card(title="T", link="example"), "bad_address"),
    ("a card in a carousel", Carousel(cards=(Card(title="T"),)), "bare_card"),
    ("an article without a link", Articles(articles=(Article(title="T"),)), "article_without_link"),
    ("an article's cover", Articles(articles=(Article(title="T", cover_url="x", source_url=LINK),)), "bad_address"),
    # "flow:" is part of what comes back, and counts
    ("a flow's name", button("flow", "f" * 996), "button_payload_too_long"),
    ("a button's answer", button("reply", "r" * 1001), "button_payload_too_long"),
)
FINE = (
    Image(url=LINK),
    button("url", LINK),
    button("phone", "+4930123456"),
    button("flow", "f" * 995),
    button("reply", "r" * 1000),
    Card(title="T", subtitle="S"),
    Card(title="T", link=LINK, image_url="http://example.com/a.png"),
    Articles(articles=(Article(title="T", source_url=LINK),)),
)


@pytest.mark.parametrize(("message", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_problem_is_found_and_named(message, code):
    (problem,) = check(Content(messages=(Text(text="first"), message)))
    assert problem.code == code
    assert problem.facts["message"] == 2
    assert "{" not in problem.sentence.format(**problem.facts)


@pytest.mark.parametrize("message", FINE)
def test_what_messenger_takes_passes(message):
    assert check(Content(messages=(message,))) == []


def test_every_problem_is_listed_not_only_the_first():
    message = Text(text="x" * 641, buttons=(Button(kind="url", title="y" * 21, value="nowhere"),))
    assert [problem.code for problem in check(Content(messages=(message,)))] == [
        "text_too_long",
        "button_title_too_long",
        "bad_address",
    ]


def test_the_way_out_is_a_quick_reply_of_20_characters():
    assert check(Content(messages=(Text(text="hi"),), way_out="x" * 20)) == []
    (problem,) = check(Content(messages=(Text(text="hi"),), way_out="x" * 21))
    assert problem.code == "choice_title_too_long"
