"""What arrives is verified before it is believed, taken in once, and answered in bounded ways."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import peewee as pw
import pytest

from bot.webhook import MOST_BYTES
from storage import admins, broadcasts, ledger, subscribers
from storage.lifecycle import BroadcastStatus as S
from storage.models import InboxKey, OutboxMessage, Recipient, Subscriber
from tests.support.page import Page, signature


@pytest.fixture(params=["sqlite", "postgres"])
def page(request: pytest.FixtureRequest, tmp_path: Path, clock) -> Iterator[Page]:
    """The product over each kind of database."""
    url = "sqlite:///page.db" if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    made = Page(tmp_path, clock, url)
    yield made
    made.runtime.database.close()


def test_the_handshake_answers_with_the_challenge_and_only_to_who_knows_the_word(page):
    right = {"hub.mode": "subscribe", "hub.verify_token": "verify-value", "hub.challenge": "12345"}
    answer = page.client.get("/webhooks/page", query_string=right)
    assert (answer.status_code, answer.data) == (200, b"12345")
    wrong = {**right, "hub.verify_token": "guess"}
    assert page.client.get("/webhooks/page", query_string=wrong).status_code == 403


def test_unsigned_and_wrongly_signed_bodies_have_no_effect_and_are_told_nothing(page):
    body = b'{"object":"page","entry":[]}'
    for signed in (None, "", "sha256=", signature(body, "another secret"), "sha1=" + "0" * 40):
        answer = page.raw(body, signed)
        assert (answer.status_code, answer.data) == (403, b"")
    assert Subscriber.select().count() == 0


def test_bytes_are_verified_and_not_their_meaning(page):
    body = b'{"object":"page","entry":[ ]}'
    assert page.raw(body.replace(b" ", b""), signature(body)).status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"object":"page"}', b'{"object":"user","entry":[]}']
)
def test_signed_garbage_is_refused_without_a_crash(page, body):
    assert page.raw(body, signature(body)).status_code < 500


def test_a_body_too_large_is_refused_unread(page):
    body = b"x" * (MOST_BYTES + 1)
    assert page.raw(body, signature(body)).status_code == 413


def test_an_unknown_channel_is_not_found(page):
    assert page.client.post("/webhooks/other", data=b"{}").status_code == 404


def test_a_message_makes_a_subscriber_with_an_open_window(page, clock):
    page.say("p1", "hello")
    person = Subscriber.get()
    assert person.platform_user_id == "p1"
    assert person.window_expires_at == clock.now() + timedelta(hours=24)


def test_a_redelivered_message_is_handled_once(page):
    item = page.message("p1", "STOP", mid="m_same")
    assert page.post(item).status_code == 200
    assert page.post(item, item).status_code == 200
    assert OutboxMessage.select().count() == 1
    assert InboxKey.select().count() == 1


def test_a_message_of_a_week_ago_has_no_effect(page, clock):
    old = page.message("p1", "STOP", at=clock.now() - timedelta(days=7))
    assert page.post(old).status_code == 200
    assert (Subscriber.select().count(), OutboxMessage.select().count()) == (0, 0)


def test_stop_is_heard_from_anybody_and_start_brings_them_back(page):
    assert "no more broadcasts" in page.say("p1", "stop")[0]
    assert Subscriber.get().consent == "opted_out"
    assert "Welcome back" in page.say("p1", "START")[0]
    assert Subscriber.get().consent == "subscribed"


def test_start_from_somebody_who_never_stopped_is_not_ours_to_answer(page):
    assert page.say("p1", "start") == []


def test_admin_commands_do_not_exist_for_anybody_else(page):
    for text in ("/broadcast", "/broadcast new Sale", "/help", "/admin list", "/admin claim WRONGCODE", "/quota"):
        assert page.say("stranger", text) == []


def test_a_claim_works_once(page, clock):
    code = admins.invite(page.channel.id, "owner", clock.now())
    assert "Welcome" in page.say("boss", f"/admin claim {code}")[0]
    assert page.say("thief", f"/admin claim {code}") == []
    assert admins.find(page.channel.id, "thief") is None


def test_a_code_expires(page, clock):
    code = admins.invite(page.channel.id, "owner", clock.now())
    clock.advance(hours=25)
    assert page.say("boss", f"/admin claim {code}") == []


def test_guessing_is_slowed_down_until_even_the_right_code_is_not_heard(page, clock):
    code = admins.invite(page.channel.id, "owner", clock.now())
    for _ in range(6):
        page.say("guesser", "/admin claim AAAAAAAAAAAA")
    assert page.say("guesser", f"/admin claim {code}") == []
    clock.advance(minutes=16)
    assert "Welcome" in page.say("guesser", f"/admin claim {code}")[0]


def test_stop_is_heard_in_the_middle_of_a_conversation(page, clock):
    code = admins.invite(page.channel.id, "owner", clock.now())
    page.say("boss", f"/admin claim {code}")
    page.say("boss", "/broadcast new Sale")
    assert "no more broadcasts" in page.say("boss", "STOP")[0]
    assert Subscriber.get().consent == "opted_out"


def test_our_own_echoes_are_never_answered(page, clock):
    echo = {"mid": "m_e", "text": "/broadcast", "is_echo": True, "metadata": "r:1", "app_id": 7}
    item = {"sender": {"id": "1000001"}, "recipient": {"id": "boss"}, "timestamp": 1, "message": echo}
    assert page.post(item).status_code == 200
    assert OutboxMessage.select().count() == 0


def test_an_echo_settles_a_row_in_doubt(page, clock):
    subscribers.saw(page.channel.id, "p1", clock.now(), clock.now() + timedelta(hours=1))
    content = {"version": 1, "messages": [{"kind": "text", "text": "hi"}]}
    row = broadcasts.create(page.channel.id, "Spring", "boss", clock.now(), content=content)
    ledger.plan(row.id, page.channel.id, None, {}, clock.now())
    broadcasts.move(row.id, S.STARTING, "boss", clock.now())
    broadcasts.move(row.id, S.SENDING, "boss", clock.now())
    (claim,) = ledger.claim(row.id, "dead", 1, clock.now())
    ledger.mark_sending(row.id, "dead", [claim.subscriber_id], clock.now())
    ledger.release([], clock.now())
    assert Recipient.get().state == "unknown"
    clock.advance(days=3)
    echo = {"mid": "m_9", "is_echo": True, "metadata": f"b:{row.id}:{claim.subscriber_id}:0"}
    item = {"sender": {"id": "1000001"}, "recipient": {"id": "p1"}, "timestamp": 1, "message": echo}
    for _ in range(2):
        assert page.post(item).status_code == 200
    assert (Recipient.get().state, Recipient.get().message_ids) == ("sent", "m_9")


def test_a_policy_block_holds_the_whole_channel_until_it_is_lifted(page, clock):
    block = {"recipient": {"id": "1000001"}, "timestamp": int(clock.now().timestamp() * 1000)}
    page.post({**block, "policy_enforcement": {"action": "block", "reason": "spam"}})
    assert 'clarion_channel_paused{channel="page"} 1.0' in page.client.get("/metrics").text
    clock.advance(seconds=1)
    lifted = {**block, "timestamp": block["timestamp"] + 1000, "policy_enforcement": {"action": "unblock"}}
    page.post(lifted)
    assert 'clarion_channel_paused{channel="page"} 0.0' in page.client.get("/metrics").text


def test_a_locked_database_makes_the_platform_deliver_again(page, monkeypatch):
    def locked(*_args, **_more):
        raise pw.OperationalError("database is locked")

    monkeypatch.setattr("bot.inbox.inbox.first_time", locked)
    item = page.message("p1", "STOP", mid="m_1")
    assert page.post(item).status_code == 503
    monkeypatch.undo()
    assert page.post(item).status_code == 200
    assert OutboxMessage.select().count() == 1


def test_the_effect_and_its_reply_are_committed_together(page, monkeypatch):
    def broken(*_args, **_more):
        raise pw.OperationalError("disk I/O error")

    monkeypatch.setattr("bot.inbox.outbox.add", broken)
    assert page.post(page.message("p1", "STOP", mid="m_1")).status_code == 503
    assert (Subscriber.select().count(), InboxKey.select().count()) == (0, 0)


def test_ready_says_what_is_away_and_that_nothing_is_lost(page):
    assert page.client.get("/healthz").status_code == 200
    ready = page.client.get("/readyz")
    assert ready.status_code == 200
    assert "redis: away" in ready.text
