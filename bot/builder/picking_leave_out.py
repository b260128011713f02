"""Leaving out who got a broadcast lately: one more condition in the filter, `not got any in the last 7 days`."""

import re

from bot.builder import who
from bot.builder.open import change, open_draft
from bot.builder.picking_value import DAYS
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast import who as audience
from broadcast.audience.conditions import joined
from broadcast.audience.nodes import (
    EVERYONE,
    MOST_DAYS,
    Ago,
    AllOf,
    BroadcastCondition,
    BroadcastEvent,
    Node,
    Not,
    Unit,
)
from broadcast.audience.write import write
from handlers.content import Choice

_DAYS = re.compile(r"(\d{1,5}) ?(?:days?|d|天)?", re.IGNORECASE)


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the number of days."""
    text = turn.say("Leave out people who got a broadcast in the last how many days? Type the number.")
    if not turn.desk.platform.capabilities.choices:  # numbered lines would make "1" the first line
        return Question(memory, Say(text + "\n" + turn.say("Say back to go a question back.")))
    choices = [
        Choice(title=turn.plural("{n} day", "{n} days", days), value=typed_value(f"{days} days")) for days in DAYS
    ]
    return Question(memory, Say(text, (*choices, turn.choice("Back", word_value("back")))))


def is_number(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    """Say whether a number was typed: it is that number, not a choice."""
    return answer.typed.isdecimal()


def take(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Add the condition to the filter being picked, or to the draft's."""
    found = _DAYS.fullmatch((answer.typed if is_number(turn, memory, answer) else answer.text).strip())
    days = int(found[1]) if found else 0
    if not 1 <= days <= MOST_DAYS:
        return stays(memory, State.LEAVE_OUT, turn.say("I need a number of days, such as 7."))
    if memory.pick.audience:
        text = left_out(turn, memory.pick.audience, days)
        return Did(memory.but(pick=memory.pick.but(audience=text)), to=State.PICKED)
    return who.take(turn, memory, left_out(turn, open_draft(turn, memory).audience, days))


def back(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Return to the filter being picked, or to the question who."""
    return Did(memory, to=State.PICKED if memory.pick.audience else State.WHO)


def at_once(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Leave out, from the review card, who got one in the last day."""
    text = left_out(turn, open_draft(turn, memory).audience, 1)
    memory = change(turn, memory, audience=text)
    return Did(memory, (Say(who.say_found(turn, text)),), to=State.REVIEW)


def left_out(turn: Turn, text: str, days: int) -> str:
    """Return a filter with the condition, in the place of an earlier one of its kind."""
    node = audience.tree(text, turn.desk.vocabulary)
    kept = [part for part in (node.parts if isinstance(node, AllOf) else (node,)) if not _leaves_out(part)]
    rest: Node = AllOf(tuple(kept)) if len(kept) > 1 else (kept[0] if kept else EVERYONE)
    lately = BroadcastCondition(BroadcastEvent.GOT, None, Ago(days, Unit.DAY))
    return write(joined(rest, "and", Not(lately)))


def _leaves_out(node: Node) -> bool:
    match node:
        case Not(BroadcastCondition(BroadcastEvent.GOT, None, Ago())):
            return True
        case _:
            return False
