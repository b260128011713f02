"""Every sentence to a person, in the languages of `bot/locales`: the English in the code is the message's name.

The catalogues are read from their .po files at first use, so that nothing compiled is kept beside them.
"""

import gettext
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from handlers.contract import Capabilities

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "clarion"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文"}
"""The languages there are, each by its own name."""

N_: Callable[[str], str] = str
"""Marks a message that is looked up later, so that it is found by those who extract messages."""

PLATFORMS = {"messenger": N_("Messenger"), "wechat": N_("WeChat")}
"""What people call a platform, which may differ by language; by the platform's name."""

Texts = gettext.NullTranslations
"""A catalogue: `gettext(message)` and `ngettext(singular, plural, n)`."""


def known(language: str) -> str:
    """Return the language of ours that a locale (`zh-Hans`, `zh_TW`, `de_DE`) is best spoken to in."""
    return "zh_CN" if language.casefold().startswith("zh") else ENGLISH


def platform_title(capabilities: Capabilities, catalogue: Texts) -> str:
    """Return what a platform is called in the language of a catalogue; its own title where we know of no other."""
    title = PLATFORMS.get(capabilities.name)
    return catalogue.gettext(title) if title else capabilities.title or capabilities.name


@cache
def texts(language: str) -> Texts:
    """Return the catalogue for a language or locale; English for '' and for languages we do not speak."""
    ours = known(language)
    if ours == ENGLISH:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with (LOCALES / ours / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=ours, domain=DOMAIN))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def speaker(language: str) -> Callable[[str], str]:
    """Return what says a message in a language, its named places still open: `say("Hello {name}")`."""
    return texts(language).gettext


def find_language(text: str) -> str | None:
    """Return the language that `text` names, by code or by name in either language; None when it names none."""
    said = text.strip().casefold().replace("-", "_")
    return _NAMES.get(said)


_NAMES = {
    "en": ENGLISH,
    "english": ENGLISH,
    "英语": ENGLISH,
    "英文": ENGLISH,
    "zh": "zh_CN",
    "zh_cn": "zh_CN",
    "zh_hans": "zh_CN",
    "chinese": "zh_CN",
    "simplified chinese": "zh_CN",
    "中文": "zh_CN",
    "简体中文": "zh_CN",
    "汉语": "zh_CN",
}
