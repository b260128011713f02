"""Section 1.3 and 1.7: what each act of a person posts, and what it allows."""

import base64

import pytest

from tests.handlers.simulator.wechat.rig import JPEG, live_account


@pytest.fixture(scope="module")
def shared():
    with live_account() as account:
        yield account


@pytest.fixture
def account(shared):
    """An account that was started over."""
    shared.control("POST", "/reset")
    shared.receiver.posts.clear()
    return shared


ENVELOPE = {"ToUserName", "FromUserName", "CreateTime", "MsgType"}
URL = "https://example.org/p.jpg"
PLACE = {"latitude": 23.13, "longitude": 113.36, "label": "Guangzhou"}

ACTS = [
    ("a text", {"text": "促销"}, {"MsgType": "text", "Content": "促销"}, {"MsgId"}, "message"),
    ("a picture", {"image_url": URL}, {"MsgType": "image", "PicUrl": URL}, {"MediaId", "MsgId"}, "message"),
    ("a voice", {"media": {"kind": "voice"}}, {"MsgType": "voice", "Format": "amr"}, {"MediaId", "MsgId"}, "message"),
    ("a film", {"media": {"kind": "video"}}, {"MsgType": "video"}, {"MediaId", "ThumbMediaId", "MsgId"}, "message"),
    (
        "a place",
        {"location": PLACE},
        {"MsgType": "location", "Location_X": "23.13", "Location_Y": "113.36", "Label": "Guangzhou", "Scale": "15"},
        {"MsgId"},
        "message",
    ),
    (
        "a link",
        {"link": {"title": "t", "description": "d", "url": URL}},
        {"MsgType": "link", "Title": "t", "Description": "d", "Url": URL},
        {"MsgId"},
        "message",
    ),
    ("a click", {"click": "NEWS"}, {"MsgType": "event", "Event": "CLICK", "EventKey": "NEWS"}, set(), "click"),
    ("a page opened", {"view": URL}, {"MsgType": "event", "Event": "VIEW", "EventKey": URL}, {"MenuId"}, None),
    ("a scan", {"scan": "42"}, {"MsgType": "event", "Event": "SCAN", "EventKey": "42"}, {"Ticket"}, "scan"),
    ("leaving", {"unsubscribe": True}, {"MsgType": "event", "Event": "unsubscribe", "EventKey": None}, set(), None),
    (
        "a tap on a menu message",
        {"menu_tap": {"id": "101", "content": "One"}},
        {"MsgType": "text", "Content": "One", "bizmsgmenuid": "101"},
        {"MsgId"},
        "click",
    ),
]


@pytest.mark.parametrize(("label", "act", "fields", "more", "opens"), ACTS, ids=[label for label, *_ in ACTS])
def test_an_act_posts_its_fields_and_opens_its_allowance(account, label, act, fields, more, opens):
    (openid,) = account.people()
    answer = account.say(openid, **act)
    (post,) = account.receiver.posts
    found = post.fields()
    assert found.keys() == ENVELOPE | fields.keys() | more
    assert {name: found[name] for name in fields} == fields
    assert found["ToUserName"] == account.config.original_id
    assert found["FromUserName"] == openid
    assert found["CreateTime"] == str(account.clock.millis() // 1000)
    assert answer["mid"] == found.get("MsgId", "")
    windows = account.control("GET", f"/people/{openid}")["windows"]
    assert [window["kind"] for window in windows] == ([opens] if opens else [])


FOLLOWS = [
    ("by search", True, None, False),
    ("by QR code", {"scene": "42"}, "qrscene_42", True),
]


@pytest.mark.parametrize(("label", "how", "key", "ticket"), FOLLOWS, ids=[label for label, *_ in FOLLOWS])
def test_following_posts_how_it_came_about(account, label, how, key, ticket):
    (openid,) = account.people(subscribed=False)
    account.say(openid, subscribe=how)
    fields = account.receiver.posts[0].fields()
    assert (fields["Event"], fields["EventKey"]) == ("subscribe", key)
    assert ("Ticket" in fields) is ticket
    person = account.control("GET", f"/people/{openid}")
    assert person["subscribed"]
    assert [window["kind"] for window in person["windows"]] == ["follow"]


@pytest.mark.parametrize(("carried", "found"), [("present", "101"), ("zero", "0"), ("absent", None)])
def test_a_tap_carries_its_id_a_zero_or_nothing(account, carried, found):
    (openid,) = account.people()
    account.say(openid, menu_tap={"id": "101", "content": "One"}, bizmsgmenuid=carried)
    assert account.receiver.posts[0].fields().get("bizmsgmenuid") == found


def test_a_picture_given_as_bytes_is_kept_where_its_address_says(account):
    (openid,) = account.people()
    account.say(openid, image=base64.b64encode(JPEG).decode())
    fields = account.receiver.posts[0].fields()
    assert account.http.get(fields["PicUrl"]).content == JPEG
    url = f"{account.url}/cgi-bin/media/get?media_id={fields['MediaId']}&access_token={account.token()}"
    assert account.http.get(url).content == JPEG


def test_message_ids_are_64_bit_numbers_and_differ(account):
    (openid,) = account.people()
    mids = [int(account.say(openid, text="hi")["mid"]) for _ in range(5)]
    assert len(set(mids)) == 5
    assert all(0 < mid < 2**63 for mid in mids)


def test_leaving_takes_the_tags_away_and_following_again_keeps_the_openid(account):
    (openid,) = account.people()
    account.call("tags/create", tag={"name": "gold"})
    account.call("tags/members/batchtagging", openid_list=[openid], tagid=100)
    assert account.control("GET", f"/people/{openid}")["tags"] == [100]
    account.say(openid, unsubscribe=True)
    account.say(openid, subscribe=True)
    person = account.control("GET", f"/people/{openid}")
    assert (person["openid"], person["subscribed"], person["tags"]) == (openid, True, [])


REFUSED = [
    ("nothing", {}, "Say one of"),
    ("a second follow", {"subscribe": True}, "already"),
    ("an unknown bizmsgmenuid", {"menu_tap": {"id": "1", "content": "x"}, "bizmsgmenuid": "none"}, "present"),
    ("a tap without content", {"menu_tap": {"id": "1"}}, "'content'"),
    ("an unknown medium", {"media": {"kind": "gif"}}, "voice"),
]


@pytest.mark.parametrize(("label", "act", "words"), REFUSED, ids=[label for label, *_ in REFUSED])
def test_what_cannot_be_done_is_refused_in_a_sentence(account, label, act, words):
    (openid,) = account.people()
    answer = account.http.post(f"{account.url}/_sim/say", json={"openid": openid, **act})
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert account.receiver.posts == []


def test_who_does_not_follow_cannot_write(account):
    (openid,) = account.people(subscribed=False)
    answer = account.http.post(f"{account.url}/_sim/say", json={"openid": openid, "text": "hi"})
    assert "subscribe" in answer.json()["error"]


def test_any_other_webhook_can_be_posted_as_it_is(account):
    (openid,) = account.people()
    account.control("POST", "/event", openid=openid, fields={"MsgType": "event", "Event": "LOCATION", "Latitude": "1"})
    fields = account.receiver.posts[0].fields()
    assert (fields["Event"], fields["Latitude"], fields["FromUserName"]) == ("LOCATION", "1", openid)
