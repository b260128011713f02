"""Recorded webhooks and what they mean; and nothing that can be posted makes anything but events or `Unreadable`."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import Unreadable
from handlers.events import (
    ButtonPressed,
    Event,
    Followed,
    MassSendFinished,
    MessageReceived,
    Referred,
    Unfollowed,
    Unrecognised,
)
from handlers.wechat.parse import parse
from tests.handlers.wechat.account import OPENID, ORIGINAL_ID, PAYLOADS, payload

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TWO_DAYS, A_MINUTE = AT + timedelta(hours=48), AT + timedelta(minutes=1)
MESSAGE = {"key": "message:1234567890123456", "person": OPENID, "at": AT, "window_until": TWO_DAYS}


def read(name: str) -> Event:
    (event,) = parse(payload(name).decode(), ORIGINAL_ID)
    return event


def message(**fields) -> MessageReceived:
    return MessageReceived(**{**MESSAGE, **fields})


MESSAGES = {
    "text": message(text="你好"),
    "text_empty": message(),
    "text_from_article": message(text="hi"),
    "menu_tap": message(text="Everyone", window_until=A_MINUTE),
    "menu_tap_zero": message(text="Everyone", window_until=A_MINUTE),
    "image": message(image_urls=("http://mmbiz.qpic.cn/mmbiz_jpg/abc/0",)),
    "voice": message(other_attachments=("voice",)),
    "video": message(other_attachments=("video",)),
    "shortvideo": message(other_attachments=("shortvideo",)),
    "location": message(other_attachments=("location",)),
    "link": message(other_attachments=("link",)),
}
# (class, fields other than key, person and time, how long it opens the window)
EVENTS = {
    "subscribe": (Followed, {"ref": ""}, A_MINUTE),
    "subscribe_by_qr": (Followed, {"ref": "spring"}, A_MINUTE),
    "unsubscribe": (Unfollowed, {}, None),
    "scan": (Referred, {"ref": "spring", "source": "QRCODE"}, A_MINUTE),
    "click": (ButtonPressed, {"payload": "menu_news"}, A_MINUTE),
    "scancode_push": (ButtonPressed, {"payload": "menu_scan", "ref": "ticket 7"}, A_MINUTE),
    "scancode_waitmsg": (ButtonPressed, {"payload": "menu_scan", "ref": "ticket 7"}, A_MINUTE),
    "view": (Unrecognised, {"kind": "view"}, None),
    "location_event": (Unrecognised, {"kind": "location"}, None),
    "templatesendjobfinish": (Unrecognised, {"kind": "templatesendjobfinish"}, None),
    "publishjobfinish": (Unrecognised, {"kind": "publishjobfinish"}, None),
    "subscribe_msg_popup": (Unrecognised, {"kind": "subscribe_msg_popup_event"}, None),
}
JOB = {"key": "mass:3162228393", "person": "", "at": AT, "job_id": "3162228393", "total": 2, "filtered": 1, "sent": 1}
JOBS = {
    "mass_finished": MassSendFinished(**JOB, status="send success", errors=0),
    "mass_finished_copyright": MassSendFinished(**JOB, status="err(30003)", errors=0),
    "mass_finished_empty_nodes": MassSendFinished(**JOB, status="send success", errors=0),
}


def test_every_recorded_webhook_has_a_case():
    assert {path.stem for path in PAYLOADS.glob("*.xml")} == {*MESSAGES, *EVENTS, *JOBS}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_read(name):
    assert read(name) == MESSAGES[name]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_read(name):
    kind, fields, window = EVENTS[name]
    event = read(name)
    assert type(event) is kind
    assert (event.person, event.at, event.window_until) == (OPENID, AT, window)
    assert {field: getattr(event, field) for field in fields} == fields


@pytest.mark.parametrize("name", JOBS)
def test_the_end_of_a_mass_message_is_read_and_is_nobodys_word(name):
    assert read(name) == JOBS[name]


def test_a_redelivery_has_the_same_key_and_no_two_events_have():
    keys = [read(path.stem).key for path in sorted(PAYLOADS.glob("*.xml")) if path.stem in EVENTS]
    assert keys == [read(path.stem).key for path in sorted(PAYLOADS.glob("*.xml")) if path.stem in EVENTS]
    assert len(set(keys)) == len(EVENTS)


@pytest.mark.parametrize(
    ("old", "new"), [("menu_news", "menu_help"), ("1795510800", "1795510801"), (OPENID, "o2"), ("CLICK", "SCAN")]
)
def test_events_of_another_second_person_kind_or_key_have_other_keys(old, new):
    (other,) = parse(payload("click").decode().replace(old, new))
    assert other.key != read("click").key


def test_a_message_without_an_id_has_a_key_of_its_own():
    body = payload("text").decode().replace("<MsgId>1234567890123456</MsgId>", "")
    (first,), (again,) = parse(body), parse(body)
    (later,) = parse(body.replace("1795510800", "1795510801"))
    assert first.key == again.key != later.key


def test_a_request_for_another_account_has_no_effect():
    (event,) = parse(payload("text").decode(), "gh_somebody_else")
    assert isinstance(event, Unrecognised)
    assert event.kind == "another_account"


def test_an_unknown_kind_of_message_still_opens_the_window():
    (event,) = parse(payload("text").decode().replace("<![CDATA[text]]>", "hologram"))
    assert (event.other_attachments, event.text, event.window_until) == (("hologram",), "", TWO_DAYS)


def test_an_unknown_event_and_one_without_a_name_are_unrecognised():
    body = payload("click").decode()
    (unknown,) = parse(body.replace("CLICK", "Something_New"))
    (nameless,) = parse(body.replace("<Event><![CDATA[CLICK]]></Event>", ""))
    assert (unknown.kind, nameless.kind) == ("something_new", "event")


def test_a_mass_message_without_a_number_is_unrecognised():
    (event,) = parse(payload("mass_finished").decode().replace("<MsgID>3162228393</MsgID>", "<MsgID/>"))
    assert isinstance(event, Unrecognised)


TEXT = payload("text").decode()
BOMB = '<!DOCTYPE x [<!ENTITY a "ha">]><xml><MsgType>text</MsgType><Content>&a;</Content></xml>'
UNREADABLE = {
    "nothing": "",
    "not XML": "hello",
    "JSON": '{"MsgType":"text"}',
    "half": TEXT[:-20],
    "two roots": TEXT + TEXT,
    "another root": TEXT.replace("xml>", "html>"),
    "an empty root": "<xml></xml>",
    "words for a root": "<xml>hello</xml>",
    "entities": BOMB,
    "no MsgType": TEXT.replace("MsgType", "Type"),
    "an empty MsgType": TEXT.replace("<![CDATA[text]]>", ""),
    "two MsgTypes": TEXT.replace("<MsgId>", "<MsgType>text</MsgType><MsgId>"),
    "a MsgType with something in it": TEXT.replace("<![CDATA[text]]>", "<a>text</a>"),
    "no sender": TEXT.replace("FromUserName", "From"),
    "two senders": TEXT.replace("<MsgId>", "<FromUserName>o2</FromUserName><MsgId>"),
    "no time": TEXT.replace("CreateTime", "Time"),
    "words for a time": TEXT.replace("1795510800", "now"),
    "a time without end": TEXT.replace("1795510800", "9" * 5000),
    "a time beyond the calendar": TEXT.replace("1795510800", "253402300799"),
    "two Events": payload("click").decode().replace("<EventKey>", "<Event>SCAN</Event><EventKey>"),
    "two keys of a follow": payload("subscribe_by_qr").decode().replace("<Ticket>", "<EventKey>x</EventKey><Ticket>"),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_wechat_would_not_send_is_unreadable(body):
    with pytest.raises(Unreadable):
        parse(body)


NAMES = st.sampled_from(
    [
        *("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "MsgID", "Content"),
        *("CopyrightCheckResult", "ArticleUrlResult", "ResultList", "item", "ScanCodeInfo", "bizmsgmenuid", "PicUrl"),
    ]
)
WORDS = st.sampled_from(
    ["event", "text", "image", "SCAN", "subscribe", "MASSSENDJOBFINISH", "1", "-1", "", "好", "]]&gt;"]
)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(st.tuples(NAMES, inner), max_size=6).map(
        lambda pairs: "".join(f"<{name}>{value}</{name}>" for name, value in pairs)
    ),
    max_leaves=30,
)


@given(tree=TREES, frame=st.booleans())
def test_any_tree_of_wechats_elements_is_events_or_unreadable(tree, frame):
    head = "<MsgType>event</MsgType><FromUserName>o</FromUserName><CreateTime>1</CreateTime>" if frame else ""
    try:
        events = parse(f"<xml>{head}{tree}</xml>")
    except Unreadable:
        return
    assert all(event.key for event in events)


@given(st.text())
def test_any_text_is_unreadable(words):
    with pytest.raises(Unreadable):
        parse(words)
