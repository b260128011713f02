"""Reads the short orders about the messages of a draft: `remove 2`, `move 2 up`, `edit 2`."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.conversation.words import plain

_NUMBER = r"#?(\d{1,2})"
Verb = Literal["remove", "replace", "up", "down"]
_ORDERS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    ("remove", re.compile(rf"(?:remove|delete) {_NUMBER}|删除 ?{_NUMBER}")),
    ("replace", re.compile(rf"(?:edit|replace|change) {_NUMBER}|(?:修改|替换) ?{_NUMBER}")),
    ("up", re.compile(rf"move {_NUMBER} up|上移 ?{_NUMBER}")),
    ("down", re.compile(rf"move {_NUMBER} down|下移 ?{_NUMBER}")),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """An order about one message, counted from 1."""

    verb: Verb
    number: int


def read_edit(text: str) -> Edit | None:
    """Return the order that `text` is exactly, or None."""
    for verb, pattern in _ORDERS:
        if match := pattern.fullmatch(plain(text)):
            return Edit(verb, next(int(group) for group in match.groups() if group))
    return None
