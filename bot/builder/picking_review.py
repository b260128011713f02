"""The filter picked so far: how many it is, whom for example, and what can still be done with it."""

from bot.builder import who
from bot.builder.picking_ways import GONE_OUT
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.edits import read_edit
from bot.conversation.memory import Memory, Picking
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import who as audience
from broadcast.audience.conditions import conditions, without
from broadcast.audience.nodes import EVERYONE
from broadcast.audience.words import words
from broadcast.audience.write import write
from handlers.content import Choice

TAPPED = 3
"""Conditions that can be changed and removed by a tap; of more, the rest is typed."""

_USE, _SAVE = N_("Use it"), N_("Save it")


def ask(turn: Turn, memory: Memory) -> Question:
    """Show the filter, and ask what to do with it."""
    found = conditions(audience.tree(memory.pick.audience, turn.desk.vocabulary))
    lines = [who.say_found(turn, memory.pick.audience)]
    lines += [f"{number}. {words(one, turn.texts)}" for number, one in enumerate(found, 1)] if len(found) > 1 else []
    if memory.draft:
        lines.append(turn.say("To keep it for later broadcasts: save audience and a name."))
    choices = [
        turn.choice(_USE if memory.draft else _SAVE, word_value("use it")),
        turn.choice("And …", word_value("and")),
        turn.choice("Or …", word_value("or")),
    ]
    for number, _ in enumerate(found[:TAPPED], 1):
        choices.append(Choice(title=turn.say("Change {number}", number=number), value=typed_value(f"change {number}")))
        choices.append(Choice(title=turn.say("Remove {number}", number=number), value=typed_value(f"remove {number}")))
    if memory.draft and turn.desk.listed(*GONE_OUT):
        choices.append(turn.choice("Leave out recent", word_value("leave out")))
    return Question(memory, Say("\n".join(lines), (*choices, turn.choice("Back", word_value("back")))))


def use(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take the filter as it is."""
    return who.take(turn, memory, memory.pick.audience)


def join(_turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Pick one more condition."""
    joiner = "or" if answer.word == "or" else "and"
    return Did(memory.but(pick=memory.pick.but(joiner=joiner, at=0)), to=State.FIELD)


def is_order(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    """Say whether it is an order about one condition."""
    edit = read_edit(answer.text)
    return edit is not None and edit.verb in {"remove", "replace"} and not edit.part


def order(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Carry out `remove 2` and `change 2`."""
    edit = read_edit(answer.text)
    assert edit is not None
    node = audience.tree(memory.pick.audience, turn.desk.vocabulary)
    if not 1 <= edit.number <= len(conditions(node)):
        return stays(memory, State.PICKED, turn.say("There is no condition {number}.", number=edit.number), ask=True)
    if edit.verb == "replace":
        return Did(memory.but(pick=memory.pick.but(at=edit.number)), to=State.FIELD)
    left = without(node, edit.number)
    text = "" if left == EVERYONE else write(left)
    memory = memory.but(pick=Picking(audience=text, name=memory.pick.name))
    return Did(memory, to=State.PICKED if text else State.FIELD)
