"""Every kind of webhook event, as recorded, and everything that is none.

The payloads have the shapes of Meta's own samples, checked 2026-11-23 at
developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import Unreadable
from handlers.events import (
    ButtonPressed,
    Delivered,
    Echoed,
    Event,
    MessageReceived,
    OptedIn,
    OptedOut,
    PolicyEnforced,
    Reacted,
    Read,
    Referred,
    Unrecognised,
)
from handlers.messenger.parse import READERS, parse
from tests.handlers.messenger.page import PAGE_ID, PAYLOADS, PSID, payload

AT = datetime(2025, 11, 11, 23, 11, 11, tzinfo=UTC)
BEFORE = datetime(2025, 11, 11, 23, 11, 10, tzinfo=UTC)
TOMORROW = AT + timedelta(hours=24)
SHUT = {"window_until": None}

# (payload, kind of event, what it must say); every event is of PSID, at AT, and opens the window unless said.
CASES = (
    ("message_text", MessageReceived, {"key": "message:m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM", "text": "hello"}),
    ("message_quick_reply", MessageReceived, {"text": "Now", "payload": "when:now"}),
    (
        "message_image",
        MessageReceived,
        {"image_urls": ("https://scontent.example/a.jpg", "https://scontent.example/b.jpg")},
    ),
    (
        "message_sticker_during_changeover",
        MessageReceived,
        {"image_urls": (), "other_attachments": ("sticker",)},
    ),
    ("message_link_with_preview", MessageReceived, {"text": "https://example.com", "other_attachments": ()}),
    ("message_audio", MessageReceived, {"text": "", "other_attachments": ("audio",)}),
    ("message_command", MessageReceived, {"command": "flights"}),
    ("message_from_ad", MessageReceived, {"ref": "spring"}),
    ("standby_message", MessageReceived, {"text": "hello", "standby": True}),
    (
        "echo",
        Echoed,
        {"key": "echo:m_457638879", "message_id": "m_457638879", "metadata": "b:12:345:0", "app_id": "1517776481860111"}
        | SHUT,
    ),
    (
        "postback_get_started",
        ButtonPressed,
        {"key": "postback:m_MESSAGE-ID", "payload": "start", "title": "Get Started", "ref": "poster"},
    ),
    ("postback_without_mid", ButtonPressed, {"payload": "flow:orders"}),
    ("postback_as_change", ButtonPressed, {"key": "postback:m_change", "payload": "flow:orders"}),
    ("referral_shortlink", Referred, {"ref": "poster", "source": "SHORTLINK"}),
    ("referral_ad", Referred, {"ref": "spring", "source": "ADS"} | SHUT),
    ("optin_notification_messages", OptedIn, {"kind": "notification_messages", "ref": "news"} | SHUT),
    ("optin_resume_notifications", OptedIn, {"kind": "notification_messages"} | SHUT),
    ("optin_stop_notifications", OptedOut, SHUT),
    ("optin_stop_notifications_underscore", OptedOut, SHUT),
    ("optout_as_change", OptedOut, SHUT),
    ("delivery_with_mids", Delivered, {"watermark": BEFORE, "message_ids": ("m_1", "m_2")} | SHUT),
    ("delivery_without_mids", Delivered, {"watermark": BEFORE, "message_ids": ()} | SHUT),
    ("read", Read, {"watermark": BEFORE} | SHUT),
    (
        "policy_block",
        PolicyEnforced,
        {"action": "block", "reason": "The bot violated our Platform Policies.", "person": ""} | SHUT,
    ),
    ("policy_unblock", PolicyEnforced, {"action": "unblock", "reason": "", "person": ""} | SHUT),
    ("reaction", Reacted, {"message_id": "m_1", "reaction": "love"}),
    ("reaction_taken_back", Unrecognised, {"kind": "reaction"} | SHUT),
    ("message_edit", Unrecognised, {"kind": "message_edit"} | SHUT),
    ("pass_thread_control", Unrecognised, {"kind": "pass_thread_control"} | SHUT),
    ("take_thread_control", Unrecognised, {"kind": "take_thread_control"} | SHUT),
    ("request_thread_control", Unrecognised, {"kind": "request_thread_control"} | SHUT),
    ("app_roles", Unrecognised, {"kind": "app_roles", "person": ""} | SHUT),
    ("account_linking", Unrecognised, {"kind": "account_linking"} | SHUT),
    ("messaging_feedback", Unrecognised, {"kind": "messaging_feedback"} | SHUT),
    ("message_for_another_page", Unrecognised, {"kind": "another_page"} | SHUT),
    ("message_from_plugin_without_psid", Unrecognised, {"kind": "message", "person": ""} | SHUT),
    (
        "marketing_message_delivery_failed_as_change",
        Unrecognised,
        {"kind": "marketing_message_delivery_failed", "person": ""} | SHUT,
    ),
    ("marketing_message_clicks_flat", Unrecognised, {"kind": "marketing_message_clicks", "person": ""} | SHUT),
    (
        "template_status_as_change",
        Unrecognised,
        {
            "kind": "message_template_status_update",
            "person": "",
            "at": datetime(2025, 11, 11, 23, 11, 12, 478000, tzinfo=UTC),
        }
        | SHUT,
    ),
)


@pytest.mark.parametrize(("name", "kind", "says"), CASES, ids=[case[0] for case in CASES])
def test_a_recorded_event_is_read(name, kind, says):
    (event,) = parse(payload(name), PAGE_ID)
    assert type(event) is kind
    expected = {"person": PSID, "at": AT, "window_until": TOMORROW} | says
    assert {field: getattr(event, field) for field in expected} == expected
    assert event.standby is (name == "standby_message")


def test_every_recorded_payload_has_its_case():
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {case[0] for case in CASES} | {"several_events"}


def test_every_reader_has_its_case():
    assert set(READERS) - {"optout"} <= {key for name, _, _ in CASES for key in _item(name)}


def test_all_entries_and_items_of_one_request_are_read_in_order():
    events = parse(payload("several_events"), PAGE_ID)
    assert [type(event) for event in events] == [MessageReceived, Read, ButtonPressed]


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_a_key_is_the_same_when_the_event_is_delivered_again(name):
    (first,), (again,) = parse(payload(name), PAGE_ID), parse(_shuffled(payload(name)), PAGE_ID)
    assert first.key == again.key


def test_keys_differ_between_different_events():
    keys = [event.key for case in CASES for event in parse(payload(case[0]), PAGE_ID) if case[0] != "standby_message"]
    assert len(set(keys)) == len(keys)


def test_an_event_without_mid_has_another_key_a_moment_later():
    body = payload("postback_without_mid")
    (one,), (other,) = parse(body, PAGE_ID), parse(body.replace(b"1762902671000", b"1762902671001"), PAGE_ID)
    assert one.key != other.key


def test_an_event_named_optout_is_an_optout():
    (event,) = parse(_envelope({"optout": {"any": "thing"}}), PAGE_ID)
    assert (type(event), event.person) == (OptedOut, PSID)


def test_an_echo_of_another_page_is_not_ours():
    (event,) = parse(payload("echo").replace(PAGE_ID.encode(), b"42"), PAGE_ID)
    assert isinstance(event, Unrecognised)
    assert event.kind == "another_page"


def test_text_a_database_cannot_store_is_mended():
    (event,) = parse(_envelope({"message": {"mid": "m", "text": "a\0b\ud800c😀"}}), PAGE_ID)
    assert isinstance(event, MessageReceived)
    assert event.text == "ab\N{REPLACEMENT CHARACTER}c😀"


@pytest.mark.parametrize(
    "time", [None, True, "soon", 1e300, -1e300, float("inf"), float("nan"), [], {}, 10**30, 253402300799000]
)
def test_a_time_that_is_none_falls_back_to_the_entrys(time):
    (event,) = parse(_envelope({"timestamp": time, "message": {"mid": "m", "text": "hi"}}), PAGE_ID)
    assert event.at == datetime(2025, 11, 11, 23, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"page"',
        b"{",
        b"\xff\xfe\x00",
        b'{"object":"instagram","entry":[]}',
        b'{"object":"page"}',
        b'{"object":"page","entry":{}}',
        b"[" * 100_000,
        b'{"object":"page","entry":[' + b"9" * 5000 + b"]}",
    ],
    ids=range(11),
)
def test_what_is_no_envelope_is_unreadable(body):
    with pytest.raises(Unreadable):
        parse(body, PAGE_ID)


KEYS = (
    *READERS,
    *("sender", "recipient", "timestamp", "id", "mid", "text", "attachments", "payload", "is_echo", "type"),
    *("watermark", "mids", "action", "quick_reply", "commands", "name", "referral", "ref", "url", "field"),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    LEAVES | st.sampled_from([PAGE_ID, PSID, "react"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["messaging", "standby", "changes"]), JSON)
def test_an_envelope_of_garbage_gives_events_and_nothing_else(item, form, time):
    body = {"object": "page", "entry": [{"id": PAGE_ID, "time": time, form: [item, {"field": "x", "value": item}]}]}
    for event in parse(json.dumps(body).encode(), PAGE_ID):
        assert isinstance(event, Event)
        assert event.key
        assert event.at.tzinfo is UTC
        repr(event).encode()


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_events_or_unreadable(body):
    try:
        events = parse(body, PAGE_ID)
    except Unreadable:
        return
    assert all(isinstance(event, Event) for event in events)


@given(st.sampled_from([*READERS]), JSON)
def test_a_garbled_body_of_a_known_kind_never_raises(name, inner):
    parse(_envelope({name: inner}), PAGE_ID)


def _envelope(item: dict[str, object]) -> bytes:
    whole = {"sender": {"id": PSID}, "recipient": {"id": PAGE_ID}, "timestamp": 1762902671000, **item}
    entry = {"id": PAGE_ID, "time": 1762902672000, "messaging": [whole]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def _item(name: str) -> dict[str, object]:
    entry = json.loads(payload(name))["entry"][0]
    item = next(entry[form] for form in ("messaging", "standby", "changes") if form in entry)[0]
    return item.get("value", item)


def _shuffled(body: bytes) -> bytes:
    """The same payload as a redelivery may have it: other blanks, other order, later entry time."""

    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(each) for each in value] if isinstance(value, list) else value

    return json.dumps(turned(json.loads(body)), separators=(",", ":")).encode()
