"""The numbers for Prometheus are those of the database, whichever process is asked."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as read

from bot.metrics import MEASURES, WORKERS
from storage import broadcasts, channels, outbox, workers
from storage.lifecycle import BroadcastStatus
from storage.models import Broadcast, Recipient, Subscriber
from tests.support.page import Page


@pytest.fixture
def page(tmp_path, clock):
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


def _samples(page: Page) -> dict[str, float]:
    text = page.client.get("/metrics").get_data(as_text=True)
    return {
        " ".join([sample.name, *(sample.labels[key] for key in sorted(sample.labels))]): sample.value
        for family in read(text)
        for sample in family.samples
    }


def test_every_measure_is_told_with_its_kind_and_help(page):
    families = {family.name: family for family in read(page.client.get("/metrics").get_data(as_text=True))}
    assert set(families) == {one.name for one in MEASURES} | {WORKERS[0]}
    assert all(family.type == "gauge" and family.documentation for family in families.values())


def test_workers_and_pauses_are_counted(page, clock):
    assert _samples(page)["clarion_workers"] == 0
    workers.beat("w1", clock.now())
    channels.pause(page.channel.id, "refused", None)
    found = _samples(page)
    assert (found["clarion_workers"], found["clarion_channel_paused page"]) == (1, 1)
    clock.advance(seconds=11)
    assert _samples(page)["clarion_workers"] == 0


def test_the_ledger_is_counted_by_state(page, clock):
    page.say("p1", "hello")
    row = broadcasts.create(page.channel.id, "Sale", "anna", clock.now())
    Recipient.insert(
        broadcast=row.id, subscriber=Subscriber.get().id, state="unknown", updated_at=clock.now()
    ).execute()
    found = _samples(page)
    assert found["clarion_recipients page unknown"] == 1
    assert found["clarion_broadcasts page draft"] == 1


def test_a_schedule_that_is_late_is_told_by_how_much(page, clock):
    for name, minutes in (("early", -5), ("late", 2), ("later", 10)):
        row = broadcasts.create(page.channel.id, name, "anna", clock.now())
        at = clock.now() - timedelta(minutes=minutes)
        Broadcast.update(status=BroadcastStatus.SCHEDULED.value, scheduled_for=at).where(
            Broadcast.id == row.id
        ).execute()
    assert _samples(page)["clarion_overdue_seconds page"] == 600


def test_a_reply_that_waits_grows_older(page, clock):
    outbox.add(page.channel.id, "p1", {"to": "p1", "message": {"kind": "text", "text": "x"}}, clock.now())
    clock.advance(seconds=42)
    found = _samples(page)
    assert (found["clarion_replies_waiting page"], found["clarion_oldest_reply_seconds page"]) == (1, 42)


def test_a_channel_that_is_no_longer_in_the_settings_is_left_out(page):
    channels.ensure("forgotten", "messenger")
    assert not any("forgotten" in name for name in _samples(page))
