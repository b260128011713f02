"""What cannot be said to an admin now waits for their next message."""

from datetime import timedelta

import pytest

from storage import outbox
from storage.lifecycle import OutboxState
from storage.models import OutboxMessage

DAY, MONTH = timedelta(hours=24), timedelta(days=30)


@pytest.fixture
def failed(service):
    """A function that lets a message to somebody fail for a reason."""

    def fail(person: str, reason: str) -> int:
        number = outbox.add(service.channel, person, {"to": person}, service.clock.now())
        outbox.claim(service.channel, "w1", 10, service.clock.now())
        outbox.finish(number, OutboxState.FAILED, service.clock.now(), reason=reason)
        return number

    return fail


@pytest.mark.parametrize("reason", ["outside_window", "allowance_spent"])
def test_it_comes_back_when_they_write(service, failed, reason):
    number = failed("boss", reason)
    outbox.revive(service.channel, "somebody", service.clock.now())
    assert outbox.claim(service.channel, "w1", 10, service.clock.now()) == []
    outbox.revive(service.channel, "boss", service.clock.now())
    assert [one.id for one in outbox.claim(service.channel, "w1", 10, service.clock.now())] == [number]


def test_it_is_kept_for_a_month_and_what_was_refused_for_a_day(service, failed):
    waits, refused = failed("boss", "outside_window"), failed("ann", "invalid_content")
    service.clock.advance(hours=25)
    now = service.clock.now()
    assert outbox.purge(now - DAY, now - MONTH) == 1
    assert [row.id for row in OutboxMessage.select()] == [waits]
    assert refused != waits
    service.clock.advance(days=30)
    now = service.clock.now()
    assert outbox.purge(now - DAY, now - MONTH) == 1
