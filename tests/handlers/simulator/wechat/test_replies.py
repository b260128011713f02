"""Section 1.5: which answers become a passive reply on the phone, and which an apology."""

import pytest

from handlers.simulator.wechat_crypto import Cipherer, sign
from handlers.simulator.wechat_replies import OUT_OF_ORDER, Replies
from handlers.simulator.wechat_webhooks import Posted
from tests.handlers.simulator.wechat.rig import AES_KEY, PNG, OfflineAccount, live_account

GH = "gh_0123456789ab"
NOW = 1_795_428_000_000


def reply(openid, inside, sender=GH):
    return (
        f"<xml><ToUserName><![CDATA[{openid}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>12345678</CreateTime>{inside}</xml>"
    ).encode()


def text(content="你好"):
    return f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"


def news(count, told=None):
    items = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>" * count
    articles = f"<ArticleCount>{count if told is None else told}</ArticleCount><Articles>{items}</Articles>"
    return f"<MsgType><![CDATA[news]]></MsgType>{articles}"


def read(body, *, to_event=False, status=200, account=None, openid="oME"):
    account = account or OfflineAccount()
    return account.account.replies.read(Posted(status, body), openid, to_event=to_event, now_ms=NOW)


GOOD = [
    ("nothing", b"", None),
    ("success", b"success", None),
    ("a text", reply("oME", text()), {"text": "你好"}),
    ("a text of 2048 bytes", reply("oME", text("a" * 2048)), {"text": "a" * 2048}),
    ("a text with a link", reply("oME", text('<a href="x">y</a>')), {"text": '<a href="x">y</a>'}),
    ("a split CDATA end", reply("oME", text("a]]]]><![CDATA[>b")), {"text": "a]]>b"}),
    (
        "one article",
        reply("oME", news(1)),
        {"articles": [{"title": "t", "description": "d", "picurl": "p", "url": "u"}]},
    ),
]


@pytest.mark.parametrize(("label", "body", "shown"), GOOD, ids=[label for label, *_ in GOOD])
def test_a_good_answer_is_shown(label, body, shown):
    assert read(body) == (shown, None)


BAD = [
    ("JSON", b'{"ToUserName": "oME"}', "well-formed"),
    ("broken XML", b"<xml><ToUserName>", "well-formed"),
    ("an unsplit CDATA end", reply("oME", text("a]]>b")), "well-formed"),
    ("bytes that are no text", b"\xff\xfe", "UTF-8"),
    ("another root", b"<reply></reply>", "<reply>"),
    ("a document type", b"<!DOCTYPE x><xml></xml>", "document type"),
    ("to somebody else", reply("oYOU", text()), "ToUserName"),
    ("from somebody else", reply("oME", text(), sender="oME"), "FromUserName"),
    ("no time", reply("oME", text()).replace(b"<CreateTime>12345678</CreateTime>", b""), "CreateTime"),
    ("an unknown kind", reply("oME", "<MsgType>gif</MsgType>"), "gif"),
    ("an empty text", reply("oME", text("")), "0 bytes"),
    ("a text of 2049 bytes", reply("oME", text("a" * 2049)), "2049 bytes"),
    ("two articles", reply("oME", news(2)), "2 items"),
    ("a wrong count", reply("oME", news(1, told=2)), "1 items"),
    ("a picture of nobody's", reply("oME", "<MsgType>image</MsgType><Image><MediaId>x</MediaId></Image>"), "40007"),
    ("something encrypted", b"<xml><Encrypt>x</Encrypt></xml>", "plain mode"),
]


@pytest.mark.parametrize(("label", "body", "words"), BAD, ids=[label for label, *_ in BAD])
def test_a_bad_answer_is_explained(label, body, words):
    found = read(body)
    assert found.shown is None
    assert words in found.problem


@pytest.mark.parametrize(("count", "shown"), [(1, True), (8, True), (9, False)])
def test_an_event_may_be_answered_with_8_articles(count, shown):
    assert (read(reply("oME", news(count)), to_event=True).shown is not None) is shown


