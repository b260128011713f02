"""One step of a conversation: state and message in, state and answers out. What it does it does through the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.builder.help import say_help
from bot.builder.leaving import leave
from bot.builder.open import Gone
from bot.builder.practice import explained
from bot.builder.states import State
from bot.builder.switch import enter
from bot.builder.table import ALWAYS, BUILDING, QUESTIONS, TABLE
from bot.commands.card import card
from bot.commands.stand import say_status
from bot.conversation.answer import Answer, is_foreign, read
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Onward, Rule, offered, stays
from bot.conversation.turn import Said, Say, Turn
from broadcast.audience.problems import FilterProblem
from broadcast.service import Unsendable
from storage.broadcasts import EditedMeanwhile
from storage.lifecycle import IllegalMove

_SHOWS_CARD = (State.REVIEW, State.CONFIRM)


@dataclass(frozen=True, slots=True)
class Step:
    """Where the conversation stands after a message, and what is said; nothing when it was nobody's."""

    state: str
    data: dict[str, Any]
    answers: tuple[Said, ...]


def step(state: str, data: Mapping[str, Any], turn: Turn) -> Step:
    """Take one message. A state of another release, which this one does not know, is taken for none."""
    here = State(state) if state in set(State) else State.IDLE
    memory = Memory.model_validate(dict(data))
    try:
        did = _decide(here, memory, turn)
    except EditedMeanwhile:
        did = _edited(turn, memory)
    except (Gone, IllegalMove):
        did = _gone(turn, memory)
    except FilterProblem as problem:
        did = _no_filter(turn, memory, problem)
    except Unsendable as error:
        did = stays(memory, here, turn.problems(error.found))
    if did is None:
        return Step(here, memory.model_dump(mode="json"), ())
    did = _asked(did, did.turn or turn)
    with_choices = (said for said in reversed(did.says) if isinstance(said, Say) and said.choices)
    last = next(with_choices, Say(""))
    memory = did.memory.but(choices=last.choices, proposed=last.proposed)
    return Step(did.to or State.IDLE, memory.model_dump(mode="json"), did.says)


def _decide(here: State, memory: Memory, turn: Turn) -> Did | None:
    if is_foreign(turn):
        return None
    answer = read(turn, memory)
    if here is not State.IDLE and answer.word == "help" and not answer.stale:
        return _then(here, say_help(turn, memory, answer, here))
    if here is not State.IDLE and answer.word == "cancel" and not answer.stale:
        return _then(here, leave(turn, memory))
    for rule in _rules(here):
        if rule.on(turn, memory, answer):
            return _then(here, rule.do(turn, memory, answer), rule)
    return None if here is State.IDLE else _then(here, _not_understood(turn, memory, answer))


def _rules(here: State) -> tuple[Rule, ...]:
    return (*ALWAYS, *(() if here is State.IDLE else BUILDING), *TABLE[here])


def _then(here: State, did: Did, rule: Rule | None = None) -> Did:
    """Go where was said, or else where the rule says."""
    memory, to = did.memory, did.to
    if to is None and rule is not None and rule.then is not None:
        to = rule.then.after(memory) if isinstance(rule.then, Onward) else rule.then
    to = here if to is None else to
    if to is State.LEAVE and here is not State.LEAVE:
        memory = memory.but(left=here.value)
    return replace(did, to=to, memory=memory if to in _SHOWS_CARD else memory.but(card=""))


def _asked(did: Did, turn: Turn) -> Did:
    """Ask what is asked where it has come to; the draft may have been changed, or sent, since it was last seen."""
    if not did.ask or did.to in {None, State.IDLE}:
        return did
    assert did.to is not None
    if isinstance(last := did.says[-1] if did.says else None, Say) and last.proposed:
        # The proposal is what is asked now; the open question can be answered as before.
        both = replace(last, choices=(*last.choices, *offered(did.memory)))
        return replace(did, says=(*did.says[:-1], both))
    try:
        question = QUESTIONS[did.to](turn, did.memory)
    except EditedMeanwhile:
        now = _edited(turn, did.memory)
        return _asked(replace(now, says=(*did.says, *now.says)), turn)
    except Gone:
        now = _gone(turn, did.memory)
        return replace(now, says=(*did.says, *now.says))
    except FilterProblem as problem:
        now = _no_filter(turn, did.memory, problem)
        return _asked(replace(now, says=(*did.says, *now.says)), turn)
    question = explained(question, did.to, turn)
    return Did(question.memory, (*did.says, question.say), to=did.to)


def _not_understood(turn: Turn, memory: Memory, answer: Answer) -> Did:
    text = turn.say("I did not expect “{text}” here.", text=(answer.typed or answer.word)[:40])
    return Did(memory, (Say(text if answer.typed or answer.word else turn.say("I need words here.")),))


def _edited(turn: Turn, memory: Memory) -> Did:
    """Somebody else changed the draft: nothing is overwritten, and the present version is shown."""
    draft = turn.desk.get(memory.draft)
    assert draft is not None
    text = turn.say(
        "“{name}” was changed by somebody else meanwhile. I did not use your last message; this is how it stands now.",
        name=draft.name,
    )
    return Did(enter(draft, memory), (Say(text),), to=State.REVIEW)


def _no_filter(turn: Turn, memory: Memory, problem: FilterProblem) -> Did:
    """Ask for the audience again: the filter was right when it was written, and is not any more."""
    return Did(memory.but(hub=True), (Say(problem.sentence(turn.texts)),), to=State.WHO)


def _gone(turn: Turn, memory: Memory) -> Did:
    draft = turn.desk.get(memory.draft)
    if draft is None:
        says = [Say(turn.say("That broadcast is no longer there."))]
    else:
        text = turn.say("“{name}” is no longer a draft: {status}.", name=draft.name, status=say_status(turn, draft))
        says = [Say(text), card(turn, draft)]
    return Did(memory.over(), tuple(says), to=State.IDLE)
