"""Leaving the builder: `save`, and `cancel` with its three ways: save, discard, go on."""

from bot.builder.open import open_draft
from bot.builder.parts import settle
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question
from bot.conversation.turn import Say, Turn
from broadcast import group
from broadcast.service import Unsendable
from storage.lifecycle import BroadcastStatus


def save(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Leave, keeping the draft as it is."""
    if not memory.draft:
        return Did(memory, (Say(turn.say("There is nothing to save yet.")),))
    memory = settle(turn, memory)
    draft = open_draft(turn, memory)
    if draft.status is BroadcastStatus.SCHEDULED:
        text = turn.say("“{name}” stays in the calendar as it was.", name=draft.name)
    else:
        text = turn.say(
            "“{name}” is saved as a draft. Go on any day: /broadcast edit {id}", name=draft.name, id=str(draft.id)
        )
    return Did(memory.over(), (Say(text),), to=State.IDLE)


def leave(turn: Turn, memory: Memory) -> Did:
    """Ask what is to become of the draft; without one there is nothing to ask."""
    if not memory.draft:
        return Did(memory.over(), (Say(turn.say("OK, nothing was started.")),), to=State.IDLE)
    return Did(memory, to=State.LEAVE)


def ask_leave(turn: Turn, memory: Memory) -> Question:
    """Ask whether to save, discard or go on."""
    name = open_draft(turn, memory).name
    choices = (
        turn.choice("Save draft", word_value("save")),
        turn.choice("Discard", word_value("discard")),
        turn.choice("Go on", word_value("go on")),
    )
    return Question(memory, Say(turn.say("Save “{name}” as a draft, discard it, or go on?", name=name), choices))


def discard(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Throw the draft away; it can still be cloned, with what was half made. Raises as `change` does."""
    memory = settle(turn, memory)
    draft = open_draft(turn, memory)
    if (problem := group.reserved(turn.desk, draft, turn.person)) is not None:
        raise Unsendable([problem])
    group.cancel(turn.desk, draft, turn.person)
    text = turn.say(
        "“{name}” is discarded. Should you miss it: /broadcast clone {id}", name=draft.name, id=str(draft.id)
    )
    return Did(memory.over(), (Say(text),), to=State.IDLE)


def go_on(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go back to where cancel was said."""
    return Did(memory.but(left=""), to=State(memory.left))
