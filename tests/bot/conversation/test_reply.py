from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.reply import outgoing, split
from bot.conversation.turn import Say, Show
from handlers.content import Choice, Content, Image, Template, TemplateValue, Text
from handlers.contract import Limit
from handlers.messenger.capabilities import CAPABILITIES

BYTES = replace(CAPABILITIES, choices=False, limits=(Limit("text", 60, "bytes", "a test", "2026-11-24"),))
CHARACTERS = replace(CAPABILITIES, limits=(Limit("text", 20, "characters", "a test", "2026-11-24"),))


@given(st.text(alphabet="ab 中文😀\n", max_size=300))
def test_every_part_fits_and_no_word_is_lost(text: str) -> None:
    parts = split(text, BYTES)
    assert all(len(part.encode()) <= 60 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_between_lines_where_that_is_possible() -> None:
    assert split("one line\nanother line\nthird", CHARACTERS) == ["one line", "another line\nthird"]


def test_words_that_follow_each_other_are_one_message_with_the_last_choices() -> None:
    first, last = Choice(title="A", value="b:a"), Choice(title="B", value="b:b")
    (only,) = outgoing((Say("One.", (first,)), Say("Two.", (last,)), Say("Three.")), "anna", CAPABILITIES)
    assert only.message == Text(text="One.\n\nTwo.\n\nThree.")
    assert only.choices == (last,)
    assert (only.to, only.purpose) == ("anna", "reply")


def test_without_quick_replies_choices_are_numbered_lines() -> None:
    choices = (Choice(title="Send", value="b:send"), Choice(title="Save", value="b:save"))
    (only,) = outgoing((Say("Ready.", choices),), "anna", replace(CAPABILITIES, choices=False))
    assert only.message == Text(text="Ready.\n\n1. Send\n2. Save")
    assert only.choices == ()


def test_a_title_that_is_too_long_is_cut_and_spelled_out_in_the_text() -> None:
    choices = (Choice(title="Short", value="b:a"), Choice(title="Sat 3 Apr 2027, 10:00 Berlin", value="b:=x"))
    (only,) = outgoing((Say("Which?", choices),), "anna", CAPABILITIES)
    assert only.message == Text(text="Which?\n2. Sat 3 Apr 2027, 10:00 Berlin")
    assert [choice.title for choice in only.choices] == ["Short", "Sat 3 Apr 2027, 10:…"]
    assert [choice.value for choice in only.choices] == ["b:a", "b:=x"]


def test_a_title_that_stands_in_the_text_already_is_not_spelled_out_again() -> None:
    choices = (Choice(title="https://example.com/spring", value="/broadcast 2"),)
    (only,) = outgoing((Say("#2 https://example.com/spring: sent", choices),), "anna", CAPABILITIES)
    assert only.message == Text(text="#2 https://example.com/spring: sent")


def test_no_more_choices_are_offered_than_the_platform_shows() -> None:
    choices = tuple(Choice(title=str(number), value=f"b:{number}") for number in range(20))
    (only,) = outgoing((Say("Which?", choices),), "anna", CAPABILITIES)
    assert len(only.choices) == CAPABILITIES.most("choices")


def test_a_long_answer_keeps_its_choices_at_the_end() -> None:
    parts = outgoing((Say("word " * 10, (Choice(title="Go", value="b:go"),)),), "anna", CHARACTERS)
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]


@pytest.mark.parametrize("values", [{"first_name": "Ida"}, {}])
def test_a_preview_is_what_a_subscriber_would_get_without_the_mark(values: dict[str, str]) -> None:
    content = Content(messages=(Text(text="Hi {first_name|you}"), Image(url="https://example.com/a.jpg")))
    first, last = outgoing((Show(content, values),), "anna", CAPABILITIES)
    assert first.message == Text(text=f"Hi {values.get('first_name', 'you')}")
    assert (first.purpose, last.purpose, first.metadata, last.metadata) == ("broadcast", "broadcast", "", "")
    assert not first.choices
    assert [choice.value for choice in last.choices] == ["STOP"]


def test_a_template_is_previewed_with_its_values_and_without_the_mark() -> None:
    template = Template(name="visit", language="en", values=(TemplateValue(name="1", text="{first_name|there}"),))
    content = Content(messages=(Text(text="Hi"),), template=template)
    (shown,) = outgoing((Show(content, {"first_name": "Mei"}, template=True),), "anna", CAPABILITIES)
    assert isinstance(shown.message, Template)
    assert [value.text for value in shown.message.values] == ["Mei"]
    assert (shown.to, shown.metadata, shown.choices) == ("anna", "", ())
