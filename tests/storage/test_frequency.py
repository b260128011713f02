"""How many messages somebody had lately is what the ledger says they had, or may have."""

from datetime import timedelta

import pytest

from storage import broadcasts, channels, frequency
from storage.fields import to_ms
from storage.lifecycle import BroadcastStatus
from storage.models import Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

pytestmark = pytest.mark.usefixtures("database")

ROWS = (
    ("single", "sent", 2, 2),
    ("single", "sending", 0, 2),
    ("single", "unknown", 1, 2),
    ("single", "failed", 1, 1),  # the first message came, the second was refused
    ("single", "failed", 0, 0),
    ("mass", "sent", 1, 1),
    ("mass", "failed", 1, 0),  # taken, and refused by the review: nobody got it
)


@pytest.mark.parametrize(("road", "state", "step", "count"), ROWS)
def test_what_counts_is_what_came_or_may_have(road: str, state: str, step: int, count: int) -> None:
    channel = channels.ensure("page", "messenger")
    saw(channel, "anna", START, START + timedelta(hours=20))
    content = {"version": 1, "messages": [{"kind": "text", "text": "One"}, {"kind": "text", "text": "Two"}]}
    row = broadcasts.create(channel, "Sale", "boss", START, content=content, road=road)
    broadcasts.move(row.id, BroadcastStatus.STARTING, "boss", START, started_at=START)
    Recipient.create(broadcast=row.id, subscriber=1, state=state, step=step, sent_at=START, updated_at=START)

    assert frequency.had([1], to_ms(START), without=0).get(1, 0) == count
    had = Subscriber.select().where(frequency.more_than(channel, 0, to_ms(START), without=0)).count()
    assert had == (1 if count else 0)
