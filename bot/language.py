"""Which language somebody reads of whom nothing is known but what they have just written."""

import re

from bot.texts import ENGLISH, LANGUAGES

CHINESE = next(language for language in LANGUAGES if language != ENGLISH)

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_OTHERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
"""Kana and Hangul: Japanese and Korean are written with Chinese signs among them."""


def of_words(text: str) -> str:
    """Return the language that words are certainly in; '' for those in Latin letters, which everybody uses."""
    return CHINESE if _HAN.search(text) and not _OTHERS.search(text) else ""
