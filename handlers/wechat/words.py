"""What WeChat has no widgets for, in words: buttons, choices and the way out as lines under a text. Pure."""

import re
from collections.abc import Iterable

from handlers.content import WAY_OUT_TITLE, Button, Choice, Outgoing, Text

# The opt-out line of a broadcast that brings no words of its own. Subscribers' languages are not known to
# WeChat (`language` is no longer provided), so it says the same in both.
DEFAULT_WAY_OUT = "回复 退订 不再接收 · Reply STOP to stop"

_WORD_TO_LEAVE = re.compile(r"\bstop\b|退订", re.IGNORECASE)

# What XML 1.0 cannot carry; JSON could, but nobody can read it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CUT = "…"


def clean(words: str) -> str:
    """Return `words` without characters that would break the XML they travel in."""
    return _CONTROLS.sub("", words)


def button_line(button: Button) -> str:
    """Return the line for a button: an address or a number to open, or the word to reply with.

    The name of a flow is a word that enters it.
    """
    match button.kind:
        case "url" | "phone":
            return f"{button.title}: {button.value}"
        case "flow" | "reply":
            return keyword_line(button.title, button.value)


def keyword_line(title: str, word: str) -> str:
    """Return the line that says which `word` to reply with; `title` alone where it has the word in it already."""
    return title if word in title else f"{word}: {title}"


def choice_lines(choices: Iterable[Choice], purpose: str) -> list[str]:
    """Return the lines for choices: numbered in a conversation; a broadcast's only one is the way out.

    Nobody keeps the numbers of a broadcast: the person's next answer may belong to something else.
    """
    if purpose == "broadcast":
        return [way_out_line(own_way_out((choice,))) for choice in choices]
    return [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]


def way_out_line(words: str) -> str:
    """Return the line that says how to get no more: `words`, with a word to answer with; empty: the default."""
    if not words:
        return DEFAULT_WAY_OUT
    return words if _WORD_TO_LEAVE.search(words) else keyword_line(words, "STOP")


def own_way_out(choices: Iterable[Choice]) -> str:
    """Return the way out in the words of whoever wrote the broadcast; empty where it is the default's."""
    return next((choice.title for choice in choices if choice.title != WAY_OUT_TITLE), "")


def with_lines(words: str, lines: Iterable[str]) -> str:
    """Return `words` with `lines` under them, an empty line between."""
    under = "\n".join(lines)
    return "\n\n".join(part for part in (words, under) if part)


def text_lines(message: Text) -> str:
    """Return a text with its buttons as lines."""
    return with_lines(message.text, map(button_line, message.buttons))


def mass_text(message: Text, way_out: str) -> str:
    """Return a broadcast's whole text: the words, its buttons and the way out (empty: the default wording)."""
    return clean(with_lines(text_lines(message), [way_out_line(way_out)]))


def personal_text(outgoing: Outgoing, message: Text, most_bytes: int) -> str:
    """Return a text to one person with its choices under it.

    An answer that is too long is cut, for WeChat would show none of it, but never its choices. A broadcast is
    never cut: who wrote it was told the limit, and if it is too long all the same the platform's refusal counts.
    """
    words = clean(text_lines(message))
    lines = [clean(line) for line in choice_lines(outgoing.choices, outgoing.purpose)]
    if outgoing.purpose == "reply":
        words = shorten(words, most_bytes - len(with_lines(" ", lines).encode()) + 1)
    return with_lines(words, lines)


def shorten(words: str, most_bytes: int) -> str:
    """Return `words` in at most `most_bytes` of UTF-8, cut between characters and marked where they were cut."""
    encoded = words.encode()
    if len(encoded) <= most_bytes:
        return words
    room = max(0, most_bytes - len(_CUT.encode()))
    return encoded[:room].decode(errors="ignore").rstrip() + _CUT
