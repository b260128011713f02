"""What is committed before a call: only for rows that stand where they stood when they were taken."""

from collections.abc import Iterator
from typing import cast

import pytest

from broadcast import intent
from broadcast.limits import Pace
from broadcast.outgoing import Composer
from broadcast.queue import Queue
from broadcast.surroundings import Surroundings
from broadcast.threads import DatabaseThread
from storage import broadcasts, ledger, quotas
from storage.lifecycle import BroadcastStatus
from storage.quotas import Limits
from tests.broadcast.lab import Lab


@pytest.fixture
def around(lab: Lab) -> Iterator[Surroundings]:
    """What a worker `w1` works with; nothing here waits for a slot."""
    thread = DatabaseThread("intent")
    yield lab.surroundings("w1", thread, cast(Pace, None))
    thread.close()


def queue(lab: Lab, broadcast: int) -> Queue:
    draft = lab.draft(broadcast)
    return Queue(draft, Composer(broadcast, draft.content))


def test_a_claim_whose_row_is_a_message_further_on_marks_nothing(lab: Lab, around: Surroundings) -> None:
    """An echo told that the first message had arrived, and the same worker took the row once more for the second."""
    lab.people(1)
    begun = queue(lab, lab.broadcast("One", "Two"))
    _, stale = intent.claim(around, begun, 1)
    assert intent.mark(around, begun, stale) is not None
    ledger.record_evidence(begun.draft.id, 2, [(1, 0, "m1")], lab.now())
    _, fresh = intent.claim(around, begun, 1)
    assert [claim.step for claim in (*stale, *fresh)] == [0, 1]
    assert intent.mark(around, begun, stale) == []
    assert lab.states(begun.draft.id) == {"claimed": 1}
    calls = intent.mark(around, begun, [*stale, *fresh])
    assert calls is not None
    assert [call.step for call in calls] == [1]


@pytest.mark.parametrize(("step", "state"), [(0, "skipped"), (1, "sending")])
def test_who_has_had_the_first_message_gets_the_rest_whatever_the_cap_of_the_day(
    lab: Lab, around: Surroundings, step: int, state: str
) -> None:
    lab.people(1)
    begun = queue(lab, lab.broadcast("One", "Two"))
    _, claims = intent.claim(around, begun, 1)
    if step:
        intent.mark(around, begun, claims)
        ledger.record_evidence(begun.draft.id, 2, [(1, 0, "m1")], lab.now())
        _, claims = intent.claim(around, begun, 1)
    quotas.set_limits(lab.channel, Limits(messages_per_person_per_day=1))
    intent.mark(around, begun, claims)
    assert lab.states(begun.draft.id) == {state: 1}


def test_nothing_is_marked_of_a_broadcast_that_was_paused_since_it_was_claimed(lab: Lab, around: Surroundings) -> None:
    lab.people(2)
    begun = queue(lab, lab.broadcast())
    _, claims = intent.claim(around, begun, 2)
    broadcasts.move(begun.draft.id, BroadcastStatus.PAUSED, "boss", lab.now())
    assert intent.mark(around, begun, claims) is None
    assert lab.states(begun.draft.id) == {"claimed": 2}


def test_nobody_is_called_whom_another_worker_took_before_the_mark_was_made(
    lab: Lab, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two statements of a transaction PostgreSQL lets others change a row."""
    lab.people(2)
    begun = queue(lab, lab.broadcast())
    _, claims = intent.claim(around, begun, 2)
    monkeypatch.setattr(intent.ledger, "mark_sending", lambda *_given, **_more: {claims[0].subscriber_id})
    calls = intent.mark(around, begun, claims)
    assert calls is not None
    assert [call.subscriber_id for call in calls] == [claims[0].subscriber_id]
