"""The shapes a conversation is written in: rules, what a rule did, and the question each state asks."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.builder.states import State
from bot.conversation.answer import Answer
from bot.conversation.memory import Memory
from bot.conversation.turn import Said, Say, Turn
from handlers.content import Choice


@dataclass(frozen=True, slots=True)
class Did:
    """What came of an answer.

    `to`: the state to go to instead of the rule's; None leaves that to the rule. `ask`: the question of the
    state it ends in follows. `turn`: what that question is asked with, where the language or the zone has changed.
    """

    memory: Memory
    says: tuple[Said, ...] = ()
    to: State | None = None
    ask: bool = True
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """The next state of the first pass; once that is over, every part goes back to the review card."""

    state: State

    def after(self, memory: Memory) -> State:
        """Return where to go."""
        return State.REVIEW if memory.hub else self.state


@dataclass(frozen=True, slots=True)
class Rule:
    """On this, do that, go there; `then` None stays."""

    on: Callable[[Turn, Memory, Answer], bool]
    do: Callable[[Turn, Memory, Answer], Did]
    then: State | Onward | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a state asks, and the memory of having asked it."""

    memory: Memory
    say: Say


def proposes(memory: Memory, state: State, text: str, instead: Choice) -> Did:
    """Say something is not right, with what was probably meant to tap or to say yes to, and remain in the state."""
    return Did(memory, (Say(text, (instead, *offered(memory)), proposed=True),), to=state, ask=False)


def stays(memory: Memory, state: State, text: str, *, ask: bool = False) -> Did:
    """Say something is not right, and remain in the state with its question open."""
    return Did(memory, (Say(text, offered(memory)),), to=state, ask=ask)


def offered(memory: Memory) -> tuple[Choice, ...]:
    """Return what the open question offered, without what was proposed since."""
    return memory.choices[1:] if memory.proposed else memory.choices
