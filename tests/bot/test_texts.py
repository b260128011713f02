"""Every sentence to a person is there in every language, and none is left over."""

from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.locales.update import extracted
from bot.texts import DOMAIN, ENGLISH, LANGUAGES, LOCALES, find_language, known, speaker, texts

OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def messages(found: Catalog) -> dict[object, Message]:
    return {message.id: message for message in found if message.id}


def places(*texts_: str) -> set[str]:
    return {name for text in texts_ for _, name, _, _ in Formatter().parse(text) if name}


def both(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_the_sentences_of_the_code_and_no_others(language: str) -> None:
    """`make messages` adds what is missing here and drops what is left over."""
    assert set(messages(catalogue(language))) == set(messages(extracted()))


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_a_guess(language: str) -> None:
    found = messages(catalogue(language)).values()
    assert [message.id for message in found if message.fuzzy or not all(both(message.string))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_places_of_its_sentence(language: str) -> None:
    wrong = [
        message.id
        for message in messages(catalogue(language)).values()
        if all(both(message.string))
        and (
            places(*both(message.string)) - places(*both(message.id))
            or places(both(message.id)[-1]) - places(*both(message.string))
        )
    ]
    assert wrong == []


def test_a_language_we_do_not_speak_is_english() -> None:
    assert texts("de").gettext("Send") == "Send"
    assert texts("").gettext("Send") == "Send"


@pytest.mark.parametrize("locale", ["zh_CN", "zh-Hans", "zh_TW", "zh"])
def test_every_kind_of_chinese_is_spoken_to_in_ours(locale: str) -> None:
    assert known(locale) == "zh_CN"
    assert speaker(locale)("Send") == "发送"


@pytest.mark.parametrize(
    ("text", "language"),
    [("English", "en"), ("中文", "zh_CN"), (" ZH-CN ", "zh_CN"), ("Klingon", None), ("", None)],
)
def test_a_language_is_found_by_code_or_name(text: str, language: str | None) -> None:
    assert find_language(text) == language
