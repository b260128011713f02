"""Content against a table: units, both sides of a number, and sentences."""

from datetime import timedelta

import pytest

from handlers.content import Article, Articles, Button, Card, Carousel, Choice, Content, Image, Text
from handlers.contract import Capabilities, Limit
from handlers.fit import TOO_MUCH, fit, fit_message, measure

KINDS = frozenset({"text", "image", "card", "carousel", "articles"})


def platform(*limits, kinds=KINDS, choices=True):
    return Capabilities(
        name="pigeon",
        kinds=kinds,
        limits=tuple(Limit(what, most, unit, "a page", "2026-11-23") for what, most, unit in limits),
        choices=choices,
        passive_replies=False,
        receipts=False,
        default_rate=1,
        window=timedelta(hours=1),
        title="Pigeon",
    )


def codes(content, capabilities):
    return [problem.code for problem in fit(content, capabilities)]


def said(*messages, way_out=""):
    return Content(messages=messages, way_out=way_out)


def test_a_thousand_chinese_characters_fit_2000_characters_and_not_2048_bytes():
    content = said(Text(text="好" * 1000))
    assert codes(content, platform(("text", 2000, "characters"))) == []
    (problem,) = fit(content, platform(("text", 2048, "bytes")))
    assert problem.sentence.format(**problem.facts) == "The text is 3000 bytes long; Pigeon takes at most 2048."


@pytest.mark.parametrize("name", TOO_MUCH)
def test_without_a_row_nothing_is_limited(name):
    huge = "x" * 5000
    button = Button(kind="reply", title=huge, value=huge)
    card = Card(title=huge, subtitle=huge, buttons=(button,) * 50)
    article = Article(title=huge, author=huge, digest=huge, body=huge)
    content = said(
        Text(text=huge, buttons=(button,) * 50),
        Carousel(cards=(card,) * 50),
        Articles(articles=(article,) * 50),
        way_out=huge,
    )
    assert codes(content, platform()) == []
    only = platform((name, 1, "characters"), choices=name != "way_out")
    assert set(codes(content, only)) <= {TOO_MUCH[name].code}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_sentence_needs_only_the_facts_it_is_given(name):
    facts = {"size": 3, "most": 2, "unit": "bytes", "platform": "Pigeon", "value": "x"}
    sentence = TOO_MUCH[name].sentence.format(**facts)
    assert "3" in sentence
    assert "2" in sentence
    assert sentence.endswith(".")


BLANKS = (
    ("nothing at all", said(), "empty"),
    ("blanks for a text", said(Text(text=" \n")), "blank_text"),
    ("a card without a title", said(Card(title=" ")), "blank_title"),
    ("an article without a title", said(Articles(articles=(Article(title=""),))), "blank_title"),
    ("a carousel without cards", said(Carousel(cards=())), "no_cards"),
    ("articles without one", said(Articles(articles=())), "no_articles"),
    (
        "a button without words",
        said(Text(text="hi", buttons=(Button(kind="reply", title=" ", value="x"),))),
        "blank_button",
    ),
    (
        "a button that does nothing",
        said(Card(title="hi", buttons=(Button(kind="flow", title="x", value=" "),))),
        "blank_button",
    ),
    ("blanks for a way out", said(Text(text="hi"), way_out=" "), "blank_choice"),
)


@pytest.mark.parametrize(("content", "code"), [case[1:] for case in BLANKS], ids=[case[0] for case in BLANKS])
def test_what_is_missing_is_a_problem_on_every_platform(content, code):
    assert codes(content, platform()) == [code]


def test_a_kind_the_platform_cannot_show_is_named_and_not_measured():
    only_text = platform(("card_title", 1, "characters"), kinds=frozenset({"text"}))
    (problem,) = fit(said(Text(text="hi"), Card(title="long")), only_text)
    assert (problem.code, problem.facts["kind"], problem.facts["message"]) == ("kind_unsupported", "card", 2)
    assert problem.sentence.format(**problem.facts) == "Pigeon cannot show this kind of message (card)."


def test_buttons_take_the_tighter_limit_for_the_text_above_them():
    tight = platform(("text", 20, "characters"), ("text_with_buttons", 6, "characters"))
    button = Button(kind="reply", title="x", value="x")
    assert codes(said(Text(text="x" * 20)), tight) == []
    assert codes(said(Text(text="x" * 6, buttons=(button,))), tight) == []
    assert codes(said(Text(text="x" * 7, buttons=(button,))), tight) == ["text_too_long"]


def test_the_way_out_is_one_of_the_quick_replies():
    none_allowed = platform(("choices", 0, "quick replies"), ("choice_title", 4, "characters"))
    assert codes(said(Text(text="a"), Text(text="b"), way_out="Stop"), none_allowed) == ["too_many_choices"]
    assert codes(said(Text(text="a")), none_allowed) == []


def test_the_way_out_is_a_line_where_there_are_no_quick_replies():
    lines = platform(("choices", 0, "quick replies"), ("way_out", 6, "bytes"), choices=False)
    assert codes(said(Text(text="a"), way_out="退订"), lines) == []
    assert codes(said(Text(text="a"), way_out="退订。"), lines) == ["way_out_too_long"]


def test_the_choices_of_one_message_are_counted():
    two = platform(("choices", 2, "quick replies"))
    choices = (Choice(title="a", value="a"),) * 3
    assert fit_message(Text(text="?"), choices[:2], two) == []
    assert [problem.code for problem in fit_message(Text(text="?"), choices, two)] == ["too_many_choices"]


def test_a_picture_has_nothing_to_measure():
    assert codes(said(Image(url="anything")), platform(("text", 0, "characters"))) == []


def test_measuring_answers_in_the_limits_unit():
    assert measure("text", "好", platform(("text", 9, "bytes")))[0] == 3
    assert measure("text", "好", platform(("text", 9, "characters")))[0] == 1
    assert measure("cards", (1, 2), platform(("cards", 9, "cards")))[0] == 2
    assert measure("cards", (1, 2), platform()) is None
