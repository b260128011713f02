"""Which broadcast a command speaks of: one named by id or name, the one at hand, or the only one there is."""

import difflib

from bot.builder.name import LONGEST
from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus

_LONGEST_NAME_WORDS = (LONGEST + 1) // 2 + 1
"""Words in the longest name, of one letter each, and the number a copy has behind it."""


def which(turn: Turn, memory: Memory, rest: str, verb: str, *statuses: BroadcastStatus) -> Draft | Say:
    """Return the broadcast, or the question which one is meant among those in `statuses`."""
    if rest:
        return turn.desk.find(rest) or no_such(turn, rest)
    if memory.draft and (draft := turn.desk.get(memory.draft)) is not None and draft.status in statuses:
        return draft
    candidates = turn.desk.listed(*statuses)
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        return Say(turn.say("There is no broadcast for that now. /broadcast shows what can be done."))
    choices = tuple(Choice(title=draft.name, value=f"/broadcast {verb} {draft.id}") for draft in candidates[:10])
    return Say(turn.say("Which one?"), choices)


def leading(turn: Turn, text: str, *, least: int = 0) -> tuple[Draft | None, str]:
    """Split what was typed into the broadcast it begins with, by id or by as long a name as fits, and the rest.

    The rest has at least `least` words. Without such a broadcast all of it is the rest.
    """
    words = text.split()
    for length in range(min(len(words) - least, _LONGEST_NAME_WORDS), 0, -1):
        if (draft := turn.desk.find(" ".join(words[:length]))) is not None:
            return draft, text.split(maxsplit=length)[length].strip() if len(words) > length else ""
    return None, text


def nothing_leads(turn: Turn, text: str) -> Say:
    """Say that a text begins with no broadcast: with the number it begins with, or else all of it as the name."""
    first = text.split(maxsplit=1)[0]
    return no_such(turn, first if first.removeprefix("#").isdecimal() else text)


def names_one(turn: Turn, typed: str) -> bool:
    """Say whether a broadcast has this id or name, or nearly this name."""
    return turn.desk.find(typed) is not None or _nearest(turn, typed) is not None


def _nearest(turn: Turn, typed: str) -> Draft | None:
    names = {draft.name.casefold(): draft for draft in reversed(turn.desk.listed())}
    near = difflib.get_close_matches(typed.casefold(), names, n=1)
    return names[near[0]] if near else None


def no_such(turn: Turn, typed: str) -> Say:
    """Say that no broadcast has this id or name, with the nearest one to tap."""
    if (draft := _nearest(turn, typed)) is not None:
        text = turn.say("There is no broadcast “{typed}”. Did you mean “{name}”?", typed=typed, name=draft.name)
        return Say(text, (Choice(title=draft.name, value=f"/broadcast {draft.id}"),), proposed=True)
    return Say(turn.say("There is no broadcast “{typed}”. /broadcast shows what there is.", typed=typed))
