"""The whole builder: in this state, on this, do that, go there."""

from collections.abc import Callable, Mapping

from bot.builder import (
    buttons,
    canary,
    channels,
    fallback,
    leaving,
    messages,
    name,
    order,
    parts,
    picking,
    picking_leave_out,
    picking_review,
    picking_value,
    review,
    road,
    stale,
    template,
    unbuilt,
    undo,
    when,
    who,
)
from bot.builder.preview import preview
from bot.builder.seen import draft_of
from bot.builder.states import State
from bot.commands.run import run
from bot.conversation.answer import Answer
from bot.conversation.edits import read_also, read_canary, read_edit, read_save, read_template, read_way_out
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Onward, Question, Rule
from bot.conversation.turn import Turn

On = Callable[[Turn, Memory, Answer], bool]
S = State


def word(*words: str) -> On:
    """Match one of these words, typed or tapped, in English or Chinese."""
    return lambda _turn, _memory, answer: answer.word in words


def anything(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    """Match text and pictures that are no word of the builder."""
    return not answer.word


def whatever(_turn: Turn, _memory: Memory, _answer: Answer) -> bool:
    """Match everything that no rule before has taken: here words are content."""
    return True


def _order(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return read_edit(answer.text) is not None and not answer.word and not answer.escaped


def _way_out(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return read_way_out(answer.text) is not None and not answer.escaped


def _template(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return read_template(answer.text) is not None and not answer.escaped


def _also(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return read_also(answer.text) is not None


def _canary(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return read_canary(answer.text) is not None


def _save_audience(_turn: Turn, memory: Memory, answer: Answer) -> bool:
    return memory.draft != 0 and read_save(answer.text) is not None and not answer.escaped


def _road(name: str) -> On:
    """Match a word that names a road, where there is another; elsewhere it may be what people are to read."""
    return lambda turn, memory, answer: len(turn.desk.roads) > 1 and word(name)(turn, memory, answer)


def _for_broadcast(name: str) -> On:
    """Match a word that makes sense only while a broadcast is built, not when an audience is only to be saved."""
    return lambda _turn, memory, answer: answer.word == name and memory.draft != 0


def _command(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return bool(answer.command)


def _undo_button(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    """Match a button that says which broadcast it takes back."""
    return answer.word == "undo" and bool(answer.card)


def _old_button(_turn: Turn, memory: Memory, answer: Answer) -> bool:
    """Match a button of another broadcast's card, or of this one's while another question is open."""
    return answer.stale or (bool(answer.card) and (draft_of(answer.card) != memory.draft or not memory.card))


def _kept(_turn: Turn, memory: Memory, answer: Answer) -> bool:
    return answer.word == "keep" and memory.draft != 0


def _sent(*words: str) -> On:
    return lambda _turn, memory, answer: answer.word in words and memory.sent != 0


def _run(turn: Turn, memory: Memory, answer: Answer) -> Did:
    return run(turn, memory, answer.command)


def _nothing(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    return Did(memory.but(returning=False))


def _keep_as(turn: Turn, memory: Memory, answer: Answer) -> Did:
    return who.keep_as(turn, memory, read_save(answer.text) or "")


def _return(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    return Did(memory.but(returning=True))


ALWAYS = (
    Rule(_undo_button, undo.undo),
    Rule(_old_button, stale.old_button),
    Rule(_command, _run),
    Rule(_sent("undo"), undo.undo),
)
"""Before the rules of any state."""

BUILDING = (
    Rule(_save_audience, _keep_as),
    Rule(word("save"), leaving.save),
    Rule(word("preview"), preview),
    Rule(word("undo"), undo.nothing_to_undo),
)
"""In every state of the builder; `help` and `cancel`, which depend on the state, are the machine's."""

TABLE: Mapping[State, tuple[Rule, ...]] = {
    S.IDLE: (
        Rule(_sent("send", "send now", "schedule"), stale.on_its_way),
        Rule(unbuilt.is_left_over, unbuilt.say_nothing_built),
    ),
    S.NAME: (
        Rule(word("back"), _nothing, Onward(S.NAME)),
        Rule(_kept, _nothing, Onward(S.WHEN)),
        Rule(whatever, name.keep, Onward(S.WHEN)),
    ),
    S.WHEN: (
        Rule(word("back"), _return, Onward(S.NAME)),
        Rule(word("keep"), _nothing, Onward(S.WHO)),
        Rule(anything, when.keep, Onward(S.WHO)),
    ),
    S.WHO: (
        Rule(word("back"), _return, Onward(S.WHEN)),
        Rule(word("keep"), _nothing, Onward(S.MESSAGES)),
        Rule(word("everyone"), who.everyone, Onward(S.MESSAGES)),
        Rule(word("pick"), picking.begin),
        Rule(word("leave out"), _nothing, S.LEAVE_OUT),
        Rule(anything, who.keep, Onward(S.MESSAGES)),
    ),
    S.FIELD: (
        Rule(word("back"), picking.back),
        Rule(word("more"), picking.more),
        Rule(_for_broadcast("everyone"), who.everyone, Onward(S.MESSAGES)),
        Rule(whatever, picking.take_field),
    ),
    S.WAY: (
        Rule(word("back"), _nothing, S.FIELD),
        Rule(_for_broadcast("everyone"), who.everyone, Onward(S.MESSAGES)),
        Rule(whatever, picking.take_way),
    ),
    S.VALUE: (
        Rule(picking_value.is_number, picking_value.take),
        Rule(word("back"), _nothing, S.WAY),
        Rule(_for_broadcast("everyone"), who.everyone, Onward(S.MESSAGES)),
        Rule(whatever, picking_value.take),
    ),
    S.PICKED: (
        Rule(word("back"), picking.leave),
        Rule(word("use it", "done"), picking_review.use),
        Rule(word("and", "or"), picking_review.join),
        Rule(word("more"), _nothing, S.FIELD),
        Rule(_for_broadcast("leave out"), _nothing, S.LEAVE_OUT),
        Rule(_for_broadcast("everyone"), who.everyone, Onward(S.MESSAGES)),
        Rule(picking_review.is_order, picking_review.order),
        Rule(anything, picking.take_whole),
    ),
    S.LEAVE_OUT: (
        Rule(picking_leave_out.is_number, picking_leave_out.take),
        Rule(word("back"), picking_leave_out.back),
        Rule(anything, picking_leave_out.take),
    ),
    S.MESSAGES: (
        Rule(word("back"), messages.back, Onward(S.WHO)),
        Rule(word("done"), messages.finish, S.REVIEW),
        Rule(word("button"), buttons.start),
        Rule(word("card", "article"), parts.start),
        Rule(word("another"), parts.another),
        Rule(_road("road mass"), road.mass, S.MESSAGES),
        Rule(_road("road one by one"), road.one_by_one, S.MESSAGES),
        Rule(_way_out, messages.way_out),
        Rule(_template, template.order),
        Rule(_order, order.order),
        Rule(whatever, messages.add),
    ),
    S.FALLBACK: (
        Rule(word("back"), fallback.anew),
        Rule(word("done"), messages.finish),
        Rule(_way_out, messages.way_out),
        Rule(_template, template.order, S.MESSAGES),
        Rule(_order, order.order),
        Rule(whatever, fallback.keep),
    ),
    S.PART: (
        Rule(word("back"), parts.back),
        Rule(word("keep"), parts.keep),
        Rule(word("skip"), parts.skip),
        Rule(whatever, parts.fill),
    ),
    S.TEMPLATE: (
        Rule(word("back"), template.back),
        Rule(whatever, template.keep),
    ),
    S.BUTTON: (
        Rule(word("back"), buttons.back),
        Rule(whatever, buttons.keep),
    ),
    S.REVIEW: (
        Rule(word("send"), review.send),
        Rule(word("send now"), review.now_instead),
        Rule(word("schedule"), review.schedule),
        Rule(word("test"), preview),
        Rule(_also, channels.choose),
        Rule(_template, template.order),
        Rule(_canary, canary.choose),
        Rule(word("leave out"), picking_leave_out.at_once),
        Rule(word("road mass"), road.mass, S.REVIEW),
        Rule(word("road one by one"), road.one_by_one, S.REVIEW),
        Rule(word("edit"), _nothing, S.EDIT),
        Rule(word("name"), _nothing, S.NAME),
        Rule(word("when"), _nothing, S.WHEN),
        Rule(word("who"), _nothing, S.WHO),
        Rule(word("messages"), _nothing, S.MESSAGES),
        Rule(word("back"), _nothing, S.MESSAGES),
    ),
    S.CONFIRM: (
        Rule(review.is_number, review.confirm),
        Rule(word("back"), _nothing, S.REVIEW),
    ),
    S.EDIT: (
        Rule(_canary, canary.choose, S.REVIEW),
        Rule(word("name"), _nothing, S.NAME),
        Rule(word("when"), _nothing, S.WHEN),
        Rule(word("who"), _nothing, S.WHO),
        Rule(word("messages"), _nothing, S.MESSAGES),
        Rule(word("back", "keep"), _nothing, S.REVIEW),
    ),
    S.LEAVE: (
        Rule(word("discard"), leaving.discard),
        Rule(word("go on", "back", "keep"), leaving.go_on),
    ),
}

QUESTIONS: Mapping[State, Callable[[Turn, Memory], Question]] = {
    S.NAME: name.ask,
    S.WHEN: when.ask,
    S.WHO: who.ask,
    S.FIELD: picking.ask_field,
    S.WAY: picking.ask_way,
    S.VALUE: picking_value.ask,
    S.PICKED: picking_review.ask,
    S.LEAVE_OUT: picking_leave_out.ask,
    S.MESSAGES: messages.ask,
    S.FALLBACK: fallback.ask,
    S.PART: parts.ask,
    S.TEMPLATE: template.ask,
    S.BUTTON: buttons.ask,
    S.REVIEW: review.ask,
    S.CONFIRM: review.ask_number,
    S.EDIT: review.ask_part,
    S.LEAVE: leaving.ask_leave,
}
"""What each state asks; IDLE asks nothing."""
