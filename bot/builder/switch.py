"""Going over to another draft, or to the card of the same one: nothing of what is being built is lost or mixed up."""

from bot.builder.parts import settle
from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from storage.lifecycle import BroadcastStatus


def settled(turn: Turn, memory: Memory) -> Memory:
    """Put what is half made into its draft, before another one is opened, or the same one anew."""
    draft = turn.desk.get(memory.draft) if memory.making else None
    unchanged = draft is not None and draft.status is BroadcastStatus.DRAFT and draft.version == memory.version
    return settle(turn, memory) if unchanged else memory


def before_opening(turn: Turn, memory: Memory, draft: Draft) -> tuple[Memory, Draft]:
    """Put what is half made into its draft, and return the draft to be opened as it stands then: it may be that one."""
    memory = settled(turn, memory)
    return memory, turn.desk.get(draft.id) or draft


def kept(turn: Turn, memory: Memory, opened: int) -> tuple[Say, ...]:
    """Say what becomes of the draft that was being built, when another one is opened."""
    if not memory.draft or memory.draft == opened:
        return ()
    draft = turn.desk.get(memory.draft)
    if draft is None or draft.status is not BroadcastStatus.DRAFT:
        return ()
    text = turn.say("“{name}” is kept as a draft: /broadcast edit {id}", name=draft.name, id=str(draft.id))
    return (Say(text),)


def enter(draft: Draft, memory: Memory) -> Memory:
    """Return the memory of somebody who looks at this draft's card, whatever they did or sent before."""
    when = memory.when if memory.draft == draft.id else ""
    explained = memory.explained if draft.practice else ()
    return Memory(
        draft=draft.id, version=draft.version, hub=True, when=when, practice=draft.practice, explained=explained
    )
