"""The draft a conversation is about, as it stands now and only if it is as its admin last saw it."""

from bot.conversation.memory import Memory
from bot.conversation.turn import Turn
from broadcast import group
from broadcast.draft import Draft
from broadcast.service import Unsendable
from storage.broadcasts import EditedMeanwhile
from storage.lifecycle import BroadcastStatus

REVIEWABLE = (BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED, BroadcastStatus.MISSED)
"""Where a broadcast may be looked at, sent or put into the calendar; only a draft may be changed."""


class Gone(Exception):
    """The broadcast is no longer there to be built: sent, cancelled, or never was."""


def open_draft(turn: Turn, memory: Memory) -> Draft:
    """Return the draft. Raises `EditedMeanwhile` when it changed since it was shown, `Gone` when it is over."""
    draft = turn.desk.get(memory.draft)
    if draft is None or draft.status not in REVIEWABLE:
        raise Gone
    if draft.version != memory.version:
        raise EditedMeanwhile
    return draft


def _now(draft: Draft, name: str) -> object:
    """Return a part of a draft as it is stored."""
    if name == "local_time":
        return draft.local_time.isoformat() if draft.local_time else ""
    return getattr(draft, name)


def change(turn: Turn, memory: Memory, **changes: object) -> Memory:
    """Change the draft, on all its channels, and remember its new version; `undo` is then about nothing any more.

    Raises as `open_draft` does, and `Unsendable` where it, or another channel, is out of the admin's hands.
    """
    draft = open_draft(turn, memory)
    if (problem := group.reserved(turn.desk, draft, turn.person)) is not None:
        raise Unsendable([problem])
    if draft.status is not BroadcastStatus.DRAFT:
        draft = group.unschedule(turn.desk, draft, turn.person)
    if any(_now(draft, name) != value for name, value in changes.items()):
        draft = group.edit(turn.desk, draft, turn.person, **changes)
    return memory.but(version=draft.version, draft=draft.id, sent=0)
