"""Whatever arrives at whatever question is answered or left alone: no error, and no answer that cannot be sent."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.builder.states import State
from tests.bot.builder.every_state import EVENTS, Rehearsal
from tests.conftest import START
from tests.support.clock import Clock

PLACES = [(channel, state) for channel in EVENTS for state in State if (channel, state) != ("account", State.TEMPLATE)]
"""WeChat has no templates."""


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    made = Rehearsal(tmp_path_factory.mktemp("states"), Clock(START))
    yield made
    made.surface.close()


@pytest.mark.parametrize(("channel", "state"), PLACES, ids=[f"{channel}-{state.name}" for channel, state in PLACES])
def test_anything_may_arrive_at_any_question(rehearsal: Rehearsal, channel: str, state: State) -> None:
    with rehearsal.forgotten():
        rehearsal.come_to(channel, state)
        for what, body in EVENTS[channel].items():
            with rehearsal.forgotten():
                rehearsal.arrives(channel, what, body)


@pytest.mark.parametrize("channel", EVENTS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_anything_may_arrive_after_anything(rehearsal: Rehearsal, channel: str, data: st.DataObject) -> None:
    with rehearsal.forgotten():
        rehearsal.come_to(channel, data.draw(st.sampled_from([state for place, state in PLACES if place == channel])))
        for what in data.draw(st.lists(st.sampled_from(sorted(EVENTS[channel])), max_size=8)):
            rehearsal.arrives(channel, what, EVENTS[channel][what])
