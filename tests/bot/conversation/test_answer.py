import pytest

from bot.conversation.answer import Answer, read, typed_value, word_value
from bot.conversation.memory import Memory
from handlers.content import Choice
from tests.bot.conversation.turns import turn

OFFERED = Memory(
    choices=(
        Choice(title="Send to 3", value=word_value("send", "7.abc")),
        Choice(title="Preview", value=word_value("preview")),
        Choice(title="Thu 4 Mar", value=typed_value("2027-03-04 10:00 Europe/Berlin")),
        Choice(title="Drafts (2)", value="/broadcast drafts"),
    )
)

SAME = (
    ("the number", {"text": "1"}, "send"),
    ("the number with a dot", {"text": "1."}, "send"),
    ("a wide number", {"text": "２"}, "preview"),
    ("a wide number with a list's mark", {"text": "２、"}, "preview"),
    ("a wide number with a full stop", {"text": "２。"}, "preview"),
    ("a number with a blank and a dot", {"text": " 2 . "}, "preview"),
    ("a number with a bracket", {"text": "2)"}, "preview"),
    ("a number in wide brackets", {"text": "（2）"}, "preview"),
    ("the label in another case", {"text": "SEND TO 3"}, "send"),
    ("the word", {"text": "Send"}, "send"),
    ("the word in Chinese", {"text": "发送"}, "send"),
    ("the word in Chinese with now", {"text": "现在发送"}, "send"),
    ("the tapped button", {"text": "Send to 3", "payload": "b:send#7.abc"}, "send"),
)


@pytest.mark.parametrize(("given", "word"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_number_label_word_and_button_mean_the_same(given: dict[str, str], word: str) -> None:
    assert read(turn(**given), OFFERED).word == word


def test_a_choice_of_a_text_counts_as_having_typed_it() -> None:
    assert read(turn(text="3"), OFFERED).text == "2027-03-04 10:00 Europe/Berlin"


def test_a_choice_of_a_command_is_that_command() -> None:
    assert read(turn(text="drafts (2)"), OFFERED).command == "/broadcast drafts"


def test_a_number_that_was_not_offered_is_only_a_text() -> None:
    assert read(turn(text="5"), OFFERED) == Answer(text="5", typed="5")


def test_a_word_inside_a_sentence_is_no_word() -> None:
    assert read(turn(text="Send me a postcard"), OFFERED).word == ""


def test_an_old_button_of_a_card_says_which_card_it_stood_on() -> None:
    answer = read(turn(text="Send to 9", payload="b:send#9.xyz"), OFFERED)
    assert (answer.word, answer.card, answer.stale) == ("send", "9.xyz", False)


def test_an_old_button_of_any_other_question_is_stale() -> None:
    assert read(turn(text="Everyone", payload="b:everyone"), OFFERED).stale
    assert read(turn(text="Mon", payload="b:=2027-01-01 9:00"), OFFERED).stale


def test_a_wide_slash_begins_a_command_too() -> None:
    assert read(turn(text="／broadcast new"), OFFERED).command == "/broadcast new"


ESCAPED = (
    ("\\done", "done"),
    ('"done"', "done"),
    ("“完成”", "完成"),
    ("\\/50% off", "/50% off"),
    ("\\remove 2", "remove 2"),
    ("\\2", "2"),
    ('"1"', "1"),
)


@pytest.mark.parametrize(("typed", "meant"), ESCAPED)
def test_a_backslash_or_quotes_keep_a_word_from_being_taken(typed: str, meant: str) -> None:
    assert read(turn(text=typed), OFFERED) == Answer(text=meant, typed=typed, escaped=True)


PLAIN = ('"To be or not to be"', "\\o/ party", '""', "  two spaces  ", "¯\\_(ツ)_/¯")


@pytest.mark.parametrize("text", PLAIN)
def test_words_that_would_not_be_taken_stay_as_they_are(text: str) -> None:
    answer = read(turn(text=text), OFFERED)
    assert (answer.text, answer.escaped) == (text, False)
