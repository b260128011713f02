"""How many go through flows and where they stop, on either database."""

from datetime import timedelta
from typing import Any

import peewee as pw
import pytest

from storage import broadcasts, channels, flow_counts, flow_runs
from tests.conftest import START
from tests.support.people import saw

LATELY = timedelta(days=30)
LONG_AGO = START - timedelta(days=31)


@pytest.fixture
def channel(database: pw.Database) -> int:
    return channels.ensure("page", "messenger")


def went(channel: int, flow: str, status: str, data: dict[str, Any], **more: Any) -> None:
    """Let somebody be in a flow, or have been."""
    person = saw(channel, "ben", START, None)
    began = more.get("began", START)
    run = flow_runs.begin(channel, person.id, flow, more.get("broadcast"), began)
    ended = None if status == flow_runs.OPEN else began
    assert flow_runs.keep(run, 0, status=status, data=data, waiting_until=None, ended_at=ended)


def test_runs_are_counted_by_what_became_of_them_lately_and_in_all(channel: int) -> None:
    for status in ("started", "completed", "completed", "dropped", "handed_over"):
        went(channel, "tea", status, {})
    went(channel, "tea", "completed", {}, began=LONG_AGO)
    went(channel, "quiz", "dropped", {}, began=LONG_AGO)
    went(channels.ensure("other", "messenger"), "tea", "completed", {})
    found = flow_counts.by_flow(channel, START - LATELY)
    assert set(found) == {"tea", "quiz"}
    lately, ever = found["tea"]
    assert (lately.entered, lately.completed, lately.dropped, lately.handed_over, lately.under_way) == (5, 2, 1, 1, 1)
    assert (ever.entered, ever.completed) == (6, 3)
    assert [tally.entered for tally in found["quiz"]] == [0, 1]


def test_every_question_tells_how_many_reached_it_and_every_step_who_stands_there(channel: int) -> None:
    went(channel, "tea", "dropped", {"asked": ["kind"], "step": "kind"})
    went(channel, "tea", "dropped", {"asked": ["kind", "杯数"], "step": "杯数"})
    went(channel, "tea", "started", {"asked": ["kind", "杯数"], "step": "杯数"})
    went(channel, "tea", "completed", {"asked": ["kind", "杯数"], "step": "end"})
    went(channel, "tea", "dropped", {"asked": ["kind"], "step": "kind"}, began=LONG_AGO)
    went(channel, "other", "dropped", {"asked": ["kind"], "step": "kind"})
    found = flow_counts.steps(channel, "tea", START - LATELY)
    assert found.reached == {"kind": 4, "杯数": 3}
    assert {step: (tally.dropped, tally.under_way) for step, tally in found.standing.items()} == {
        "kind": (1, 0), "杯数": (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize("data", [{}, {"step": "kind"}, {"asked": [], "step": "kind"}])
def test_a_run_that_says_nothing_about_questions_counts_for_none(channel: int, data: dict[str, Any]) -> None:
    went(channel, "tea", "dropped", data)
    found = flow_counts.steps(channel, "tea", START - LATELY)
    assert found.reached == {}
    assert list(found.standing) == ([data["step"]] if data else [])


def test_the_newest_broadcasts_that_led_into_a_flow_come_first(channel: int) -> None:
    sales = [broadcasts.create(channel, f"Sale {n}", "anna", START).id for n in range(1, 5)]
    for sale, status in ((0, "completed"), (0, "dropped"), (1, "started"), (3, "completed")):
        went(channel, "tea", status, {}, broadcast=sales[sale])
    went(channel, "quiz", "completed", {}, broadcast=sales[2])
    went(channel, "tea", "completed", {})
    found = [(one.name, one.entered, one.completed) for one in flow_counts.led_by(channel, "tea", 2)]
    assert found == [("Sale 4", 1, 1), ("Sale 2", 1, 0)]
    assert len(flow_counts.led_by(channel, "tea", 9)) == 3
