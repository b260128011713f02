"""What the list of flows and the card of one have in common: what flows are called, and how runs are counted."""

from collections.abc import Mapping
from datetime import timedelta

from bot.conversation.turn import Turn
from bot.flows.definition import Flow
from bot.flows.parts import in_language
from bot.texts import N_
from storage.flow_counts import Tally

LATELY = timedelta(days=30)
"""What “lately” means: long enough for small numbers, short enough to see what a change of the flow did."""

MOST_BYTES = 33
"""Bytes of a title or a text in a list: 33 English letters or 11 Chinese. With 8 lines of them, numbers of five digits
and the choices below, a list fits WeChat's 2,048 bytes."""

_COUNTED: Mapping[str, str] = {
    "completed": N_("{n} ({all}) completed"),
    "dropped": N_("{n} ({all}) dropped out"),
    "handed_over": N_("{n} ({all}) handed to a person"),
    "under_way": N_("{n} ({all}) in it now"),
}
_SELDOM = "handed_over"
"""Said only where there was one: most flows never bring a person in."""


def shorten(text: str, most: int = MOST_BYTES) -> str:
    """Return a text on one line and no longer than `most` bytes."""
    line = " ".join(text.split())
    if len(line.encode()) <= most:
        return line
    return line.encode()[: most - len("…".encode())].decode(errors="ignore").rstrip() + "…"


def called(turn: Turn, flow: Flow) -> str:
    """Return what a flow of the files is called in an admin's lists."""
    return in_language(flow.title, turn.language) if flow.title else flow.name


def say_tally(turn: Turn, lately: Tally, ever: Tally) -> str:
    """Return how often a flow was entered and what has become of that, lately and (in brackets) in all."""
    parts = [turn.say("{n} ({all}) entered", n=lately.entered, all=ever.entered)]
    parts += [
        turn.say(words, n=getattr(lately, what), all=getattr(ever, what))
        for what, words in _COUNTED.items()
        if ever.entered and (what != _SELDOM or getattr(ever, what))
    ]
    return " · ".join(parts)
