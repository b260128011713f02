"""The numbers for Prometheus are those of the database, whichever process is asked."""

from datetime import timedelta

import peewee as pw
import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families as read

from bot.metrics import DATABASE, LAG, QUEUE, listed
from storage import broadcasts, channels, outbox, quotas, workers
from storage.lifecycle import BroadcastStatus
from storage.models import Broadcast, Recipient, Subscriber
from tests.support.page import PAGE, Page


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


@pytest.fixture
def heard(page, valkey_server):
    """The page, with a queue that answers."""
    connection = redis.Redis.from_url(valkey_server)
    connection.flushall()
    page.runtime.__dict__["queue_redis"] = connection  # where the runtime keeps the one it makes
    return page


def test_every_measure_is_told_with_its_kind_and_help(heard):
    families = [*read(heard.client.get("/metrics").get_data(as_text=True))]
    names = {f"{one.name}_total" if one.type == "counter" else one.name for one in families}
    assert names == {name for name, _, _ in listed()}
    assert {one.type for one in families} == {"gauge", "counter"}
    assert all(one.documentation for one in families)


def test_workers_and_pauses_are_counted(page, clock):
    assert _samples(page)["clarion_workers"] == 0
    workers.beat("w1", clock.now())
    channels.pause(page.channel.id, "refused", None, clock.now())
    found = _samples(page)
    assert (found["clarion_workers"], found["clarion_channel_paused page"]) == (1, 1)
    clock.advance(seconds=11)
    assert _samples(page)["clarion_workers"] == 0


def _recipient(page, clock, state):
    """Make somebody, and a broadcast in which they stand in a state."""
    page.say("p1", "hello")
    row = broadcasts.create(page.channel.id, "Sale", "anna", clock.now())
    Recipient.insert(broadcast=row.id, subscriber=Subscriber.get().id, state=state, updated_at=clock.now()).execute()


def test_the_ledger_is_counted_by_state(page, clock):
    _recipient(page, clock, "unknown")
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


def test_recipients_whom_an_ended_broadcast_left_waiting_are_told(page, clock):
    _recipient(page, clock, "claimed")
    assert "clarion_forgotten_recipients page" not in _samples(page)
    Broadcast.update(finished_at=clock.now()).execute()
    assert _samples(page)["clarion_forgotten_recipients page"] == 1


def test_how_much_of_a_months_messages_is_promised_is_told(page, clock):
    assert "clarion_month_used_ratio page" not in _samples(page)
    quotas.set_limits(page.channel.id, quotas.Limits(messages_per_month=200))
    row = broadcasts.create(page.channel.id, "Sale", "anna", clock.now())
    quotas.hold(row.id, page.channel.id, clock.now().date(), 150)
    assert _samples(page)["clarion_month_used_ratio page"] == 0.75


def test_webhooks_nobody_signed_are_counted_from_nothing_on(heard):
    refused = "clarion_signatures_refused_total page"
    assert _samples(heard)[refused] == 0
    assert heard.raw(b"{}", "sha256=nonsense").status_code == 403
    assert _samples(heard)[refused] == 1


def test_events_that_failed_are_counted(heard):
    def host(_channel, _event, _now):
        raise ValueError

    heard.runtime.unclaimed.append(host)
    heard.say("p1", "hello")
    assert _samples(heard)["clarion_events_failed_total page"] == 1


def test_a_second_copy_is_counted(heard, clock):
    heard.say("p1", "hello")
    row = broadcasts.create(heard.channel.id, "Sale", "anna", clock.now())
    person = Subscriber.get().id
    Recipient.insert(
        broadcast=row.id, subscriber=person, state="sent", step=1, message_ids="m_1", updated_at=clock.now()
    ).execute()
    heard.runtime.hearing._written = float("-inf")
    echo = {"is_echo": True, "metadata": f"b:{row.id}:{person}:0", "mid": "m_2"}
    heard.post({"sender": {"id": PAGE}, "recipient": {"id": "p1"}, "timestamp": 0, "message": echo})
    assert _samples(heard)["clarion_sent_twice_total page"] == 1


def test_how_late_people_are_heard_is_told(heard, clock):
    heard.say("p1", "hello", at=clock.now() - timedelta(seconds=75))
    assert _samples(heard)[f"{LAG[0]} page"] == 75


def test_a_queue_or_a_database_that_is_away_is_told_beside_the_rest(page, monkeypatch):
    found = _samples(page)
    assert (found[QUEUE[0]], found[DATABASE[0]], found["clarion_workers"]) == (0, 1, 0)

    def away(_now):
        raise pw.OperationalError("the server closed the connection")

    monkeypatch.setattr("storage.statistics.workers_alive", away)
    assert _samples(page) == {QUEUE[0]: 0, DATABASE[0]: 0}
