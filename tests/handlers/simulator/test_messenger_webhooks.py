"""Section 1: the signed bytes, the order, the batches and the persistence of notifications."""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.simulator.messenger_events import escaped
from tests.handlers.simulator.rig import PAYLOADS, live_page

SECRET = "s3cret"


@pytest.fixture(scope="module")
def shared():
    with live_page(people=0) as page:
        yield page


@pytest.fixture
def page(shared):
    """A Page that was started over, with its webhook answering 200."""
    shared.control("POST", "/reset")
    shared.receiver.posts.clear()
    shared.receiver.answers.clear()
    shared.receiver.always = 200
    return shared


ESCAPES = [
    ("umlauts in lower-case hex", "äöå", b"\\u00e4\\u00f6\\u00e5"),
    ("an emoji as a surrogate pair", "😀", b"\\ud83d\\ude00"),
    ("Chinese", "促销", b"\\u4fc3\\u9500"),
    ("a slash with its backslash", "https://youtu.be/x", b"https:\\/\\/youtu.be\\/x"),
]


@pytest.mark.parametrize(("label", "text", "raw"), ESCAPES, ids=[label for label, *_ in ESCAPES])
def test_payloads_are_escaped_as_the_platform_escapes_them(label, text, raw):
    body = escaped({"text": text})
    assert body == b'{"text":"' + raw + b'"}'
    assert json.loads(body) == {"text": text}


@given(st.text())
def test_escaped_payloads_are_plain_ascii_and_mean_the_same(text):
    body = escaped({"text": text})
    assert body.isascii()
    assert b"/" not in body.replace(b"\\/", b"")
    assert json.loads(body) == {"text": text}


def test_a_notification_is_signed_over_its_raw_bytes():
    with live_page(app_secret=SECRET) as page:
        psid = page.person()
        page.control("POST", "/say", psid=psid, text="Grüße 😀 https://youtu.be/x")
    ((headers, body),) = page.receiver.posts
    assert rb"Gr\u00fc\u00dfe \ud83d\ude00 https:\/\/youtu.be\/x" in body
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={expected}"
    assert headers["x-hub-signature"].startswith("sha1=")
    assert headers["content-type"] == "application/json"


def test_a_notification_has_the_documented_envelope(page):
    psid = page.person()
    page.control("POST", "/say", psid=psid, text="hi")
    sample = json.loads((PAYLOADS / "envelope.json").read_text())
    found = json.loads(page.receiver.posts[0][1])
    assert found.keys() == sample.keys()
    assert found["object"] == "page"
    (entry,) = found["entry"]
    assert entry.keys() == sample["entry"][0].keys()
    assert entry["id"] == page.config.page_id
    assert isinstance(entry["time"], int)
    (item,) = entry["messaging"]
    assert item.keys() == {*sample["entry"][0]["messaging"][0], "message"}


def test_a_command_message_has_the_documented_keys(page):
    sample = json.loads((PAYLOADS / "command_message.json").read_text())
    page.control("POST", "/say", psid=page.person(), command="flights", text=sample["message"]["text"])
    (item,) = page.receiver.items()
    assert item.keys() == sample.keys()
    assert item["message"].keys() == sample["message"].keys()
    assert item["message"]["commands"] == sample["message"]["commands"]


def test_a_send_is_echoed_then_delivered_then_read(page):
    psid = page.person()
    mid = page.send(psid, "hello", metadata="b:7:1:0").json()["message_id"]
    page.settle()
    echo, delivery, read = page.receiver.items()
    page_id, at = page.config.page_id, page.clock.millis()
    assert echo == {
        "sender": {"id": page_id},
        "recipient": {"id": psid},
        "timestamp": at,
        "message": {
            "mid": mid,
            "is_echo": True,
            "app_id": int(page.config.app_id),
            "metadata": "b:7:1:0",
            "text": "hello",
        },
    }
    common = {"sender": {"id": psid}, "recipient": {"id": page_id}, "timestamp": at}
    assert delivery == {**common, "delivery": {"mids": [mid], "watermark": at}}
    assert read == {**common, "read": {"watermark": at}}


def test_deliveries_come_with_and_without_message_ids(page):
    psid = page.person()
    for _ in range(4):
        page.send(psid)
    page.settle()
    deliveries = [item["delivery"] for item in page.receiver.items() if "delivery" in item]
    assert ["mids" in delivery for delivery in deliveries] == [True, False, True, False]
    assert all("watermark" in delivery for delivery in deliveries)


def test_an_image_is_echoed_as_an_attachment(page):
    image = {"type": "image", "payload": {"url": "https://files.example/a.jpg"}}
    body = {"recipient": {"id": page.person()}, "messaging_type": "UPDATE", "message": {"attachment": image}}
    page.http.post(f"{page.url}/v26.0/me/messages", json=body)
    page.settle()
    assert page.receiver.items()[0]["message"]["attachments"] == [image]


def test_a_persons_messages_keep_their_order(page):
    psids = page.control("POST", "/people", count=7)["psids"]
    sent = {psid: [page.send(psid).json()["message_id"] for _ in range(10)] for psid in psids}
    page.settle()
    echoed: dict[str, list[str]] = {psid: [] for psid in psids}
    for item in page.receiver.items():
        if item.get("message", {}).get("is_echo"):
            echoed[item["recipient"]["id"]].append(item["message"]["mid"])
    assert echoed == sent


