from bot.builder.help import HELP
from bot.builder.states import State
from bot.builder.table import QUESTIONS, TABLE
from bot.conversation.rule import Onward

ASKING = set(State) - {State.IDLE}


def test_every_state_has_rules() -> None:
    assert set(TABLE) == set(State)


def test_every_state_but_idle_asks_something() -> None:
    assert set(QUESTIONS) == ASKING


def test_every_state_but_idle_can_be_explained() -> None:
    assert set(HELP) == ASKING


def test_the_first_pass_is_name_when_who_messages_review() -> None:
    path, here = [State.NAME], State.NAME
    while here is not State.REVIEW:
        last = TABLE[here][-1] if here is not State.MESSAGES else TABLE[here][1]
        here = last.then.state if isinstance(last.then, Onward) else State(last.then or "")
        path.append(here)
    assert path == [State.NAME, State.WHEN, State.WHO, State.MESSAGES, State.REVIEW]
