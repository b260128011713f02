"""Which broadcast a command speaks of: one named by id or name, the one at hand, or the only one there is."""

import difflib

from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus


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


def no_such(turn: Turn, typed: str) -> Say:
    """Say that no broadcast has this id or name, with the nearest one to tap."""
    names = {draft.name.casefold(): draft for draft in reversed(turn.desk.listed())}
    near = difflib.get_close_matches(typed.casefold(), names, n=1)
    if near:
        draft = names[near[0]]
        text = turn.say("There is no broadcast “{typed}”. Did you mean “{name}”?", typed=typed, name=draft.name)
        return Say(text, (Choice(title=draft.name, value=f"/broadcast {draft.id}"),))
    return Say(turn.say("There is no broadcast “{typed}”. /broadcast shows what there is.", typed=typed))