@pytest.mark.parametrize("status", [500, 404, 302, 0])
def test_a_status_other_than_200_is_no_answer(status):
    assert read(reply("oME", text()), status=status).shown is None


def test_a_picture_is_replied_by_its_id():
    account = OfflineAccount()
    media_id = account.upload("material/add_material", PNG)["media_id"]
    inside = f"<MsgType>image</MsgType><Image><MediaId>{media_id}</MediaId></Image>"
    found = read(reply("oME", inside), account=account)
    assert found.shown["image"]["media_id"] == media_id


def encrypted(body, *, key=AES_KEY, app_id="wx0123456789abcdef", token="simulatedtoken"):
    encrypt = Cipherer(key, app_id).encrypt(body.decode())
    signature = sign(token, "1713424427", "415670741", encrypt)
    return (
        f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>1713424427</TimeStamp><Nonce><![CDATA[415670741]]></Nonce></xml>"
    ).encode()


PLAIN = reply("oME", text())
MODES = [
    ("plain mode, plain", "plain", PLAIN, True),
    ("plain mode, encrypted", "plain", encrypted(PLAIN), False),
    ("compatible mode, plain", "compatible", PLAIN, True),
    ("compatible mode, encrypted", "compatible", encrypted(PLAIN), True),
    ("encrypted mode, plain", "encrypted", PLAIN, False),
    ("encrypted mode, encrypted", "encrypted", encrypted(PLAIN), True),
    ("encrypted mode, success", "encrypted", b"success", False),
    ("encrypted mode, another token", "encrypted", encrypted(PLAIN, token="x"), False),
    ("encrypted mode, another app", "encrypted", encrypted(PLAIN, app_id="wx9"), False),
    ("encrypted mode, another key", "encrypted", encrypted(PLAIN, key="B" * 42 + "A"), False),
    ("encrypted mode, to somebody else", "encrypted", encrypted(reply("oYOU", text())), False),
]


@pytest.mark.parametrize(("label", "mode", "body", "shown"), MODES, ids=[label for label, *_ in MODES])
def test_each_mode_takes_its_own_replies(label, mode, body, shown):
    account = OfflineAccount(mode=mode, aes_key=AES_KEY)
    found = read(body, account=account)
    assert (found.shown is not None) is shown
    assert (found.problem is None) is (shown or body == b"success")


def test_a_reply_is_on_the_phone_and_in_the_answer():
    with live_account() as account:
        (openid,) = account.people()
        account.receiver.always = reply(openid, text("好的"))
        answer = account.say(openid, text="hi")
        assert (answer["status"], answer["reply"], answer["problem"]) == (200, {"text": "好的"}, None)
        shown = [(message["from"], message["road"], message["message"]) for message in account.phone(openid)]
    assert shown == [("person", "said", {"text": "hi"}), ("page", "passive", {"text": "好的"})]


@pytest.mark.parametrize("act", [{"text": "hi"}, {"click": "K"}])
def test_a_bad_answer_to_a_message_shows_an_apology_and_to_an_event_nothing(act):
    with live_account() as account:
        (openid,) = account.people()
        account.receiver.always = b'{"json": 1}'
        answer = account.say(openid, **act)
        assert answer["status"] == 200
        assert answer["problem"]
        apologies = [message["message"] for message in account.phone(openid) if message["from"] == "platform"]
    assert apologies == ([{"text": OUT_OF_ORDER}] if "text" in act else [])
    assert OUT_OF_ORDER.startswith("该公众号暂时无法提供服务")


def test_replies_use_nothing_of_the_allowance():
    with live_account() as account:
        (openid,) = account.people()
        account.receiver.always = reply(openid, text())
        for _ in range(7):
            account.say(openid, text="hi")
        person = account.control("GET", f"/people/{openid}")
    assert person["windows"][0]["left"] == 5


def test_the_room_needs_no_network():
    account = OfflineAccount()
    assert Replies(account.config, None, account.world.media).read(Posted(-1, b""), "o", to_event=False, now_ms=0) == (
        None,
        None,
    )
