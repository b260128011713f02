"""Every conversation in this folder goes as it is written down."""

import re
from pathlib import Path
from typing import Any

import peewee as pw
import pytest

from tests.scenarios.document import PAGE, page
from tests.support.clock import Clock
from tests.support.transcript import Stage, agrees

_ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
HERE = Path(__file__).parent
CHATS = sorted(HERE.rglob("*.chat"))
TEN = (
    "first_broadcast_ever", "typo_in_the_time", "change_of_mind", "resumed_next_day", "clone_of_last_month",
    "wrong_audience", "no_quota_left", "second_approver_refuses", "picture_too_large", "undo_at_the_last_second",
)  # fmt: skip


PLAYS = [(chat, kind) for chat in CHATS for kind in ("sqlite", "postgres") if kind == "sqlite" or chat.parent == HERE]
"""The ten are told four times; what they do in the database they do alike each time, so one kind is enough."""


@pytest.mark.parametrize(
    ("chat", "database"),
    PLAYS,
    indirect=["database"],
    ids=[f"{chat.relative_to(HERE).with_suffix('')}-{kind}" for chat, kind in PLAYS],
)
def test_the_conversation_goes_as_written(chat: Path, database: pw.Database, make_desk: Any, clock: Clock) -> None:
    written = chat.read_text("utf-8")
    played = Stage(make_desk(), clock).play(written)
    assert agrees(written, played), played


@pytest.mark.parametrize("platform", ["messenger", "wechat"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_ten_conversations_are_there_in_both_languages_and_on_both_platforms(platform: str, language: str) -> None:
    assert {chat.stem for chat in (HERE / platform / language).glob("*.chat")} == set(TEN)


@pytest.mark.parametrize("chat", sorted(HERE.rglob("zh/*.chat")), ids=lambda chat: f"{chat.parts[-3]}-{chat.stem}")
def test_a_conversation_in_chinese_has_no_english_sentence_in_it(chat: Path) -> None:
    """A new admin is welcomed before a language is chosen."""
    answers = [line.partition("> ")[2] or line for line in chat.read_text("utf-8").splitlines() if _said(line)]
    assert [
        line for line in answers if _ENGLISH.search(line) and line.isascii() and not line.startswith("Welcome! ")
    ] == []


def _said(line: str) -> bool:
    return line.startswith(("bot", "   | "))


def test_the_document_shows_the_conversations_as_they_are() -> None:
    """`python -m tests.scenarios.document` writes it anew."""
    assert PAGE.read_text("utf-8") == page()
