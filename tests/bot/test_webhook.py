"""What arrives is verified before it is believed, taken in once, and answered in bounded ways."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import peewee as pw
import pytest
from structlog.testing import capture_logs

from bot.router import route
from bot.webhook import MOST_BYTES
from handlers.events import Followed, Unfollowed
from storage import admins, broadcasts, ledger, subscribers
from storage.lifecycle import BroadcastStatus as S
from storage.models import InboxKey, Invite, OutboxMessage, Recipient, Subscriber
from tests.support.page import Page, signature, words
from tests.support.people import saw


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


def test_a_body_too_large_is_refused_and_read_no_further_though_its_length_was_not_said(page):
    body = io.BytesIO(b"x" * 3 * MOST_BYTES)
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert page.client.post("/webhooks/page", input_stream=body, environ_overrides=chunked).status_code == 413
    assert body.tell() == MOST_BYTES + 1


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
    saw(page.channel.id, "p1", clock.now(), clock.now() + timedelta(hours=1))
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


def test_one_persons_error_keeps_nobody_else_out_and_is_not_tried_again(page, clock):
    tries = []

    def host(_channel, event, _now):
        if event.person == "bad":
            tries.append(event.key)
            admins.invite(page.channel.id, "owner", clock.now())  # what it has done by then is taken back
            raise ValueError(f"bad said {event.text}")

    page.runtime.unclaimed.append(host)
    items = [page.message("bad", "my secret"), page.message("good", "STOP")]
    with capture_logs() as log:
        answers = [page.post(*items).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert (len(tries), Invite.select().count()) == (1, 0)
    assert subscribers.find(page.channel.id, "good").consent == "opted_out"
    (line,) = [each for each in log if each["event"] == "event_failed"]
    assert (line["kind"], line["error"]) == ("MessageReceived", "ValueError")
    assert "in host" in line["trace"]
    assert "my secret" not in str(line)


def test_an_admin_whose_message_failed_is_told_so_once(page, clock, monkeypatch):
    code = admins.invite(page.channel.id, "owner", clock.now())
    page.say("boss", f"/admin claim {code}")

    def broken(*_args):
        raise AssertionError

    monkeypatch.setattr("bot.router.converse", broken)
    item = page.message("boss", "/broadcast new Sale")
    page.post(item)
    page.post(item)
    (said,) = [words(row.payload) for row in OutboxMessage.select()][1:]
    assert said.startswith("Something went wrong here with your last message.")


def test_a_stop_is_kept_whatever_fails_on_its_way(page, monkeypatch):
    page.say("p1", "hello")

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr("bot.flows.runner.Runner.stop", broken)
    assert "no more broadcasts" in page.say("p1", "STOP")[0]
    assert Subscriber.get().consent == "opted_out"


def test_an_event_that_cannot_even_be_salvaged_is_left_out_and_the_others_are_not(page, monkeypatch):
    seen = subscribers.seen

    def broken(channel, person, *more):
        if person == "bad":
            raise RuntimeError
        seen(channel, person, *more)

    monkeypatch.setattr("storage.subscribers.seen", broken)
    assert page.post(page.message("bad", "STOP"), page.message("good", "STOP")).status_code == 200
    assert [row.platform_user_id for row in Subscriber.select()] == ["good"]
    assert InboxKey.select().count() == 2


def test_a_fact_that_cannot_be_taken_in_keeps_no_other_fact_out(page, clock, monkeypatch):
    for person in ("bad", "good"):
        page.say(person, "hello")
    settle = ledger.settle_by_watermark

    def broken(channel, marks):
        if "bad" in marks:
            raise RuntimeError
        settle(channel, marks)

    monkeypatch.setattr("bot.inbox.ledger.settle_by_watermark", broken)
    until = {"watermark": int(clock.now().timestamp() * 1000)}
    assert page.post(page.item("bad", delivery=until), page.item("good", delivery=until)).status_code == 200
    assert subscribers.find(page.channel.id, "good").delivered_until == clock.now()


def test_the_words_of_a_database_that_is_away_do_not_reach_the_log(page, monkeypatch):
    def away(*_args):
        raise pw.OperationalError("DETAIL: Failing row contains (p1, my secret)")

    monkeypatch.setattr("bot.inbox.inbox.first_time", away)
    with capture_logs() as log:
        assert page.post(page.message("p1", "hello")).status_code == 503
    (line,) = [each for each in log if each["event"] == "inbox_unavailable"]
    assert "secret" not in str(line)
    assert line["error"] == "OperationalError"


@pytest.mark.parametrize("words", [("STOP", "START"), ("START", "STOP")])
def test_wishes_count_in_the_order_they_were_said_in(page, clock, words):
    first, last = words
    page.say("p1", "STOP", at=clock.now() - timedelta(minutes=40))
    page.post(page.message("p1", last))
    assert page.say("p1", first, at=clock.now() - timedelta(minutes=10)) == [], "they have had their answer"
    assert Subscriber.get().consent == ("subscribed" if last == "START" else "opted_out")


def test_a_stop_said_twice_counts_from_the_last_time_and_is_told_from_the_first(page, clock):
    page.say("p1", "STOP", at=clock.now() - timedelta(minutes=30))
    page.say("p1", "STOP")
    page.say("p1", "START", at=clock.now() - timedelta(minutes=10))
    assert Subscriber.get().consent == "opted_out"
    assert Subscriber.get().consent_at == clock.now() - timedelta(minutes=30)


@pytest.mark.parametrize("words", [("STOP", "START"), ("START", "STOP")])
def test_of_two_wishes_of_one_moment_in_one_delivery_stop_wins(page, clock, words):
    page.post(*(page.message("p1", word) for word in words))
    assert Subscriber.get().consent == "opted_out"


def test_leaving_and_coming_back_count_in_the_order_they_happened_in(page, clock):
    def happen(kind, minutes):
        at = clock.now() + timedelta(minutes=minutes)
        route(page.runtime, page.channel, kind(key=f"{kind}{minutes}", person="p1", at=at), at)

    def person():
        return subscribers.find(page.channel.id, "p1")

    happen(Followed, 0)
    happen(Unfollowed, -5)
    assert not person().unreachable
    happen(Followed, -9)
    assert person().followed_at == clock.now()
    happen(Unfollowed, 5)
    page.post(page.message("p1", "hello", at=clock.now() + timedelta(minutes=4)))
    assert (person().unreachable, person().window_expires_at) == (True, None)
    page.post(page.message("p1", "hello", at=clock.now() + timedelta(minutes=6)))
    assert not person().unreachable
    assert person().window_expires_at is not None
