"""Stop and start, in every language we speak: heard before anything else, in any state."""

import re
import unicodedata

from bot.texts import texts
from handlers.events import ButtonPressed, Event, MessageReceived
from storage.lifecycle import Consent

STOP_WORDS = frozenset({"stop", "stop messages", "unsubscribe", "退订", "取消订阅", "停止", "不再接收"})
"""Those that can also be found in a sentence which tells people what to answer."""

SHORT_STOP_WORDS = frozenset({"t", "td", "回t退订", "回td退订", "回复t退订", "回复td退订", "回复退订"})
"""What Chinese text messages have taught people (回T退订, 回复TD退订): the letters, or all of it."""
START_WORDS = frozenset({"start", "subscribe", "订阅", "恢复订阅"})


def wish(event: Event) -> Consent | None:
    """Return what the person wants, when this event says so and nothing else."""
    match event:
        case MessageReceived(text=text, payload=payload):
            said = payload or text
        case ButtonPressed(payload=payload):
            said = payload
        case _:
            return None
    word = _bare(said)
    if word in STOP_WORDS | SHORT_STOP_WORDS:
        return Consent.OPTED_OUT
    if word in START_WORDS:
        return Consent.SUBSCRIBED
    return None


def confirmation(wanted: Consent, language: str) -> str:
    """Return how a person is told that their wish is kept."""
    _ = texts(language).gettext
    if wanted is Consent.OPTED_OUT:
        return _("You will get no more broadcasts from us. Write START to get them again.")
    return _("Welcome back. You will get our broadcasts again; write STOP to end them.")


def _bare(said: str) -> str:
    """Return words as they are compared: one width, one case, single blanks, no signs around them.

    `“ＳＴＯＰ”` and `Stop !` are STOP, and `退 订` is 退订, as Chinese has no blanks; a stop word among others in a
    sentence is not.
    """
    words = _BESIDE_CHINESE.sub("", " ".join(unicodedata.normalize("NFKC", said).casefold().split()))
    letters = [place for place, sign in enumerate(words) if unicodedata.category(sign)[0] in _OF_WORDS]
    return words[letters[0] : letters[-1] + 1] if letters else ""


_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])")
_OF_WORDS = frozenset("LN")
"""Letters and digits; all else around a word is punctuation, a quote, a blank, or a picture with its marks."""
