"""The time a broadcast stood still does not count for how fast it went."""

from datetime import timedelta

import pytest

from broadcast.pace import going
from storage.models import AuditEntry
from tests.support.clock import Clock

STORIES = (
    ("never paused", [("starting", -15), ("sending", 0)], 100),
    ("paused and resumed", [("sending", 0), ("paused", 10), ("sending", 70)], 40),
    ("twice", [("sending", 0), ("paused", 10), ("sending", 20), ("paused", 30), ("sending", 40)], 80),
    ("still paused", [("sending", 0), ("paused", 30)], 30),
    ("cancelled while paused", [("sending", 0), ("paused", 30), ("cancelled", 100)], 30),
    ("paused before it began", [("starting", -15), ("paused", -10), ("starting", -5), ("sending", 0)], 100),
    ("something else was done meanwhile", [("sending", 0), ("paused", 10), ("approve", 20), ("sending", 70)], 40),
)


@pytest.mark.parametrize(("deeds", "seconds"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES])
def test_only_the_time_it_was_going_counts(clock: Clock, deeds: list[tuple[str, int]], seconds: int) -> None:
    start = clock.now()
    done = [AuditEntry(action=action, at=start + timedelta(seconds=at)) for action, at in deeds]
    assert going(done, start, start + timedelta(seconds=100)).total_seconds() == seconds
