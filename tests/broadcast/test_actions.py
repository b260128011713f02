"""What a button does is read from one line, and what leads nowhere is refused before anybody can tap it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.actions import LONGEST_LINK, action_problems, button, read_buttons
from handlers.content import Article, Articles, Button, Card, Content, Text

READ = (
    ("[Read more](https://example.com)", "url", "https://example.com"),
    ("[ Call us ]( tel:+49 30 123-456 )", "phone", "+4930123456"),
    ("[Take the tour](flow:tour)", "flow", "tour"),
    ("[Wiki](https://example.com/a_(b))", "url", "https://example.com/a_(b)"),
)


@pytest.mark.parametrize(("line", "kind", "value"), READ)
def test_a_line_under_a_text_is_a_button(line: str, kind: str, value: str) -> None:
    text, buttons = read_buttons(f"Hello\n\n{line}\n")
    assert text == "Hello"
    assert [(one.kind, one.value) for one in buttons] == [(kind, value)]


def test_several_lines_are_several_buttons_in_their_order() -> None:
    text, buttons = read_buttons("Hello\nyou\n[One](https://a.example)\n[Two](flow:b)")
    assert text == "Hello\nyou"
    assert [one.title for one in buttons] == ["One", "Two"]


@pytest.mark.parametrize(
    "text",
    ["Hello", "See [here](https://example.com) for more", "[1](footnote)", "[a] (https://b.example)", "\n\n", ""],
)
def test_anything_else_stays_as_it_was_written(text: str) -> None:
    assert read_buttons(text) == (text, ())


@given(st.text())
def test_words_without_a_button_are_kept_to_the_letter(text: str) -> None:
    kept, buttons = read_buttons(text)
    assert buttons or kept == text


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("+49 (30) 123-456", "phone", "+4930123456"),
        ("030 123456", "phone", "030123456"),
        ("https://example.com/2026/11/24", "url", "https://example.com/2026/11/24"),
        ("example.com", "url", "example.com"),
        ("Flow: tour", "flow", "tour"),
    ],
)
def test_what_a_button_does_is_told_by_how_it_is_written(typed: str, kind: str, value: str) -> None:
    assert (button("x", typed).kind, button("x", typed).value) == (kind, value)


WRONG = (
    ("url", "example.com", "bad_link"),
    ("url", "ftp://example.com", "bad_link"),
    ("url", "javascript:alert(1)", "bad_link"),
    ("url", "https://", "bad_link"),
    ("url", "https://exa mple.com", "bad_link"),
    ("url", "https://[::1", "bad_link"),
    ("url", "https://example.com:port", "bad_link"),
    ("url", "https://anna:secret@example.com", "link_with_user"),
    ("url", "https://facebook.com@evil.example", "link_with_user"),
    ("url", "https://example.com/" + "x" * LONGEST_LINK, "link_too_long"),
    ("phone", "030123456", "bad_number"),
    ("phone", "+1234567890123456", "bad_number"),
    ("flow", "toor", "missing_flow"),
)


@pytest.mark.parametrize(("kind", "value", "code"), WRONG)
def test_a_button_that_leads_nowhere_is_refused(kind: str, value: str, code: str) -> None:
    content = Content(messages=(Text(text="Hello", buttons=(Button.model_validate(_made(kind, value)),)),))
    assert [problem.code for problem in action_problems(content, ["tour"])] == [code]


def _made(kind: str, value: str) -> dict[str, str]:
    return {"kind": kind, "title": "x", "value": value}


@pytest.mark.parametrize(
    ("kind", "value"), [("url", "https://example.com/ü?a=1#b"), ("phone", "+4930123456"), ("flow", "tour")]
)
def test_a_button_that_leads_somewhere_is_no_problem(kind: str, value: str) -> None:
    content = Content(messages=(Card(title="x", buttons=(Button.model_validate(_made(kind, value)),)),))
    assert action_problems(content, ["tour"]) == []


def test_links_of_cards_and_articles_are_looked_at_too() -> None:
    content = Content(
        messages=(Card(title="x", link="nowhere"), Articles(articles=(Article(title="y", source_url="no"),)))
    )
    assert [problem.facts["message"] for problem in action_problems(content, [])] == [1, 2]


def test_a_missing_flow_is_answered_with_the_nearest_or_with_those_there_are() -> None:
    content = Content(messages=(Text(text="x", buttons=(Button(kind="flow", title="x", value="toor"),)),))
    assert action_problems(content, ["tour", "survey"])[0].facts["near"] == "tour"
    assert action_problems(content, ["survey", "gift"])[0].facts["known"] == "survey, gift"
    assert "no flow is set up" in action_problems(content, [])[0].sentence
