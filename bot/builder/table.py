"""The whole builder: in this state, on this, do that, go there."""

from collections.abc import Callable, Mapping

from bot.builder import anywhere, messages, name, review, when, who
from bot.builder.card import draft_of
from bot.builder.states import State
from bot.commands.run import run
from bot.conversation.answer import Answer
from bot.conversation.edits import read_edit
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


def _command(_turn: Turn, _memory: Memory, answer: Answer) -> bool:
    return bool(answer.command)


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


def _return(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    return Did(memory.but(returning=True, replacing=0))


ALWAYS = (
    Rule(_old_button, anywhere.old_button),
    Rule(_command, _run),
    Rule(_sent("undo"), anywhere.undo),
)
"""Before the rules of any state."""

BUILDING = (
    Rule(word("save"), anywhere.save),
    Rule(word("preview"), anywhere.preview),
    Rule(word("undo"), anywhere.nothing_to_undo),
)
"""In every state of the builder; `help` and `cancel`, which depend on the state, are the machine's."""

TABLE: Mapping[State, tuple[Rule, ...]] = {
    S.IDLE: (Rule(_sent("send", "send now", "schedule"), anywhere.on_its_way),),
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
        Rule(anything, who.keep, Onward(S.MESSAGES)),
    ),
    S.MESSAGES: (
        Rule(word("back"), _return, Onward(S.WHO)),
        Rule(word("done"), messages.finish, S.REVIEW),
        Rule(_order, messages.order),
        Rule(whatever, messages.add),
    ),
    S.FALLBACK: (
        Rule(word("back"), messages.forget_pending, S.MESSAGES),
        Rule(whatever, messages.keep_fallback, S.MESSAGES),
    ),
    S.REVIEW: (
        Rule(word("send"), review.send),
        Rule(word("send now"), review.now_instead),
        Rule(word("schedule"), review.schedule),
        Rule(word("test"), anywhere.preview),
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
        Rule(word("name"), _nothing, S.NAME),
        Rule(word("when"), _nothing, S.WHEN),
        Rule(word("who"), _nothing, S.WHO),
        Rule(word("messages"), _nothing, S.MESSAGES),
        Rule(word("back", "keep"), _nothing, S.REVIEW),
    ),
    S.LEAVE: (
        Rule(word("discard"), anywhere.discard),
        Rule(word("go on", "back", "keep"), anywhere.go_on),
    ),
}

QUESTIONS: Mapping[State, Callable[[Turn, Memory], Question]] = {
    S.NAME: name.ask,
    S.WHEN: when.ask,
    S.WHO: who.ask,
    S.MESSAGES: messages.ask,
    S.FALLBACK: messages.ask_fallback,
    S.REVIEW: review.ask,
    S.CONFIRM: review.ask_number,
    S.EDIT: review.ask_part,
    S.LEAVE: anywhere.ask_leave,
}
"""What each state asks; IDLE asks nothing."""