@pytest.mark.parametrize(
    ("setting", "left"),
    [("echoes", ["delivery", "read"]), ("deliveries", ["echo", "read"]), ("reads", ["echo", "delivery"])],
)
def test_each_kind_of_receipt_can_be_turned_off(setting, left):
    with live_page(**{setting: False}) as page:
        page.send(page.person())
        page.settle()
    assert page.receiver.kinds() == left


def test_several_events_go_into_one_notification_and_several_items_into_one_entry():
    with live_page(items_per_entry=3) as page:
        items = [{"read": {"watermark": number}} for number in range(4)]
        page.control("POST", "/event", items=items)
    ((_, body),) = page.receiver.posts
    assert [len(entry["messaging"]) for entry in json.loads(body)["entry"]] == [3, 1]


def test_a_failed_notification_is_posted_again_at_once_with_the_same_bytes(page):
    page.receiver.answers.extend([500, 403])
    answer = page.control("POST", "/say", psid=page.person(), text="hi")
    assert answer["status"] == 200
    assert len(page.receiver.posts) == 3
    assert len({body for _, body in page.receiver.posts}) == 1
    assert page.control("GET", "/counts")["webhooks"]["retried"] == 2


def test_after_a_few_attempts_a_notification_is_given_up(page):
    page.receiver.always = 500
    assert page.control("POST", "/say", psid=page.person(), text="hi")["status"] == 500
    assert len(page.receiver.posts) == 4
    assert page.control("GET", "/counts")["webhooks"]["failed"] == 1


def test_an_answer_that_takes_too_long_is_a_failure():
    with live_page(webhook_timeout_seconds=0.05, webhook_retry_seconds=()) as page:
        page.receiver.silent = True
        assert page.control("POST", "/say", psid=page.person(), text="hi")["status"] == 0
        assert page.control("GET", "/counts")["webhooks"]["failed"] == 1


def test_the_platform_waits_five_seconds_for_an_answer(page):
    assert page.config.webhook_timeout_seconds == 5


def test_an_hour_of_failure_unsubscribes_the_app_until_it_subscribes_again(page):
    psid = page.person()
    page.receiver.always = 500
    page.control("POST", "/say", psid=psid, text="1")
    page.control("POST", "/clock", advance_seconds=3599)
    page.control("POST", "/say", psid=psid, text="2")
    assert page.control("GET", "/counts")["webhooks"]["disabled"] is False
    page.control("POST", "/clock", advance_seconds=1)
    page.control("POST", "/say", psid=psid, text="3")
    assert page.control("GET", "/counts")["webhooks"]["disabled"] is True
    page.receiver.always = 200
    page.receiver.posts.clear()
    assert page.control("POST", "/say", psid=psid, text="4")["status"] == -1
    assert page.receiver.posts == []
    subscribe = page.http.post(f"{page.url}/v26.0/me/subscribed_apps", data={"subscribed_fields": "messages"})
    assert subscribe.json() == {"success": True}
    assert page.control("POST", "/say", psid=psid, text="5")["status"] == 200
    assert [item["message"]["text"] for item in page.receiver.items()] == ["5"]


def test_a_success_ends_the_count_towards_the_hour(page):
    psid = page.person()
    page.receiver.always = 500
    page.control("POST", "/say", psid=psid, text="1")
    page.control("POST", "/clock", advance_seconds=3000)
    page.receiver.always = 200
    page.control("POST", "/say", psid=psid, text="2")
    page.receiver.always = 500
    page.control("POST", "/clock", advance_seconds=3000)
    page.control("POST", "/say", psid=psid, text="3")
    assert page.control("GET", "/counts")["webhooks"]["disabled"] is False


def test_only_subscribed_fields_are_posted(page):
    page.http.post(f"{page.url}/v26.0/me/subscribed_apps", data={"subscribed_fields": "message_echoes"})
    psid = page.person()
    assert page.control("POST", "/say", psid=psid, text="hi")["status"] == -1
    page.send(psid)
    page.settle()
    assert page.receiver.kinds() == ["echo"]


FAULTS = [
    ("lost_echo", ["delivery", "read"]),
    ("duplicate_echo", ["echo", "echo", "delivery", "read"]),
    ("doubled_webhook", ["echo", "delivery", "read", "echo", "delivery", "read"]),
    ("reordered_webhooks", ["read", "delivery", "echo"]),
]


@pytest.mark.parametrize(("fault", "kinds"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_rehearsed_webhook_fault_is_what_arrives(page, fault, kinds):
    page.control("POST", "/faults", name=fault, next_calls=1)
    psid = page.person()
    assert page.send(psid).ok
    page.settle()
    assert page.receiver.kinds() == kinds


def test_an_early_echo_is_there_before_the_call_is_answered(page):
    page.control("POST", "/faults", name="echo_before_answer")
    assert page.send(page.person()).ok
    assert page.receiver.kinds() == ["echo", "delivery", "read"]
    page.settle()
    assert len(page.receiver.posts) == 1


def test_what_waits_is_bounded_and_what_is_dropped_is_counted():
    with live_page(webhook_queue_most=2, webhook_lanes=1) as page:
        page.receiver.silent = True
        psid = page.person()
        for _ in range(5):
            page.send(psid)
        counts = page.control("GET", "/counts")
        assert counts["accepted"] == 5
        assert (counts["webhooks"]["pending"], counts["webhooks"]["dropped"]) == (2, 3)


@pytest.mark.parametrize(
    ("token", "found"),
    [("let me in", {"status": 200, "verified": True}), ("wrong", {"status": 403, "verified": False})],
)
def test_the_handshake_wants_the_bare_challenge_back(page, token, found):
    assert page.control("POST", "/verify", verify_token=token) == found
