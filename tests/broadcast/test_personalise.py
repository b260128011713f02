"""Where a value is to stand in somebody's words, and what a person reads there."""

import pytest

from broadcast.personalise import Place, fill, places, with_fallback
from handlers.content import Content, Text

ROWS = (
    ("Hello {first_name|there}!", (Place("first_name", "there"),), "Hello Anna!"),
    ("Hello {{first_name|there}}!", (Place("first_name", "there"),), "Hello Anna!"),
    ("{{ first_name }}, { var.plan|a }", (Place("first_name", None), Place("var.plan", "a")), "Anna, pro"),
    ("{first_name|}", (Place("first_name", ""),), "Anna"),
    ("{{first_name}", (Place("first_name", None),), "{Anna"),
    ("{city|somewhere}", (Place("city", "somewhere"),), "somewhere"),
    ("{1} {} { }", (), "{1} {} { }"),
)


@pytest.mark.parametrize(("text", "found", "read"), ROWS)
def test_a_place_stands_in_one_pair_of_braces_or_in_two(text: str, found: tuple[Place, ...], read: str) -> None:
    assert places(text) == found
    assert fill(text, {"first_name": "Anna", "var.plan": "pro"}) == read


def test_a_fallback_goes_only_where_there_is_none() -> None:
    content = Content(messages=(Text(text="{first_name} {{first_name}} {first_name|you} {var.plan}"),))
    (message,) = with_fallback(content, "first_name", "there").messages
    assert message.text == "{first_name|there} {first_name|there} {first_name|you} {var.plan}"  # type: ignore[union-attr]
