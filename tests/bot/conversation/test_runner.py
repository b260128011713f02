from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation import runner
from bot.conversation.runner import converse
from broadcast.service import Desk
from handlers.content import Text
from handlers.events import ButtonPressed, Delivered, Event, MessageReceived
from storage import conversations
from storage.conversations import Overtaken
from storage.lifecycle import BroadcastStatus
from storage.models import Admin

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def anna(desk: Desk) -> Admin:
    return Admin.create(channel=desk.channel_id, platform_user_id="anna", role="sender", added_at=NOW)


def wrote(text: str = "", **given: Any) -> MessageReceived:
    return MessageReceived(key="m", person="anna", at=NOW, text=text, **given)


def said(desk: Desk, anna: Admin, event: Event) -> list[str]:
    messages = [out.message for out in converse(desk, anna, event, NOW)]
    return [message.text for message in messages if isinstance(message, Text)]


@pytest.mark.parametrize(
    "event",
    [
        wrote("Good morning"),
        wrote("2"),
        wrote("undo"),
        wrote("Plans", payload="flow:plans"),
        ButtonPressed(key="b", person="anna", at=NOW, payload="flow:plans", title="Plans"),
        Delivered(key="d", person="anna", at=NOW, watermark=NOW),
    ],
)
def test_what_is_not_meant_for_the_conversation_is_left_to_others(desk: Desk, anna: Admin, event: Event) -> None:
    assert converse(desk, anna, event, NOW) == ()
    assert conversations.load(desk.channel_id, "anna") == ("", {}, 0)


FOREIGN = (
    ButtonPressed(key="b", person="anna", at=NOW, payload="flow:feedback|1.0.0", title="Tell me"),
    ButtonPressed(key="b", person="anna", at=NOW, payload="GET_STARTED", title="Get Started"),
    wrote("Soup", payload="f:lunch/menu/soup"),
    wrote("done", payload="f:lunch/menu/done"),
)


@pytest.mark.parametrize(
    "event", FOREIGN, ids=["a flow", "get started", "an answer to a flow", "an answer like a word"]
)
def test_a_tap_that_is_for_others_is_no_answer_in_the_middle_of_building(desk: Desk, anna: Admin, event: Event) -> None:
    for text in ("/broadcast new Sale", "now", "everyone", "Hello"):
        converse(desk, anna, wrote(text), NOW)
    before = conversations.load(desk.channel_id, "anna")
    assert converse(desk, anna, event, NOW) == ()
    assert conversations.load(desk.channel_id, "anna") == before
    (draft,) = desk.listed()
    assert draft.content.messages == (Text(text="Hello"),)


def test_a_native_command_is_the_typed_one(desk: Desk, anna: Admin) -> None:
    assert said(desk, anna, wrote("new Sale", command="broadcast"))[0].startswith("“Sale” it is.")


def test_a_question_is_repeated_in_the_language_just_chosen(desk: Desk, anna: Admin) -> None:
    said(desk, anna, wrote("/broadcast new Sale"))
    now_chinese = said(desk, anna, wrote("/language 中文"))
    anna.language = "zh_CN"
    assert now_chinese[-1].split("\n\n")[-1] == said(desk, anna, wrote("/timezone Berlin"))[-1].split("\n\n")[-1]


def test_a_card_is_repeated_in_the_time_zone_just_chosen(desk: Desk, anna: Admin) -> None:
    for words in ("/broadcast new Sale", "24 dec 18:00", "everyone", "Hello", "done"):
        said(desk, anna, wrote(words))
    assert "02:00 Asia/Tokyo" in said(desk, anna, wrote("/timezone Tokyo"))[-1]


def test_a_button_of_the_menu_is_a_command(desk: Desk, anna: Admin) -> None:
    tapped = ButtonPressed(key="b", person="anna", at=NOW, payload="/broadcast drafts", title="Drafts")
    assert said(desk, anna, tapped) == ["There are no drafts. Begin one: /broadcast new"]


def test_a_message_that_was_overtaken_is_taken_again_and_done_once(
    desk: Desk, anna: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, calls = conversations.save, []

    def overtaken_once(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 1:
            raise Overtaken
        save(*given)

    monkeypatch.setattr(runner.conversations, "save", overtaken_once)
    assert said(desk, anna, wrote("/broadcast new Sale"))[0].startswith("“Sale” it is.")
    assert [draft.name for draft in desk.listed(BroadcastStatus.DRAFT)] == ["Sale"]


def test_a_message_that_is_always_overtaken_is_asked_for_again(
    desk: Desk, anna: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*given: Any) -> None:
        raise Overtaken

    monkeypatch.setattr(runner.conversations, "save", overtaken)
    answer = said(desk, anna, wrote("/broadcast new Sale"))
    assert answer == ["Your messages came faster than I could read. Please send the last one again."]
    assert desk.listed() == []


def test_a_state_of_another_release_is_taken_for_none(desk: Desk, anna: Admin) -> None:
    conversations.save(desk.channel_id, "anna", "poetry", {"mood": "blue"}, 0, NOW)
    assert converse(desk, anna, wrote("a rhyme"), NOW) == ()
    assert said(desk, anna, wrote("/broadcast new"))[0].startswith("What shall I call it?")


def test_texts_and_pictures_of_one_message_are_added_together(desk: Desk, anna: Admin) -> None:
    for text in ("/broadcast new Sale", "now", "everyone"):
        converse(desk, anna, wrote(text), NOW)
    converse(desk, anna, wrote("Look:", image_urls=("https://example.com/a.jpg", "https://example.com/b.jpg")), NOW)
    (draft,) = desk.listed()
    assert [message.kind for message in draft.content.messages] == ["text", "image", "image"]


def test_the_words_of_a_message_are_kept_to_the_letter(desk: Desk, anna: Admin) -> None:
    for text in ("/broadcast new Sale", "now", "everyone", "  Two  spaces\n\nand a gap\n"):
        converse(desk, anna, wrote(text), NOW)
    (draft,) = desk.listed()
    assert draft.content.messages == (Text(text="  Two  spaces\n\nand a gap\n"),)


@pytest.mark.parametrize("text", ["Test", "Everyone", "now", "Send", "schedule", "Time", "2026", "All"])
def test_words_of_other_questions_are_content_among_the_messages(desk: Desk, anna: Admin, text: str) -> None:
    for line in ("/broadcast new Sale", "now", "everyone", text):
        converse(desk, anna, wrote(line), NOW)
    (draft,) = desk.listed()
    assert draft.content.messages == (Text(text=text),)


@pytest.mark.parametrize("text", ["Everyone", "Done", "Messages", "now"])
def test_words_of_other_questions_can_be_a_name(desk: Desk, anna: Admin, text: str) -> None:
    for line in ("/broadcast new", text):
        converse(desk, anna, wrote(line), NOW)
    assert [draft.name for draft in desk.listed()] == [text]


def test_a_text_over_the_limit_is_refused_with_the_limit_and_its_size(desk: Desk, anna: Admin) -> None:
    for line in ("/broadcast new Sale", "now", "everyone"):
        converse(desk, anna, wrote(line), NOW)
    (answer,) = said(desk, anna, wrote("x" * 2001))
    assert "2,001 characters" in answer
    assert "at most 2,000" in answer
    (draft,) = desk.listed()
    assert draft.content.messages == ()
