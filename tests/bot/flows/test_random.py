"""Whatever people do and however time passes, a run waits or is over."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.definition import Flow, Question
from bot.flows.engine import resume, start, timed_out
from bot.flows.load import load
from bot.flows.run import Completed, Dropped, EnterFlow, HandedOver, Result, Run, Say, SetVariable
from bot.flows.shown import choices_of
from bot.flows.walk import Heard, Walker
from broadcast.audience.matches import Person
from handlers.content import Text
from handlers.fit import fit_message
from tests.bot.flows.people import MESSENGER, NOW, PLATFORMS, ROOT, walker
from tests.bot.flows.test_docs import flows_of_the_page

FLOWS = [*load(ROOT / "flows", platforms=PLATFORMS), *flows_of_the_page()]

WORDS = st.sampled_from(
    [
        *("yes", "no", "好的", "1", "2", "3", "5", "9", "三", "1500", "2027-05-17", "today", "a@b.co", "+4930123456"),
        *("Pro", "soup", "skip", "cancel", "退出", "human", "stop", "{plan}"),
    ]
)
DEEDS = st.one_of(
    WORDS.map(Heard),
    st.text(max_size=20).map(Heard),
    st.integers(0, 4),  # taps what is offered
    st.sampled_from([Heard(payload="flow:lunch"), Heard(payload="f:visit/none/x"), Heard(payload="f:")]),
    st.floats(0, 800, allow_nan=False).map(lambda hours: timedelta(hours=hours)),
)


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
@given(deeds=st.lists(DEEDS, max_size=25), language=st.sampled_from(["en", "zh_CN"]))
def test_a_run_always_waits_or_is_over(flow: Flow, deeds: list[object], language: str) -> None:
    who, now = walker(language), NOW
    result = start(flow, who, now)
    ends = 0
    for deed in [None, *deeds]:
        if isinstance(deed, timedelta):
            now += deed
            result = timed_out(result.run, flow, who, now)
        elif deed is not None:
            result = resume(result.run, flow, who, _sent(deed, result.run, flow, who), now)
        who = _written_down(who, result)
        ends += sum(isinstance(effect, Completed | Dropped | HandedOver) for effect in result.effects)
        _is_sound(result, flow)
        assert ends == (0 if result.run.is_open else 1)
        result = Result(Run.model_validate_json(result.run.model_dump_json()))  # as it is after a restart


def _sent(deed: object, run: Run, flow: Flow, who: Walker) -> Heard:
    if isinstance(deed, Heard):
        return deed
    step = flow.step(run.step)
    choices = choices_of(flow.name, step, who.language, who.texts) if isinstance(step, Question) else ()
    place = int(str(deed))
    return Heard(payload=choices[place].value) if place < len(choices) else Heard(str(place))


def _written_down(who: Walker, result: Result) -> Walker:
    variables = dict(who.person.variables)
    variables |= {effect.name: effect.value for effect in result.effects if isinstance(effect, SetVariable)}
    return Walker(Person(profile={}, variables=variables), who.language, who.texts)


def _is_sound(result: Result, flow: Flow) -> None:
    run = result.run
    assert Run.model_validate_json(run.model_dump_json()) == run
    assert (run.waiting_until is not None) == run.is_open
    assert (run.ended_at is None) == run.is_open
    assert flow.step(run.step) is not None
    for effect in result.effects:
        if isinstance(effect, Say):
            assert not fit_message(effect.message, effect.choices, MESSENGER)
            assert not isinstance(effect.message, Text) or effect.message.text.strip()
    entered = [place for place, effect in enumerate(result.effects) if isinstance(effect, EnterFlow)]
    assert entered in ([], [len(result.effects) - 1])
