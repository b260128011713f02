"""What arrives together is taken in the order in which it happened, and never before it has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.inbox import FROM_THE_FUTURE
from storage.models import Admin, Broadcast, OutboxMessage, Subscriber
from tests.support.page import Page


@pytest.fixture
def page(tmp_path, clock) -> Iterator[Page]:
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


def test_events_that_come_in_the_wrong_order_are_taken_in_the_right_one(page, clock):
    Admin.create(channel=page.channel.id, platform_user_id="boss", role="owner", added_at=clock.now())
    first = page.message("boss", "/broadcast new Sale", at=clock.now() - timedelta(seconds=2))
    second = page.message("boss", "tomorrow 9", at=clock.now() - timedelta(seconds=1))
    page.post(second, first)
    assert Broadcast.get().scheduled_for is not None


def test_an_event_from_the_future_has_no_effect(page, clock):
    assert page.post(page.message("p1", "STOP", at=clock.now() + FROM_THE_FUTURE)).status_code == 200
    assert (Subscriber.select().count(), OutboxMessage.select().count()) == (0, 0)


def test_a_clock_of_the_platform_that_is_a_little_ahead_is_believed(page, clock):
    page.post(page.message("p1", "STOP", at=clock.now() + FROM_THE_FUTURE - timedelta(seconds=1)))
    assert Subscriber.get().consent == "opted_out"
